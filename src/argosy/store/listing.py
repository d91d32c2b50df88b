"""A page of the list: newest first, from a cursor, under any mix of conditions."""
# ruff: noqa: S608 -- the pieces are constants; what users wrote is bound

import re
from collections.abc import Sequence

import sqlalchemy as sa

from argosy.core.errors import BadInput
from argosy.core.views import JobPage, JobQuery
from argosy.store.conditions import Conditions, conditions_of
from argosy.store.leads import Lead, leads_of, plain_lead
from argosy.store.needles import needles
from argosy.store.rows import COLUMN_NAMES, job_row

_CURSOR = re.compile("[0-9a-f]{1,16}")


def read_page(connection: sa.Connection, query: JobQuery) -> JobPage:
    """The page; raises BadInput for a cursor that is none of ours."""
    if query.text.strip() and not needles(query.text):
        return JobPage(jobs=())  # nothing that could be found by
    sqlite = connection.dialect.name == "sqlite"
    asked = conditions_of(query, read_cursor(query.after), sqlite=sqlite)
    lead = _best(connection, leads_of(asked) if sqlite else (), asked) or plain_lead(asked)
    rows = connection.execute(sa.text(_statement(lead, asked)), asked.values).all()
    shown = rows[: query.limit]
    following = cursor(shown[-1].position) if len(rows) > query.limit else None
    return JobPage(jobs=tuple(map(job_row, shown)), next=following)


def cursor(position: int) -> str:
    """What stands for a place in the list; opaque to everybody else."""
    return f"{position:x}"


def read_cursor(text: str | None) -> int | None:
    """The place again; raises BadInput."""
    if text is None:
        return None
    if not _CURSOR.fullmatch(text):
        raise BadInput("the cursor 'after' is none that a page gave", hint="Begin again without it.")
    return int(text, 16) % (1 << 62)


def _best(connection: sa.Connection, leads: Sequence[Lead], asked: Conditions) -> Lead | None:
    """The lead with the fewest places, found by counting a little, as SQLite keeps no statistics of single values.

    Where all have many, the last one.
    """
    if len(leads) < 2:
        return leads[0] if leads else None
    best, fewest = leads[-1], max(lead.many for lead in leads)
    for lead in leads:
        most = min(fewest, lead.many)
        count = _count(connection, lead, asked, most=most)
        if count < most:
            best, fewest = lead, count
    return best


def _count(connection: sa.Connection, lead: Lead, asked: Conditions, *, most: int) -> int:
    conditions = " AND ".join([*lead.own, *asked.bounds_at(lead.place)])
    question = f"SELECT count(*) FROM (SELECT 1 FROM {lead.table} WHERE {conditions} LIMIT :most)"
    return connection.scalar(sa.text(question), asked.values | {"most": most}) or 0


def _statement(lead: Lead, asked: Conditions) -> str:
    rest = (*lead.rest, *asked.bounds_at(lead.place))
    branches = [
        f"SELECT {lead.place} AS place FROM {lead.source} WHERE {' AND '.join([*branch, *rest]) or 'TRUE'}"
        f" ORDER BY {lead.place} DESC LIMIT :limit"
        for branch in lead.branches
    ]
    places = " UNION ALL ".join(f"SELECT place FROM ({branch}) AS branch" for branch in branches)
    return (
        f"SELECT {COLUMN_NAMES} FROM jobs WHERE position IN (SELECT place FROM ({places}) AS chosen)"
        " ORDER BY position DESC LIMIT :limit"
    )
