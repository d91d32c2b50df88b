"""How fast the list answers when there are many jobs, and how much memory that takes."""

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import httpx

from argosy.core.home import home_from
from argosy.store import open_store
from tests.bench.figures import Aim, Figure, Row
from tests.bench.fill import LAST_MOMENT, Scale, fill
from tests.bench.grow import grow
from tests.bench.machine import memory_mb
from tests.bench.setting import Setting, serving
from tests.bench.turns import Measure, in_turns
from tests.server.running import Place

JOBS, GROWN, DAYS = 100_000, 10, 1_000
TIMES = 60
PAGE = 50
QUESTIONS: Mapping[str, Mapping[str, str]] = {
    "list: the newest": {},
    "list: before a date": {"before": (LAST_MOMENT - timedelta(days=DAYS / 2)).isoformat()},
    "filter: one outcome": {"fate": "failed"},
    "filter: outcome, engine and target": {"fate": "lost", "engine": "lammps", "target": "gpu-box"},
    "filter: label and outcome": {"label": "stage=nvt", "fate": "cancelled"},
    "filter: what no job is": {"fate": "running"},
    "search: a word of every tenth job": {"text": "graphene"},
    "search: three words": {"text": "lysozyme production 300K"},
    "search: an id": {"text": ""},
    "search: what no job has": {"text": "perovskite"},
}
AN_ID = "search: an id"


def measure(setting: Setting) -> tuple[Row, ...]:
    jobs, times = setting.times(JOBS), setting.times(TIMES)
    place, scale = setting.place("lists"), Scale(jobs=jobs, days=DAYS)
    theirs = setting.full_aiida.ask("aiida_list.py", str(times))
    database = _filled(place, scale)
    many_ms, many_mb = _asked(place, times)
    grow(database, scale, times=GROWN)
    more_ms, more_mb = _asked(place, times)
    memory = {f"Argosy: server, {jobs:,} jobs": many_mb, f"Argosy: server, {jobs * GROWN:,} jobs": more_mb}
    return (
        _times("lists", jobs, Aim(at="p95", at_most=50), many_ms, theirs["took_ms"]),
        _times("long-lists", jobs * GROWN, Aim(at="p95", at_most=100), more_ms, theirs["took_ms"]),
        _memory(memory, theirs["pss_mb"]),
    )


def _filled(place: Place, scale: Scale) -> Path:
    """The database of a home, with this many jobs."""
    url = home_from({"ARGOSY_HOME": str(place.top)}, data=place.top, config=place.top, state=place.top).database_url

    async def filled() -> None:
        store = await open_store(url)
        try:
            await fill(store, scale)
        finally:
            await store.close()

    asyncio.run(filled())
    return Path(url.removeprefix("sqlite:///"))


def _asked(place: Place, times: int) -> tuple[dict[str, tuple[float, ...]], float]:
    """How long each answer took, and the memory of the server after all of them."""
    with serving(place) as pid, place.client() as client:
        newest = client.get("/v1/jobs", params={"limit": 1}).raise_for_status().json()["jobs"][0]
        questions = {**QUESTIONS, AN_ID: {"text": newest["id"][-8:]}}
        measures = {name: _question(client, asked) for name, asked in questions.items()}
        in_turns(measures, 1)
        return in_turns(measures, times), memory_mb([pid])


def _question(client: httpx.Client, asked: Mapping[str, str]) -> Measure:
    def ask() -> float:
        began = time.perf_counter()
        client.get("/v1/jobs", params={**asked, "limit": PAGE}).raise_for_status().json()
        return (time.perf_counter() - began) * 1000

    return ask


def _times(
    name: str, jobs: int, aim: Aim, ours: Mapping[str, tuple[float, ...]], theirs: Mapping[str, tuple[float, ...]]
) -> Row:
    def other(kind: str) -> str:
        return f"AiiDA, 10,000: {kind}"

    return Row(
        name=name,
        title=f"The list of {jobs:,} finished jobs",
        how=f"From the request of a page of {PAGE} to its last byte, parsed, over one connection to the API on SQLite, "
        "in turns. AiiDA: the queries and columns of `verdi process list` for 50 of 10,000 finished processes in one "
        "warm process, without HTTP; its search is for a part of a process label, the only text its list can look for.",
        unit="ms",
        figures=(
            *(
                Figure(name=question, values=values, ours=True, beside=other(question.partition(":")[0]), aim=aim)
                for question, values in ours.items()
            ),
            *(Figure(name=other(kind), values=values) for kind, values in theirs.items()),
        ),
    )


def _memory(ours_mb: Mapping[str, float], theirs_mb: float) -> Row:
    other = "AiiDA: the process that asked, 10,000 processes"
    return Row(
        name="list-memory",
        title="Memory after these questions",
        how="Proportional share of memory (Pss) of the one process.",
        unit="MB",
        figures=(
            *(
                Figure(name=name, values=(value,), ours=True, beside=other, aim=Aim(at_most=150))
                for name, value in ours_mb.items()
            ),
            Figure(name=other, values=(theirs_mb,)),
        ),
    )
