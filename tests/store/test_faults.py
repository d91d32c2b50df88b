"""Real faults: a process killed in the middle of writing, and a disk that is full."""

import contextlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.contracts import Store
from argosy.core.errors import NoRoom
from argosy.core.views import JobQuery
from argosy.store import open_store
from tests.infra.postgres import refuse
from tests.store.making import accept, new

pytestmark = pytest.mark.faults

AT_ONCE = 50


def writer(url: str) -> subprocess.Popen[str]:
    """A process that takes in jobs, group after group, and tells of each group that is safe."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store.restless", url, str(AT_ONCE)], stdout=subprocess.PIPE, text=True
    )


async def groups_in(url: str) -> dict[str, int]:
    """How many jobs of each group are there; the database must be sound."""
    store = await open_store(url)
    assert await store.check() == ()
    groups: dict[str, int] = {}
    query: JobQuery | None = JobQuery(limit=1000)
    while query is not None:
        page = await store.rows(query)
        for row in page.jobs:
            groups[row.name] = groups.get(row.name, 0) + 1
        query = query.model_copy(update={"after": page.next}) if page.next else None
    work = await store.work("local", page.jobs[0].created, queued=100_000)
    assert len(work.queued) == sum(groups.values())
    await store.close()
    return groups


@pytest.mark.parametrize("seed", range(6))
async def test_what_was_confirmed_survives_kill_9_and_nothing_is_half_written(tmp_path: Path, seed: int) -> None:
    await killed_while_writing(f"sqlite:///{tmp_path / 'argosy.db'}", seed)


@pytest.mark.infra
async def test_the_same_holds_on_postgres(postgres_url: str) -> None:
    await killed_while_writing(postgres_url, seed=7)


async def killed_while_writing(url: str, seed: int) -> None:
    """Kill the writer at a random moment after a few groups, and look at what it left."""
    process = writer(url)
    assert process.stdout is not None
    chance = random.Random(seed)
    confirmed = [process.stdout.readline().strip() for _ in range(2 + seed % 3)]
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(chance.uniform(0, 0.08))  # anywhere in the middle of the next group
    os.kill(process.pid, signal.SIGKILL)
    confirmed += process.stdout.read().split()
    process.wait()
    process.stdout.close()
    groups = await groups_in(url)
    assert set(groups.values()) == {AT_ONCE}
    assert groups.keys() >= set(confirmed)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MiB."""
    place = tmp_path / "small"
    place.mkdir()
    if os.geteuid() != 0:
        refuse("only root can mount a small disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        refuse(f"a small disk could not be mounted: {mounted.stderr.decode()}")
    yield place
    subprocess.run(["umount", place], check=True)


async def fill_up(store: Store) -> tuple[int, NoRoom]:
    """Take in jobs until there is no room; how many, and the refusal."""
    for group in range(1000):
        try:
            await accept(store, *(new() for _ in range(AT_ONCE)))
        except NoRoom as refusal:
            return group * AT_ONCE, refusal
    pytest.fail("the disk is never full")


async def test_a_full_disk_is_told_of_and_nothing_is_half_written(small_disk: Path) -> None:
    url = f"sqlite:///{small_disk / 'argosy.db'}"
    store = await open_store(url)
    accepted, refusal = await fill_up(store)
    assert str(small_disk) in refusal.message
    assert "Make room" in refusal.hint
    assert len((await store.rows(JobQuery(limit=1000))).jobs) == accepted
    with pytest.raises(NoRoom):
        await store.backup(small_disk / "copy.db")
    assert not (small_disk / "copy.db").exists()
    assert await store.check() == ()
    await store.close()
    assert sum((await groups_in(url)).values()) == accepted


async def test_a_disk_that_is_full_from_the_beginning_is_told_of(small_disk: Path) -> None:
    with contextlib.suppress(OSError), (small_disk / "filler").open("wb") as filler:
        filler.write(bytes(4 << 20))
    with pytest.raises(NoRoom):
        await open_store(f"sqlite:///{small_disk / 'argosy.db'}")
    (small_disk / "filler").unlink()
    store = await open_store(f"sqlite:///{small_disk / 'argosy.db'}")
    assert await store.check() == ()
    await store.close()
