"""Looking for what must not be. Everything here only reads, and takes as long as reading the whole database."""

from collections.abc import Iterator

import sqlalchemy as sa

from argosy.core.errors import ArgosyError
from argosy.store.connections import Connections
from argosy.store.invariants import invariants
from argosy.store.search import match_expression
from argosy.store.troubles import explained

_MOST = 20
"""How many complaints of one kind are worth reading."""
_SAMPLE = 100

_newest = sa.text(f"SELECT id, position FROM jobs ORDER BY position DESC LIMIT {_SAMPLE}")  # noqa: S608
_oldest = sa.text(f"SELECT id, position FROM jobs ORDER BY position LIMIT {_SAMPLE}")  # noqa: S608
_found = sa.text("SELECT count(*) FROM search WHERE search MATCH :match AND rowid = :position")


def check_all(ways: Connections) -> tuple[str, ...]:
    """What is wrong: damage of the file first, and then no more is asked; else what contradicts itself."""
    try:
        with explained(ways.address), ways.reader.begin() as connection:
            damage = tuple(_damage(connection))
            return damage or (*_contradictions(connection), *_lost_to_search(connection))
    except ArgosyError as trouble:
        return (trouble.message,)


def _damage(connection: sa.Connection) -> Iterator[str]:
    """PostgreSQL looks after its own files."""
    if connection.dialect.name != "sqlite":
        return
    for row in connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST})"):
        if row[0] != "ok":
            yield f"the file is damaged: {row[0]}"
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_MOST):
        yield f"a row of {row[0]} belongs to a row of {row[2]} that is not there"


def _contradictions(connection: sa.Connection) -> Iterator[str]:
    for complaint, question in invariants(connection.dialect.name).items():
        for row in connection.execute(sa.text(question)).fetchmany(_MOST):
            yield complaint.format(row[0])


def _lost_to_search(connection: sa.Connection) -> Iterator[str]:
    """A sample: the whole index can be compared with the jobs only while nobody writes."""
    if connection.dialect.name != "sqlite":
        return
    for row in {*connection.execute(_newest), *connection.execute(_oldest)}:
        if not connection.scalar(_found, {"match": match_expression([row.id]), "position": row.position}):
            yield f"the search does not find job {row.id}"
