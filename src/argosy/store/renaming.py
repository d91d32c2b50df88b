"""A target under another name: everything that is remembered of its jobs follows."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from argosy.core.errors import Conflict, NotFound
from argosy.core.target import Target
from argosy.store.needles import terms_of_row
from argosy.store.search import add_to_search, drop_from_search
from argosy.store.tables import attempts, jobs, leases, outdated, targets

_AT_ONCE = 1000

_known = sa.select(targets.c.document).where(targets.c.name == sa.bindparam("name"))
_busy = sa.select(sa.func.count()).where(attempts.c.target == sa.bindparam("name"), attempts.c.room.is_not(None))
_some_attempts = (
    sa.select(attempts.c.job, attempts.c.number, attempts.c.document)
    .where(attempts.c.target == sa.bindparam("name"))
    .limit(_AT_ONCE)
)
_write_attempt = (
    sa.update(attempts)
    .where(attempts.c.job == sa.bindparam("of"), attempts.c.number == sa.bindparam("at"))
    .values(target=sa.bindparam("called"), document=sa.bindparam("said"))
)
_some_jobs = sa.select(jobs).where(jobs.c.target == sa.bindparam("name")).limit(_AT_ONCE)
_write_job = (
    sa.update(jobs)
    .where(jobs.c.position == sa.bindparam("place"))
    .values(target=sa.bindparam("called"), terms=sa.bindparam("found_by"))
)


def rename_target(connection: sa.Connection, name: str, new: str) -> None:
    """Give a target and all its jobs another name; what has happened is told as it was.

    Raises NotFound, and Conflict while jobs there are open, or when there is a target of the new name.
    """
    document = connection.scalar(_known, {"name": name})
    if document is None:
        raise NotFound(f"there is no target {name!r}", hint="See them all with 'argosy target list'.")
    if connection.scalar(_known, {"name": new}) is not None:
        raise Conflict(f"there is a target {new} already", hint="Choose another name.")
    if connection.scalar(_busy, {"name": name}):
        hint = f"See them with 'argosy ls --target {name}'; rename it when they are over."
        raise Conflict(f"jobs on target {name} are not over yet", hint=hint)
    renamed = Target.model_validate_json(document).model_copy(update={"name": new})
    connection.execute(targets.delete().where(targets.c.name == name))
    connection.execute(targets.insert(), [{"name": new, "document": renamed.model_dump_json()}])
    connection.execute(leases.delete().where(leases.c.target == name))
    connection.execute(outdated.update().where(outdated.c.target == name).values(target=new))
    for rows in _pages(connection, _some_attempts, name):
        connection.execute(_write_attempt, [_attempt(row, new) for row in rows])
    for rows in _pages(connection, _some_jobs, name):
        _rename_jobs(connection, rows, new)


def _pages(connection: sa.Connection, question: sa.Executable, name: str) -> Iterator[Sequence[Any]]:
    """Some rows after others; each page must have left the question before the next is asked for."""
    while rows := connection.execute(question, {"name": name}).all():
        yield rows


def _attempt(row: Any, new: str) -> dict[str, Any]:
    return {
        "of": row.job,
        "at": row.number,
        "called": new,
        "said": json.dumps(json.loads(row.document) | {"target": new}),
    }


def _rename_jobs(connection: sa.Connection, rows: Sequence[Any], new: str) -> None:
    """The rows of the list, and what the text search finds them by."""
    listed = [{"position": row.position, "terms": terms_of_row(row, target=new)} for row in rows]
    for row in rows:
        drop_from_search(connection, row.position, row.terms)
    connection.execute(
        _write_job, [{"place": one["position"], "called": new, "found_by": one["terms"]} for one in listed]
    )
    add_to_search(connection, listed)
