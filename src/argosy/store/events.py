"""What happened, in order.

Numbers are given inside the one writing transaction, so events become visible in the order of their numbers.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from argosy.contracts import Entry
from argosy.core.job import Progress, State, Trouble
from argosy.core.views import Event
from argosy.store.moments import to_micros, to_moment
from argosy.store.plain import plain
from argosy.store.shapes import AnyRow
from argosy.store.tables import events

_STATE: TypeAdapter[State] = TypeAdapter(State)
_IN_ORDER = (
    sa.select(events).where(events.c.seq > sa.bindparam("after")).order_by(events.c.seq).limit(sa.bindparam("limit"))
)
_OF_JOB = _IN_ORDER.where(events.c.job == sa.bindparam("job"))
_LAST = sa.select(sa.func.max(events.c.seq))


def write_events(connection: sa.Connection, happened: Sequence[tuple[Entry, datetime]]) -> None:
    """Number the entries in their order and write them down."""
    if happened:
        connection.execute(events.insert(), [_row(entry, at) for entry, at in happened])


def read_events(connection: sa.Connection, after: int, job: str | None, limit: int) -> tuple[Event, ...]:
    """At most ``limit`` events with a higher number than ``after``, in order."""
    question = _IN_ORDER if job is None else _OF_JOB
    rows = connection.execute(question, {"after": after, "limit": limit} | ({} if job is None else {"job": job}))
    return tuple(_event(row) for row in rows)


def last_event(connection: sa.Connection) -> int:
    """The highest number, 0 when there is none."""
    return connection.scalar(_LAST) or 0


def _row(entry: Entry, at: datetime) -> dict[str, Any]:
    return {
        "at": to_micros(at),
        "kind": entry.kind,
        "job": entry.job,
        "attempt": entry.attempt,
        "target": entry.target,
        "words": plain(entry.words),
        "state": entry.state_json,
        "body": entry.body_json,
    }


def _event(row: AnyRow) -> Event:
    return Event(
        seq=row.seq,
        at=to_moment(row.at),
        kind=row.kind,
        job=row.job,
        attempt=row.attempt,
        target=row.target,
        words=row.words,
        state=_STATE.validate_json(row.state) if row.state else None,
        progress=Progress.model_validate_json(row.body) if row.kind == "progress" and row.body else None,
        trouble=Trouble.model_validate_json(row.body) if row.kind == "trouble" and row.body else None,
    )
