"""Several stores on one database: each move is written once, readers see whole transactions, nobody is turned away."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from argosy.contracts import Lease, Store
from argosy.core.job import Attempt
from argosy.core.views import JobQuery
from argosy.store import open_store
from tests.store.making import (
    NOW,
    QUEUED,
    RUNNING,
    STAGED,
    SUBMITTED,
    SUCCEEDED,
    accept,
    after,
    held,
    latest,
    move,
    new,
)

CONTESTANTS = 4
JOBS = 12
WALK = (STAGED, SUBMITTED, RUNNING, SUCCEEDED)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.infra)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'x.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
async def stores(url: str) -> AsyncIterator[list[Store]]:
    """Several stores on one database."""
    stores = [await open_store(url, patience_s=60) for _ in range(CONTESTANTS)]
    yield stores
    for store in stores:
        await store.close()


async def walk(store: Store, lease: Lease, jobs: Sequence[str]) -> int:
    """Take every job to its end, against others who do the same; returns how many moves were ours."""
    written = 0
    for state in WALK:
        attempts = await store.attempts_of(jobs)
        moves = [move(attempts[job], state) for job in jobs if attempts[job].state.kind != "closed"]
        written += sum(await store.advance([one for one in moves if _goes_right(one.attempt, attempts)], lease))
    return written


def _goes_right(then: Attempt, now: dict[str, Attempt]) -> bool:
    kinds = [QUEUED.kind, *(state.kind for state in WALK)]
    return kinds.index(then.state.kind) == kinds.index(now[then.job].state.kind) + 1


async def test_each_move_of_many_drivers_is_written_once(stores: list[Store]) -> None:
    pairs = [new() for _ in range(JOBS)]
    await accept(stores[0], *pairs)
    lease = await held(stores[0])
    jobs = [one.id for one, _ in pairs]
    counts = [0]
    while await stores[0].open_count():
        counts += await asyncio.gather(*(walk(store, lease, jobs) for store in stores))
    assert sum(counts) == JOBS * len(WALK)
    for job in jobs:
        events = await stores[-1].events(after=0, job=job)
        assert len(events) == 1 + len(WALK)
        assert (await latest(stores[-1], job)).version == len(WALK)
    assert await stores[0].check() == ()


async def test_each_move_of_many_processes_is_written_once(url: str) -> None:
    store = await open_store(url, patience_s=60)
    pairs = [new() for _ in range(JOBS)]
    await accept(store, *pairs)
    await held(store)
    command = [sys.executable, "-m", "tests.store.contestant", url, *(one.id for one, _ in pairs)]
    contestants = [await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE) for _ in range(3)]
    outputs = await asyncio.gather(*(contestant.communicate() for contestant in contestants))
    assert [contestant.returncode for contestant in contestants] == [0, 0, 0]
    assert sum(int(output) for output, _ in outputs) == JOBS * len(WALK)
    assert len(await store.events(after=0)) == JOBS * (1 + len(WALK))
    assert await store.check() == ()
    await store.close()


async def test_a_reader_sees_each_transaction_wholly_or_not_at_all(stores: list[Store]) -> None:
    writing = [asyncio.create_task(_accept_groups(store, f"{number}")) for number, store in enumerate(stores[:2])]
    groups: set[int] = set()
    while not all(task.done() for task in writing):
        names = [row.name for row in (await stores[2].rows(JobQuery(limit=1000))).jobs]
        groups |= {names.count(name) for name in names}
        work = await stores[3].work("local", NOW, queued=1000)
        groups |= {
            sum(one.spec.name == name for one, _ in work.queued) for name in {one.spec.name for one, _ in work.queued}
        }
    await asyncio.gather(*writing)
    assert groups == {7}


async def _accept_groups(store: Store, name: str) -> None:
    for number in range(12):
        await accept(store, *(new(f"{name}-{number}") for _ in range(7)))


async def test_two_servers_take_turns_at_a_target(stores: list[Store]) -> None:
    """One stops answering; the other takes over, and what the first still wanted to write is not written."""
    one, first = new()
    await accept(stores[0], (one, first))
    gone = await stores[0].lease("local", "gone", NOW, ttl_s=30)
    assert gone is not None
    assert await stores[1].lease("local", "next", after(10), ttl_s=30) is None
    taken = await stores[1].lease("local", "next", after(31), ttl_s=30)
    assert taken is not None
    late, right = move(first, STAGED, at=after(29)), move(first, STAGED, at=after(32))
    assert await asyncio.gather(stores[0].advance([late], gone), stores[1].advance([right], taken)) == [
        (False,),
        (True,),
    ]
