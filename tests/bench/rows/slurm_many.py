"""How fast many jobs are handed in to a Slurm cluster."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.clusters import LATER, LATER_JOB, Site, handed_in_s, later_sweep, site
from tests.bench.far import HOST
from tests.bench.figures import Aim, Row, beside
from tests.bench.peer import Peer
from tests.bench.runners import driving
from tests.bench.setting import Setting
from tests.bench.turns import in_turns

JOBS = 1000
TIMES = 3
ARGOSY, BARE = "Argosy, from the laptop", "a loop over sbatch in one ssh, from the laptop"
SUBMITIT, PSIJ = "submitit, on the login node", "PSI/J, on the login node"
LEAST_OF_BARE, MOST_S = 0.9, 2

Measures = Mapping[str, Callable[[], float]]


def measure(setting: Setting) -> tuple[Row, ...]:
    jobs = setting.times(JOBS)
    with site(setting) as place:
        each: Measures = {
            ARGOSY: partial(_argosy_s, setting, place, "jobs", _distinct(jobs)),
            BARE: partial(_loop_s, place, jobs),
            SUBMITIT: partial(_submitit_s, place, "each", jobs),
            PSIJ: partial(_psij_s, place, jobs),
        }
        sweep: Measures = {
            ARGOSY: partial(_argosy_s, setting, place, "sweeps", later_sweep(jobs)),
            SUBMITIT: partial(_submitit_s, place, "array", jobs),
        }
        took_s = in_turns(_all_taken(place, jobs, each), setting.times(TIMES))
        swept_s = in_turns(_all_taken(place, jobs, sweep), setting.times(TIMES))
    rates = {name: tuple(jobs / one for one in values) for name, values in took_s.items()}
    return _rates(jobs, rates), _swept(jobs, swept_s)


def _rates(jobs: int, rates: Mapping[str, tuple[float, ...]]) -> Row:
    return Row(
        name="slurm-many",
        title=f"{jobs:,} different jobs handed in to Slurm",
        how="Each asks for other memory than all others, so that none can be a task of an array, and for a start in an "
        "hour, so that none takes time from those that follow. Argosy takes all in one request, writes every step to "
        "disk before it acts, logs in, and makes a directory with a script and a record for each: from the request "
        "until the numbers of all jobs are recorded. The loop logs in too, and hands in the same script again and "
        "again. submitit and PSI/J run on the login node; submitit would wait 0.2 s before each job, and does not "
        "here.",
        unit="jobs/s",
        better="more",
        figures=beside(BARE, rates, ours=ARGOSY, aim=Aim(at_least=LEAST_OF_BARE, times=BARE), floor=True),
    )


def _swept(jobs: int, taken: Mapping[str, tuple[float, ...]]) -> Row:
    return Row(
        name="slurm-sweep",
        title=f"A sweep of {jobs:,} jobs handed in to Slurm",
        how="The jobs differ in a variable of their environment only, and go in as arrays. Else as above; submitit "
        "keeps a pickled call for each task. PSI/J has no arrays.",
        unit="s",
        figures=beside(SUBMITIT, taken, ours=ARGOSY, aim=Aim(at_most=MOST_S)),
    )


# --- who hands them in -----------------------------------------------------------------------------------------------


def _all_taken(place: Site, jobs: int, measures: Measures) -> Measures:
    """The same; each of them is held to having handed in all jobs, and leaves none."""

    def held_to(act: Callable[[], float]) -> float:
        took_s = act()
        assert len(place.cluster.administer("squeue", "-h", "-r", "-o", "%i").split()) == jobs
        place.cluster.end_jobs()
        return took_s

    return {name: partial(held_to, act) for name, act in measures.items()}


def _distinct(jobs: int) -> list[dict[str, Any]]:
    return [{**LATER_JOB, "resources": {"walltime": "10m", "memory": f"{100 + number}M"}} for number in range(jobs)]


def _argosy_s(setting: Setting, place: Site, noun: str, body: object) -> float:
    with driving(setting, place.target(place.far.fresh())) as (_, client):
        return handed_in_s(client, noun, body)


def _loop_s(place: Site, jobs: int) -> float:
    ground = place.far.fresh()
    script = ground / "run.sh"
    script.write_text("#!/bin/sh\n/bin/true\n", encoding="ascii")
    options = f"--parsable --begin={LATER} --time=10 --chdir={ground} --output={ground}/out"
    loop = f"n=0; while [ $n -lt {jobs} ]; do sbatch {options} --mem=$((100 + n))M {script}; n=$((n + 1)); done"
    return place.far.run_s(["ssh", "-F", place.far.laptop.config, HOST, loop])


def _submitit_s(place: Site, how: str, jobs: int) -> float:
    return _peer_s(place, "submitit", ["submitit_slurm.py", how, str(place.far.fresh()), str(jobs)])


def _psij_s(place: Site, jobs: int) -> float:
    return _peer_s(place, "psij", ["psij_slurm.py", str(place.far.fresh()), str(jobs)])


def _peer_s(place: Site, name: str, words: list[str]) -> float:
    said = Peer(name, {"SLURM_CONF": str(place.cluster.conf)}).ask(*words, there=Path(words[-2]))
    assert said["completed"] == int(words[-1]), said
    return said["took_s"]
