"""Made 0001.db beside it: a database as the first form of the store wrote it. Kept to show how; not to be run again.

Usage: python -m tests.store.data.make_0001
"""

import asyncio
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from argosy.contracts import Entry, KeptFile
from argosy.core.job import Attempt, Job
from argosy.core.outputs import Results, Scalar
from argosy.core.spec import TemplateRef
from argosy.core.target import Target
from argosy.core.template import Template
from argosy.store import open_store
from argosy.store.address import read_address
from argosy.store.connections import connect
from argosy.store.schema import upgrade
from tests.store.making import FAILED, STATES, SUCCEEDED, WAITING, accept, after, attempt, move, new

FILE = Path(__file__).with_name("0001.db")


def jobs() -> list[tuple[Job, Attempt]]:
    """A job in each state, one that waits for another, and one with a name that is hard to search for."""
    template = TemplateRef(name="openmm/nvt", version="1.0.0", digest="0" * 64, values={"steps": 5})
    pairs = [
        new(f"water-box {number}", state, created=after(number), labels={"kind": "prod"}, template=template)
        for number, state in enumerate(STATES)
    ]
    waits = new("waits", WAITING, created=after(50), after=(pairs[2][0].id,))
    return [*pairs, waits, new("\N{GREEK SMALL LETTER ALPHA}-Quarz 100% 'x'", SUCCEEDED, created=after(60))]


async def fill(url: str) -> None:
    """Let today's store write the data."""
    store = await open_store(url, clock=lambda: after(100))
    pairs = jobs()
    await accept(store, *pairs)
    await store.accept([], [], [Template(name="openmm/nvt", argv=("true",))])
    one, first = new("tried twice", FAILED, created=after(70))
    await accept(store, (one, first))
    kept = KeptFile(job=one.id, attempt=1, path="out.csv", size=7, kind="home", sha256="a" * 64)
    results = Results(scalars=(Scalar(name="energy", value=-1.5, unit="kJ/mol"),))
    await store.change(move(first, results=results, files=(kept,), next_attempt=attempt(one, number=2)))
    await store.put_target(Target(name="local", root="/data/local"))
    await store.put_setting("server.port", "8000")
    await store.log([Entry(kind="target", target="local", words="No answer.")])
    await store.close()


def copy_into_first_form(source: str, into: str) -> None:
    """Copy every row into a database of the first form, without the columns that it did not have."""
    ways = connect(read_address(into), readers=1, patience_s=1)
    with ways.writer.begin() as connection:
        upgrade(connection, "0001")
    tables = sa.MetaData()
    tables.reflect(ways.reader)
    today = sa.create_engine(source)
    for table in tables.sorted_tables:
        if table.name == "alembic_version" or table.name.startswith("sqlite_"):
            continue
        with today.connect() as reading, ways.writer.begin() as writing:
            rows: list[dict[str, Any]] = [dict(row) for row in reading.execute(sa.select(table)).mappings()]
            if rows:
                writing.execute(table.insert(), rows)
    today.dispose()
    ways.dispose()


if __name__ == "__main__":
    FILE.unlink(missing_ok=True)
    today = FILE.with_name("today.db")
    asyncio.run(fill(f"sqlite:///{today}"))
    copy_into_first_form(f"sqlite:///{today}", f"sqlite:///{FILE}")
    today.unlink()
    connection = sa.create_engine(f"sqlite:///{FILE}", isolation_level="AUTOCOMMIT").connect()
    for statement in ("PRAGMA journal_mode=DELETE", "VACUUM"):
        connection.exec_driver_sql(statement)
    connection.close()
