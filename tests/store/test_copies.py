"""Backups are whole although the server writes; what is put back is checked first, and what it replaces is kept."""

import asyncio
import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from argosy.core.errors import BadInput, Conflict, NotFound, StoreBroken
from argosy.core.views import JobQuery
from argosy.store import open_store, put_back
from tests.store.making import accept, after, names_in, new


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


async def jobs_in(file: Path) -> list[str]:
    """The names of all jobs, newest first."""
    store = await open_store(url_of(file))
    rows = (await store.rows(JobQuery(limit=1000))).jobs
    assert await store.check() == ()
    await store.close()
    return [row.name for row in rows]


async def make(file: Path, *names: str) -> None:
    """A store with jobs of these names."""
    store = await open_store(url_of(file))
    await accept(store, *(new(name, created=after(number)) for number, name in enumerate(names)))
    await store.close()


async def test_a_backup_made_while_jobs_come_in_is_whole_and_of_one_moment(tmp_path: Path) -> None:
    store = await open_store(url_of(tmp_path / "argosy.db"))
    stop = asyncio.Event()

    async def write() -> None:
        number = 0
        while not stop.is_set():
            await accept(store, *(new(f"{number}") for _ in range(10)))
            number += 1

    writing = asyncio.create_task(write())
    copies = [await store.backup(tmp_path / f"copy-{number}.db") for number in range(3)]
    stop.set()
    await writing
    await store.close()
    for copy in copies:
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        names = await jobs_in(copy)
        assert all(names.count(name) == 10 for name in names)
    assert names_in(tmp_path) == ["argosy.db", *(copy.name for copy in copies)]


async def test_a_backup_into_a_directory_gets_a_name_of_its_own(tmp_path: Path) -> None:
    store = await open_store(url_of(tmp_path / "argosy.db"))
    (tmp_path / "backups").mkdir()
    copies = {await store.backup(tmp_path / "backups") for _ in range(2)}
    assert set((tmp_path / "backups").iterdir()) == copies
    assert len(copies) == 2
    await store.close()


async def test_a_backup_replaces_nothing_and_leaves_nothing_when_it_fails(tmp_path: Path) -> None:
    store = await open_store(url_of(tmp_path / "argosy.db"))
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(Conflict, match="exists"):
        await store.backup(taken)
    with pytest.raises(BadInput):
        await store.backup(tmp_path / "not" / "there.db")
    with pytest.raises(BadInput):
        await store.backup(taken / "x.db")
    with pytest.raises(BadInput, match="too long"):
        await store.backup(tmp_path / ("x" * 300))
    assert taken.read_text() == "mine"
    await store.close()
    assert names_in(tmp_path) == ["argosy.db", "taken"]


async def test_what_was_put_back_is_there_and_what_it_replaced_is_kept(tmp_path: Path) -> None:
    file, backup = tmp_path / "argosy.db", tmp_path / "backup.db"
    await make(backup, "old")
    await make(file, "new", "newer")
    kept = put_back(backup, url_of(file))
    assert kept is not None
    assert await jobs_in(file) == ["old"]
    assert await jobs_in(kept) == ["newer", "new"]
    assert await jobs_in(backup) == ["old"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert names_in(tmp_path) == ["argosy.db", kept.name, "backup.db"]


async def test_a_backup_is_put_where_there_is_no_database(tmp_path: Path) -> None:
    await make(tmp_path / "backup.db", "old")
    assert put_back(tmp_path / "backup.db", url_of(tmp_path / "fresh" / "argosy.db")) is None
    assert await jobs_in(tmp_path / "fresh" / "argosy.db") == ["old"]


async def test_a_damaged_database_is_replaced_and_kept_with_its_leftovers(tmp_path: Path) -> None:
    file, backup = tmp_path / "argosy.db", tmp_path / "backup.db"
    await make(backup, "old")
    file.write_bytes(b"rubbish" * 1000)
    for name in ("argosy.db-wal", "argosy.db-shm"):
        (tmp_path / name).write_bytes(b"more rubbish")
    kept = put_back(backup, url_of(file))
    assert kept is not None
    assert kept.read_bytes() == b"rubbish" * 1000
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"more rubbish"
    assert "argosy.db-wal" not in names_in(tmp_path)
    assert await jobs_in(file) == ["old"]


async def test_a_database_in_use_is_not_replaced(tmp_path: Path) -> None:
    file, backup = tmp_path / "argosy.db", tmp_path / "backup.db"
    await make(backup, "old")
    store = await open_store(url_of(file))
    await accept(store, new("new"))
    with pytest.raises(Conflict, match=f"process {os.getpid()}") as caught:
        put_back(backup, url_of(file))
    assert "argosy server stop" in caught.value.hint
    await store.close()
    assert await jobs_in(file) == ["new"]


@pytest.mark.parametrize("content", [b"", b"rubbish" * 1000, None])
async def test_a_backup_that_cannot_be_used_replaces_nothing(tmp_path: Path, content: bytes | None) -> None:
    file, backup = tmp_path / "argosy.db", tmp_path / "backup.db"
    await make(file, "new")
    if content is None:
        await make(backup, *(f"{number}" for number in range(300)))
        with backup.open("r+b") as opened:
            opened.seek(backup.stat().st_size // 2)
            opened.write(os.urandom(8192))
    else:
        backup.write_bytes(content)
    with suppress(StoreBroken):
        put_back(backup, url_of(file))
        pytest.fail("a damaged backup was put back")
    with pytest.raises(NotFound):
        put_back(tmp_path / "not-there.db", url_of(file))
    assert await jobs_in(file) == ["new"]


@pytest.mark.infra
async def test_a_postgres_database_is_copied_by_its_own_tools(tmp_path: Path, postgres_url: str) -> None:
    store = await open_store(postgres_url)
    with pytest.raises(Conflict) as caught:
        await store.backup(tmp_path / "x.db")
    assert "pg_dump" in caught.value.hint
    await store.close()
    with pytest.raises(Conflict) as caught:
        put_back(tmp_path / "x.db", postgres_url)
    assert "pg_restore" in caught.value.hint
    assert names_in(tmp_path) == []
