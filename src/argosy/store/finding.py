"""Finding jobs by what people type for them."""

import re

import sqlalchemy as sa

from argosy.core.views import JobRow
from argosy.store.plain import plain
from argosy.store.rows import COLUMNS, job_row
from argosy.store.shapes import AnySelect
from argosy.store.tables import jobs

LAST = "last"
_BEGINNING = re.compile(r"[0-9a-z]{1,22}")
_AFTER_Z = "{"
"""Sorts behind every letter that an id can have."""

_newest = sa.select(*COLUMNS).order_by(jobs.c.position.desc()).limit(sa.bindparam("limit"))
_named = _newest.where(jobs.c.name.in_([sa.bindparam("name"), sa.bindparam("trimmed")]))


def _begins(column: sa.Column[str]) -> sa.ColumnElement[bool]:
    return sa.and_(column >= sa.bindparam("first"), column < sa.bindparam("end"))


# Ids sort by time, so their own index yields the newest first.
_by_id = sa.select(*COLUMNS).where(_begins(jobs.c.id)).order_by(jobs.c.id.desc()).limit(sa.bindparam("limit"))
_by_short = _newest.where(jobs.c.position.in_(sa.select(jobs.c.position).where(_begins(jobs.c.short))))


def find_jobs(connection: sa.Connection, words: str, limit: int) -> tuple[JobRow, ...]:
    """Jobs whose id or short id begins with these words, else whose name equals them; newest first."""
    name = plain(words)
    trimmed = name.strip()
    if trimmed == LAST:
        return _ask(connection, _newest, limit=1)
    beginning = trimmed.lower()
    if _BEGINNING.fullmatch(beginning):
        found = [
            row
            for question in (_by_id, _by_short)
            for row in _ask(connection, question, first=beginning, end=beginning + _AFTER_Z, limit=limit)
        ]
        if found:
            newest = sorted(
                {row.id: row for row in found}.values(), key=lambda row: (row.created, row.id), reverse=True
            )
            return tuple(newest[:limit])
    return _ask(connection, _named, name=name, trimmed=trimmed, limit=limit)


def _ask(connection: sa.Connection, question: AnySelect, **values: object) -> tuple[JobRow, ...]:
    return tuple(job_row(row) for row in connection.execute(question, values))
