"""What it costs to watch many jobs of a Slurm cluster."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.bench.clusters import Site, handed_in_s, later_sweep, site
from tests.bench.figures import Aim, Figure, Row
from tests.bench.machine import memory_mb
from tests.bench.rounding import Rounds, rounds
from tests.bench.runners import driving
from tests.bench.setting import Setting
from tests.server.running import Place, soon

MANY, SOME = 5000, 500
ROUNDS = 10
SIDES = 3
"""How many of the server's own rounds are over before its memory is looked at."""
HOUR = timedelta(hours=1)
MOST_S, MOST_PROCESSOR_S, MOST_LISTINGS, MOST_AN_HOUR, MOST_MB = 1, 0.3, 1, 60, 150


@dataclass
class Taken:
    """What was measured of rounds: seconds, seconds of our processor, and how often the queue was asked for."""

    wall_s: list[float] = field(default_factory=list[float])
    processor_s: list[float] = field(default_factory=list[float])
    listings: list[float] = field(default_factory=list[float])


def measure(setting: Setting) -> tuple[Row, ...]:
    many, some = setting.times(MANY), setting.times(SOME)
    memory: dict[int, float] = {}
    taken, hour = Taken(), Taken()
    with site(setting) as place:
        for jobs, watch in ((many, _few_rounds(place, taken)), (some, _an_hour(place, hour))):
            home, memory[jobs] = _live(setting, place, jobs)
            asyncio.run(watch(home))
            place.cluster.end_jobs()
    return (*_rounds(many, taken), _hour(some, hour), _memory(memory, some))


# --- rows ------------------------------------------------------------------------------------------------------------


def _rounds(jobs: int, taken: Taken) -> tuple[Row, ...]:
    how = (
        f"A round looks at all {jobs:,} jobs over SSH, as the server does: it reads what there is to do from the "
        "database, asks the queue, reads what every job's directory says, and records what is new. All jobs are real "
        "ones of a real cluster, tasks of arrays that wait for their time to begin. The first round logs in and reads "
        "all jobs from disk; it is not counted."
    )
    figures = {
        "slurm-live": ("A round", "s", taken.wall_s, MOST_S),
        "slurm-live-processor": ("Processor time of Argosy for a round", "s", taken.processor_s, MOST_PROCESSOR_S),
        "slurm-live-listings": ("Listings of the queue for a round", "times", taken.listings, MOST_LISTINGS),
    }
    return tuple(
        Row(name=name, title=f"{title}, {jobs:,} live jobs", how=how, unit=unit, figures=(_ours(values, most),))
        for name, (title, unit, values, most) in figures.items()
    )


def _hour(jobs: int, taken: Taken) -> Row:
    return Row(
        name="slurm-live-hour",
        title=f"Listings of the queue in an hour with {jobs:,} live jobs",
        how="As sdiag counts them. The jobs were handed in an hour before, and nothing becomes of them. The clock is "
        "turned by hand, by as much as the server's loop would rest after each round; the rounds are real.",
        unit="times",
        figures=(_ours(taken.listings, MOST_AN_HOUR),),
    )


def _memory(memory: dict[int, float], some: int) -> Row:
    return Row(
        name="slurm-live-memory",
        title="Memory of a server that watches jobs on a Slurm cluster",
        how=f"Proportional share of memory (Pss) of the server that has handed in all of them, after {SIDES} more "
        "rounds.",
        unit="MB",
        figures=tuple(
            Figure(
                name=f"Argosy: server, {jobs:,} live jobs",
                values=(mb,),
                ours=True,
                aim=Aim(at_most=MOST_MB) if jobs == some else None,
            )
            for jobs, mb in memory.items()
        ),
    )


def _ours(values: list[float], most: float) -> Figure:
    return Figure(name="Argosy", values=tuple(values), ours=True, aim=Aim(at_most=most))


# --- rounds ----------------------------------------------------------------------------------------------------------


def _live(setting: Setting, place: Site, jobs: int) -> tuple[Place, float]:
    """A home whose server has handed in so many jobs and ended, and how much memory that server took."""
    with driving(setting, place.target(place.far.fresh())) as (home, client):
        handed_in_s(client, "sweeps", later_sweep(jobs))
        before = place.listings()
        soon(lambda: place.listings() >= before + SIDES, f"{SIDES} rounds at {jobs} jobs")
        mb = memory_mb([home.record()["pid"]])
    return home, mb


def _few_rounds(place: Site, taken: Taken) -> Callable[[Place], Awaitable[None]]:
    async def watch(home: Place) -> None:
        async with rounds(home, place.far) as going:
            await going.take()
            for _ in range(ROUNDS):
                await _measured(place, going, taken)

    return watch


def _an_hour(place: Site, taken: Taken) -> Callable[[Place], Awaitable[None]]:
    async def watch(home: Place) -> None:
        async with rounds(home, place.far) as going:
            before, over = place.listings(), going.now + HOUR
            while going.now < over:
                going.rest(await going.take())
            taken.listings.append(place.listings() - before)

    return watch


async def _measured(place: Site, going: Rounds, taken: Taken) -> None:
    before = place.listings()
    began, spent_s = time.perf_counter(), time.process_time()
    await going.take()
    taken.wall_s.append(time.perf_counter() - began)
    taken.processor_s.append(time.process_time() - spent_s)
    taken.listings.append(place.listings() - before)
