"""What reports are made of: each job that is over, with what it asked for and what its attempts have used."""
# ruff: noqa: S608 -- the pieces are constants; what users wrote is bound

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from argosy.core.job import OUTCOMES
from argosy.core.report import Account
from argosy.core.resources import Resources
from argosy.core.spending import Spent
from argosy.store.moments import to_micros, to_moment, to_moment_if
from argosy.store.shapes import AnyRow

# Out of documents that may be large, the one part that is wanted; each database has its own words for that.
_RESOURCES = {
    "sqlite": "json_extract(specs.document, '$.spec.resources')",
    "postgresql": "CAST(specs.document AS json) #>> '{spec,resources}'",
}
_SPENT = {
    "sqlite": "json_extract(results.document, '$.spent')",
    "postgresql": "CAST(results.document AS json) ->> 'spent'",
}
_COLUMNS = "jobs.id, jobs.attempt, owner, engine, target, fate, labels, started, ended"


def read_accounts(connection: sa.Connection, since: datetime | None, before: datetime | None) -> tuple[Account, ...]:
    """The accounts of all jobs that ended in this time, in the order of their creation."""
    dialect = connection.dialect.name
    bounds = {"since": since and to_micros(since), "before": before and to_micros(before)}
    values = {name: bound for name, bound in bounds.items() if bound is not None}
    signs = {"since": ">=", "before": "<"}
    ended = "".join(f" AND jobs.ended {signs[name]} :{name}" for name in values)
    over = f"jobs.ended IS NOT NULL AND jobs.fate IN ({', '.join(map(repr, OUTCOMES))}){ended}"
    listed = (
        f"SELECT {_COLUMNS}, {_RESOURCES[dialect]} AS resources FROM jobs JOIN specs ON specs.job = jobs.id"
        f" WHERE {over} ORDER BY jobs.position"
    )
    used = (
        f"SELECT results.job, results.attempt, {_SPENT[dialect]} AS spent"
        f" FROM results JOIN jobs ON jobs.id = results.job WHERE {over}"
    )
    spent: dict[str, dict[int, Spent]] = {}
    for row in connection.execute(sa.text(used), values):
        if row.spent is not None:
            spent.setdefault(row.job, {})[row.attempt] = Spent.model_validate_json(row.spent)
    return tuple(_account(row, spent.get(row.id, {})) for row in connection.execute(sa.text(listed), values))


def _account(row: AnyRow, spent: dict[int, Spent]) -> Account:
    facts: dict[str, Any] = {name: getattr(row, name) for name in ("attempt", "owner", "engine", "target", "fate")}
    return Account(
        job=row.id,
        labels=json.loads(row.labels),
        started=to_moment_if(row.started),
        ended=to_moment(row.ended),
        resources=Resources.model_validate_json(row.resources),
        spent=spent,
        **facts,
    )
