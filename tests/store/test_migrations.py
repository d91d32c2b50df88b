"""An older database is brought up to date with everything kept, wholly or not at all."""

import contextlib
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from argosy.core.job import Attempt, Job
from argosy.core.views import JobQuery
from argosy.store import open_store
from argosy.store.address import read_address
from argosy.store.connections import Connections, connect
from argosy.store.schema import REVISIONS, create, revision_of, upgrade
from tests.store.data.make_0001 import fill
from tests.store.making import NOW, latest, move

FIRST_FORM = Path(__file__).parent / "data" / "0001.db"

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A copy of the stored database of the first form."""
    return Path(shutil.copy(FIRST_FORM, tmp_path / "argosy.db"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.infra)])
def ways(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connections]:
    """The ways into an empty database."""
    url = f"sqlite:///{tmp_path / 'x.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    ways = connect(read_address(url), readers=1, patience_s=5)
    yield ways
    ways.dispose()


def rows_of(file: Path) -> Rows:
    """Every row of every table that is not the index of the search."""
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        mine = [name for name in names if not name.startswith(("search", "sqlite_", "alembic"))]
        return {name: [dict(row) for row in connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2")] for name in mine}


async def test_every_row_of_the_first_form_is_kept(old: Path) -> None:
    before = rows_of(old)
    await (await open_store(f"sqlite:///{old}")).close()
    after = rows_of(old)
    assert after.keys() >= before.keys()
    for table, rows in before.items():
        kept = [{column: row[column] for column in rows[0]} for row in after[table]] if rows else after[table]
        assert kept == rows, table


async def test_a_migrated_store_works_and_is_searched(old: Path) -> None:
    jobs = [Job.model_validate_json(row["document"]) for row in rows_of(old)["specs"]]
    attempts = [Attempt.model_validate_json(row["document"]) for row in rows_of(old)["attempts"]]
    store = await open_store(f"sqlite:///{old}")
    assert await store.check() == ()
    for job in jobs:
        assert await store.job(job.id) == job
        assert await store.attempts(job.id) == tuple(one for one in attempts if one.job == job.id)
        assert job.id in {row.id for row in (await store.rows(JobQuery(text=job.spec.name))).jobs}
    quartz = (await store.rows(JobQuery(text="QUARZ 100%"))).jobs
    assert [row.name for row in quartz] == ["\N{GREEK SMALL LETTER ALPHA}-Quarz 100% 'x'"]
    queued = (await store.work("local", NOW, queued=1)).queued[0][1]
    assert await store.change(move(queued, queued.state, at=NOW))
    assert (await latest(store, queued.job)).version == queued.version + 1
    await store.close()


def test_a_migration_that_breaks_leaves_the_first_form(old: Path) -> None:
    before = rows_of(old)
    ways = connect(read_address(f"sqlite:///{old}"), readers=1, patience_s=5)
    with contextlib.suppress(ZeroDivisionError):
        _break_after_upgrade(ways)
    with ways.reader.begin() as connection:
        assert revision_of(connection) == "0001"
    ways.dispose()
    assert rows_of(old) == before


def _break_after_upgrade(ways: Connections) -> None:
    with ways.writer.begin() as connection:
        upgrade(connection)
        assert revision_of(connection) == REVISIONS[-1]
        raise ZeroDivisionError


def test_the_revisions_are_those_that_have_a_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "argosy.store:migrations")
    scripts = ScriptDirectory.from_config(config)
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == REVISIONS


def test_migrations_make_the_same_as_a_fresh_database(ways: Connections) -> None:
    with ways.writer.begin() as connection:
        for revision in REVISIONS:
            upgrade(connection, revision)
        migrated = shape(connection)
        _clear(connection)
    with ways.writer.begin() as connection:
        create(connection)
        assert shape(connection) == migrated


def shape(connection: sa.Connection) -> dict[str, Any]:
    """Tables, columns, keys and indexes, as the database itself tells."""
    inspector = sa.inspect(connection)
    names = sorted(inspector.get_table_names())
    made = {
        name: (
            [(c["name"], repr(c["type"]), c["nullable"]) for c in inspector.get_columns(name)],
            inspector.get_pk_constraint(name)["constrained_columns"],
            sorted(map(repr, inspector.get_foreign_keys(name))),
            sorted(repr(_plain(index)) for index in inspector.get_indexes(name)),
            sorted(map(repr, inspector.get_unique_constraints(name))),
        )
        for name in names
    }
    return {**made, "": _words_of_sqlite(connection), "revision": revision_of(connection)}


def _plain(index: Any) -> dict[str, Any]:
    """The index with the condition of a partial one as text."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def _words_of_sqlite(connection: sa.Connection) -> list[str]:
    """What SQLAlchemy does not tell: WITHOUT ROWID, AUTOINCREMENT, virtual tables and the mark of the file."""
    if connection.dialect.name != "sqlite":
        return []
    found = connection.scalars(sa.text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")).all()
    special = re.compile(r"WITHOUT ROWID|AUTOINCREMENT|USING fts5\s*\(.*", re.DOTALL)
    words = [re.sub(r"\s+", "", match[0]) for sql in found for match in special.finditer(sql)]
    return [*words, str(connection.scalar(sa.text("PRAGMA application_id")))]


def _clear(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE search")
    tables = sa.MetaData()
    tables.reflect(connection)
    tables.drop_all(connection)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION argosy_grams")


@pytest.mark.infra
async def test_a_postgres_database_of_the_first_form_is_brought_up_to_date(postgres_url: str) -> None:
    ways = connect(read_address(postgres_url), readers=1, patience_s=5)
    with ways.writer.begin() as connection:
        upgrade(connection, "0001")
        columns = [c["name"] for c in sa.inspect(connection).get_columns("jobs")]
        row = {name: rows_of(FIRST_FORM)["jobs"][0][name] for name in columns}
        fields = ", ".join(f":{name}" for name in columns)
        connection.execute(sa.text(f"INSERT INTO jobs ({', '.join(columns)}) VALUES ({fields})"), row)
    ways.dispose()
    store = await open_store(postgres_url)
    assert [found.id for found in (await store.rows(JobQuery(text=row["name"]))).jobs] == [row["id"]]
    await store.close()


@pytest.mark.parametrize("state", ["fresh", "newest"])
def test_alembic_is_loaded_only_for_an_old_database(tmp_path: Path, state: str) -> None:
    url = f"sqlite:///{tmp_path / 'argosy.db'}"
    program = (
        "import asyncio, sys; from argosy.store import open_store\n"
        f"store = asyncio.run(open_store({url!r}))\n"
        "sys.exit('alembic' in sys.modules or 'sqlalchemy.orm' in sys.modules)"
    )
    for _ in range(1 if state == "fresh" else 2):
        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


async def test_the_stored_database_holds_what_its_script_says(tmp_path: Path, old: Path) -> None:
    """So that the script tells truly what is in the file."""
    await fill(f"sqlite:///{tmp_path / 'today.db'}")
    today = rows_of(tmp_path / "today.db")
    assert {name: len(rows) for name, rows in rows_of(old).items()} == {name: len(today[name]) for name in rows_of(old)}
