"""A page of the list: newest first, from a cursor, under any mix of conditions."""
# ruff: noqa: S608 -- the pieces are constants; what users wrote is bound

import sqlalchemy as sa

from argosy.core.errors import BadInput
from argosy.core.views import JobPage, JobQuery
from argosy.store.conditions import Conditions, Lead, conditions_of
from argosy.store.needles import needles
from argosy.store.rows import COLUMN_NAMES, job_row

_FEW = 5_000
"""Counting stops here: a lead that leaves more than this is as good as any other."""


def read_page(connection: sa.Connection, query: JobQuery) -> JobPage:
    """The page; raises BadInput for a cursor that is none of ours."""
    if query.text.strip() and not needles(query.text):
        return JobPage(jobs=())  # nothing that could be found by
    asked = conditions_of(query, read_cursor(query.after), sqlite=connection.dialect.name == "sqlite")
    rows = connection.execute(sa.text(statement(_best_lead(connection, asked), asked)), asked.values).all()
    shown = rows[: query.limit]
    following = cursor(shown[-1].position) if len(rows) > query.limit else None
    return JobPage(jobs=tuple(map(job_row, shown)), next=following)


def statement(lead: Lead, asked: Conditions) -> str:
    """The question for a page, with the given lead."""
    branches = " UNION ALL ".join(f"SELECT place FROM ({branch}) AS branch" for branch in _branches(lead, asked))
    return (
        f"SELECT {COLUMN_NAMES} FROM jobs WHERE position IN (SELECT place FROM ({branches}) AS chosen)"
        " ORDER BY position DESC LIMIT :limit"
    )


def cursor(position: int) -> str:
    """What stands for a place in the list; opaque to everybody else."""
    return f"{position:x}"


def read_cursor(text: str | None) -> int | None:
    """The place again; raises BadInput."""
    try:
        return None if text is None else int(text, 16) % (1 << 62)
    except ValueError:
        raise BadInput("the cursor 'after' is none that a page gave", hint="Begin again without it.") from None


def _branches(lead: Lead, asked: Conditions) -> list[str]:
    """One branch for each wanted fate where the fate leads: each by itself is in the list's order."""
    conditions = [*lead.rest, *asked.bounds_of(lead.place)]
    return [
        f"SELECT {lead.place} AS place FROM {_source(lead)}"
        f" WHERE {' AND '.join([*fate, *conditions]) or 'TRUE'} ORDER BY {lead.place} DESC LIMIT :limit"
        for fate in ([[fate] for fate in asked.fates if lead.by_fate] or [[]])
    ]


def _source(lead: Lead) -> str:
    """Where a lead's places come from; with the list beside it when its rows must be looked at."""
    if lead.table == "jobs" or not any("jobs." in condition for condition in lead.rest):
        return lead.table
    return f"{lead.table} CROSS JOIN jobs ON jobs.position = {lead.place}"  # CROSS: SQLite keeps this order


def _best_lead(connection: sa.Connection, asked: Conditions) -> Lead:
    """The lead with the fewest places.

    SQLite keeps no statistics of single values, so it cannot know; PostgreSQL does, and is given one lead only.
    """
    if len(asked.leads) == 1:
        return asked.leads[0]
    counts = [_count(connection, lead, asked) for lead in asked.leads]
    return asked.leads[counts.index(min(counts))]


def _count(connection: sa.Connection, lead: Lead, asked: Conditions) -> int:
    conditions = " AND ".join([*lead.own, *asked.bounds_of(lead.place)])
    question = f"SELECT count(*) FROM (SELECT 1 FROM {lead.table} WHERE {conditions} LIMIT {_FEW})"
    return connection.scalar(sa.text(question), asked.values) or 0
