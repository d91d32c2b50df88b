"""Whatever is broken by force is complained of."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from argosy.contracts import Store
from argosy.store import open_store
from tests.store.making import FAILED, QUEUED, SUCCEEDED, WAITING, accept, attempt, job, move, new


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.infra)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'x.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """A store with a job that was tried twice, one that is over, and one that waits for the first."""
    store = await open_store(url)
    one = job("tried-twice")
    await accept(store, (one, attempt(one)), new("over", SUCCEEDED), new("waits", WAITING, after=(one.id,)))
    first = (await store.attempts(one.id))[0]
    await store.change(move(first, FAILED, next_attempt=attempt(one, QUEUED, number=2)))
    yield store
    await store.close()


def force(url: str, statement: str) -> None:
    """Change the database behind the store's back."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ("DELETE FROM attempts WHERE state = 'closed' AND number = 1 AND version = 0", "has no attempt"),
        ("DELETE FROM specs WHERE job = (SELECT id FROM jobs WHERE name = 'over')", "has no description"),
        ("UPDATE jobs SET attempt = 1 WHERE name = 'tried-twice'", "does not show the latest attempt"),
        ("UPDATE jobs SET fate = 'failed' WHERE name = 'over'", "otherwise than it is"),
        ("UPDATE jobs SET fate = 'running' WHERE name = 'tried-twice'", "otherwise than it is"),
        ("UPDATE attempts SET state = 'queued' WHERE state = 'closed' AND version = 1", "not over before its latest"),
        ("UPDATE attempts SET state = 'running' WHERE state = 'queued'", "otherwise than its columns say"),
        ("UPDATE attempts SET state = 'nonsense' WHERE state = 'queued'", "otherwise than its columns say"),
        ("UPDATE attempts SET version = 9 WHERE state = 'queued'", "otherwise than its columns say"),
        ("UPDATE attempts SET room = NULL WHERE state = 'queued'", "no round would find it"),
        ("UPDATE jobs SET fate = 'succeeded' WHERE name = 'tried-twice'", "sleeps although"),
    ],
)
async def test_each_invariant_is_looked_after(store: Store, url: str, statement: str, complaint: str) -> None:
    assert await store.check() == ()
    force(url, statement)
    assert any(complaint in told for told in await store.check())


async def test_a_job_that_the_search_lost_is_told_of(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    store = await open_store(url)
    await accept(store, new())
    force(url, "INSERT INTO search (search) VALUES ('delete-all')")
    assert any("search does not find" in told for told in await store.check())
    await store.close()


async def test_rows_that_hang_in_the_air_are_told_of(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    store = await open_store(url)
    force(url, "INSERT INTO results VALUES ('nobody', 1, '{}')")
    assert any("results" in told for told in await store.check())
    await store.close()


async def test_a_damaged_file_is_told_of(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    store = await open_store(f"sqlite:///{file}")
    await accept(store, *(new() for _ in range(300)))
    await store.close()
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        opened.write(b"\xaa" * 20_000)
    store = await open_store(f"sqlite:///{file}")
    assert await store.check() != ()
    await store.close()
