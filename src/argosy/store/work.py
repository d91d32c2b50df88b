"""What a target's round is about. Called every few milliseconds while short jobs run, so nothing is parsed twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from argosy.contracts import Work
from argosy.core.job import Attempt, Job
from argosy.store import facts
from argosy.store.moments import to_micros, to_moment_if
from argosy.store.recent import Recent
from argosy.store.slices import slices
from argosy.store.tables import attempts, specs

_REMEMBERED_BYTES = 4 << 20

_columns = (attempts.c.job, attempts.c.number, attempts.c.version, attempts.c.room, attempts.c.position)
_here = attempts.c.target == sa.bindparam("target")
_is_due = attempts.c.due <= sa.bindparam("now")


def _in_room(room: str, *conditions: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    # The room is written out: only then does the planner know that the partial index holds all that is asked for.
    return sa.select(*_columns).where(_here, attempts.c.room == sa.literal_column(f"'{room}'"), *conditions)


_head = _in_room(facts.QUEUED, _is_due).order_by(attempts.c.position).limit(sa.bindparam("head")).subquery()
_work = sa.union_all(
    _in_room(facts.LIVING),
    _in_room(facts.ENDED, _is_due),
    _in_room(facts.HELD, _is_due),
    _in_room(facts.LEAVING, _is_due),
    sa.select(_head),
).order_by("position")
_next_due = (
    sa.select(attempts.c.due)
    .where(_here, attempts.c.due > sa.bindparam("now"), attempts.c.room.is_not(None), attempts.c.room != facts.ASLEEP)
    .order_by(attempts.c.due)
    .limit(1)
)
_documents = sa.select(attempts.c.job, attempts.c.number, attempts.c.version, attempts.c.document).where(
    attempts.c.job.in_(sa.bindparam("ids", expanding=True, type_=sa.Text)), attempts.c.room.is_not(None)
)
_specs = sa.select(specs.c.job, specs.c.document).where(specs.c.job.in_(sa.bindparam("ids", expanding=True, type_=sa.Text)))

_open_rooms = attempts.c.room.in_([sa.literal_column(f"'{room}'") for room in facts.OPEN_ROOMS])
_open = sa.select(sa.func.count()).select_from(attempts).where(_open_rooms)
_open_here = _open.where(_here)

_Version = tuple[str, int, int]


@dataclass(frozen=True)
class Remembered:
    """What was parsed lately. A job never changes, an attempt never under one version."""

    jobs: Recent[str, Job] = field(default_factory=lambda: Recent[str, Job](_REMEMBERED_BYTES))
    attempts: Recent[_Version, Attempt] = field(default_factory=lambda: Recent[_Version, Attempt](_REMEMBERED_BYTES))


def read_work(connection: sa.Connection, remembered: Remembered, target: str, now: datetime, queued: int) -> Work:
    """What there is to do for a target; everything is of one moment."""
    asked = {"target": target, "now": to_micros(now), "head": queued}
    rows = connection.execute(_work, asked).all()
    tries = _attempts(connection, remembered, [(row.job, row.number, row.version) for row in rows])
    jobs = _jobs(connection, remembered, dict.fromkeys(row.job for row in rows))
    rooms: dict[str, list[tuple[Job, Attempt]]] = {room: [] for room in (*facts.OPEN_ROOMS, facts.LEAVING)}
    for row in rows:
        rooms[row.room].append((jobs[row.job], tries[row.job, row.number, row.version]))
    return Work(
        live=tuple(rooms[facts.LIVING]),
        ended=tuple(rooms[facts.ENDED]),
        queued=tuple(rooms[facts.QUEUED]),
        held=(*rooms[facts.HELD], *rooms[facts.LEAVING]),
        next_due=to_moment_if(connection.scalar(_next_due, asked)),
    )


def count_open(connection: sa.Connection, target: str | None) -> int:
    """How many attempts are neither draft nor closed."""
    if target is None:
        return connection.scalar(_open) or 0
    return connection.scalar(_open_here, {"target": target}) or 0


def _attempts(
    connection: sa.Connection, remembered: Remembered, wanted: Sequence[_Version]
) -> dict[_Version, Attempt]:
    known = {key: found for key in wanted if (found := remembered.attempts.get(key))}
    for some in slices(dict.fromkeys(key[0] for key in wanted if key not in known)):
        for row in connection.execute(_documents, {"ids": some}):
            key = (row.job, row.number, row.version)
            known[key] = Attempt.model_validate_json(row.document)
            remembered.attempts.put(key, known[key], len(row.document))
    return known


def _jobs(connection: sa.Connection, remembered: Remembered, wanted: Iterable[str]) -> dict[str, Job]:
    known = {job: found for job in wanted if (found := remembered.jobs.get(job))}
    for some in slices([job for job in wanted if job not in known]):
        for row in connection.execute(_specs, {"ids": some}):
            known[row.job] = Job.model_validate_json(row.document)
            remembered.jobs.put(row.job, known[row.job], len(row.document))
    return known
