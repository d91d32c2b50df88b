"""What a target's round is about. Called every few milliseconds while short jobs run, so nothing is parsed twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from argosy.contracts import Work
from argosy.core.job import Attempt, Job
from argosy.core.lifecycle import LONGEST_PAUSE, LONGEST_WAIT
from argosy.core.slurm import SlurmWishes
from argosy.store.facts import AIMING, ASLEEP, ENDED, HELD, LEAVING, LIVING, OPEN_ROOMS, QUEUED
from argosy.store.moments import to_micros, to_moment_if
from argosy.store.recent import Recent
from argosy.store.shapes import AnyRow, AnySelect
from argosy.store.slices import slices
from argosy.store.tables import attempts, specs

_REMEMBERED_BYTES = 4 << 20

_columns = (
    attempts.c.job,
    attempts.c.number,
    attempts.c.version,
    attempts.c.room,
    attempts.c.rank,
    attempts.c.position,
)
_here = attempts.c.target == sa.bindparam("target")
# "+ 0" keeps SQLite from taking the index by due, which would have it read and sort the whole queue for its head.
_due = sa.literal_column("attempts.due + 0", sa.BigInteger)
# What is due later than anything is ever put off was written before the clock was set back.
_is_due = sa.not_(sa.and_(_due > sa.bindparam("now"), _due <= sa.bindparam("far")))
# An attempt that follows on another by itself may have to pause for longer.
_pauses = sa.and_(attempts.c.number > 1, _due > sa.bindparam("far"), _due <= sa.bindparam("paused"))


def _in_room(room: str, *conditions: sa.ColumnElement[bool]) -> AnySelect:
    # The room is written out: only then does the planner know that the partial index holds all that is asked for.
    return sa.select(*_columns).where(_here, attempts.c.room == sa.literal_column(f"'{room}'"), *conditions)


def _head(most: str, *conditions: sa.ColumnElement[bool]) -> AnySelect:
    pausing = sa.not_(_pauses)
    queue = _in_room(QUEUED, _is_due, pausing, *conditions).order_by(attempts.c.rank, attempts.c.position)
    return sa.select(queue.limit(sa.bindparam(most)).subquery())


_rooms = (_in_room(LIVING), _in_room(ENDED, _is_due), _in_room(HELD, _is_due), _in_room(LEAVING, _is_due))
_work = sa.union_all(*_rooms, _head("head"))
# Out of documents that may be large, the one part that is wanted; each database has its own words for that.
_KINDS = {
    "sqlite": "(SELECT json_extract(document, '$.spec.slurm') FROM specs WHERE specs.job = attempts.job)",
    "postgresql": "(SELECT CAST(document AS json) #>> '{spec,slurm}' FROM specs WHERE specs.job = attempts.job)",
}
_next_due = (
    sa.select(attempts.c.due)
    .where(_here, attempts.c.due > sa.bindparam("now"), attempts.c.room.not_in([ASLEEP, AIMING]))
    .order_by(attempts.c.due)
    .limit(1)
)
_documents = sa.select(attempts.c.job, attempts.c.number, attempts.c.version, attempts.c.document).where(
    attempts.c.job.in_(sa.bindparam("ids", expanding=True, type_=sa.Text)), attempts.c.room.is_not(None)
)
_specs = sa.select(specs.c.job, specs.c.document).where(
    specs.c.job.in_(sa.bindparam("ids", expanding=True, type_=sa.Text))
)


@dataclass(frozen=True)
class Asked:
    """Whose work, when, how much from the head of the queue, and how many of which kinds beside that."""

    target: str
    now: datetime
    queued: int
    limited: Mapping[SlurmWishes, int]


_open_rooms = attempts.c.room.in_([sa.literal_column(f"'{room}'") for room in OPEN_ROOMS])
_open = sa.select(sa.func.count()).select_from(attempts).where(_open_rooms)
_open_here = _open.where(_here)

_Version = tuple[str, int, int]
_Pair = tuple[Job, Attempt]


@dataclass(frozen=True)
class Remembered:
    """What was parsed lately. A job never changes, an attempt never under one version."""

    jobs: Recent[str, Job] = field(default_factory=lambda: Recent[str, Job](_REMEMBERED_BYTES))
    pairs: Recent[_Version, _Pair] = field(default_factory=lambda: Recent[_Version, _Pair](_REMEMBERED_BYTES))


def read_work(connection: sa.Connection, remembered: Remembered, asked: Asked) -> Work:
    """What there is to do for a target; everything is of one moment."""
    values = {
        "target": asked.target,
        "now": to_micros(asked.now),
        "far": to_micros(asked.now + LONGEST_WAIT),
        "paused": to_micros(asked.now + LONGEST_PAUSE),
        "head": asked.queued,
    }
    rows = sorted(_rows(connection, values, asked.limited), key=_place)
    keys = [(row[0], row[1], row[2]) for row in rows]
    pairs = remembered.pairs.get_many(keys)
    pairs |= _parsed(connection, remembered, [key for key in keys if key not in pairs])
    rooms: dict[str, list[_Pair]] = {room: [] for room in (*OPEN_ROOMS, LEAVING)}
    for key, row in zip(keys, rows, strict=True):
        rooms[row[3]].append(pairs[key])
    return Work(
        live=tuple(rooms[LIVING]),
        ended=tuple(rooms[ENDED]),
        queued=tuple(rooms[QUEUED]),
        held=(*rooms[HELD], *rooms[LEAVING]),
        next_due=to_moment_if(connection.scalar(_next_due, values)),
    )


def _rows(
    connection: sa.Connection, values: Mapping[str, object], limited: Mapping[SlurmWishes, int]
) -> Sequence[AnyRow]:
    """What is to be done, by room; what was written of kinds in another way than today counts as of no limited one."""
    if not limited:
        return connection.execute(_work, dict(values)).all()
    kind = sa.func.coalesce(sa.literal_column(_KINDS[connection.dialect.name], sa.Text), "")
    kinds = {f"kind{number}": one.model_dump_json() for number, one in enumerate(limited)}
    mosts = {f"most{number}": most for number, most in enumerate(limited.values())}
    others = _head("head", kind.not_in([sa.bindparam(name, type_=sa.Text) for name in kinds]))
    each = [_head(most, kind == sa.bindparam(name, type_=sa.Text)) for name, most in zip(kinds, mosts, strict=True)]
    return connection.execute(sa.union_all(*_rooms, others, *each), {**values, **kinds, **mosts}).all()


def count_open(connection: sa.Connection, target: str | None) -> int:
    """How many attempts are neither draft nor closed."""
    if target is None:
        return connection.scalar(_open) or 0
    return connection.scalar(_open_here, {"target": target}) or 0


def _place(row: AnyRow) -> tuple[int, int]:
    return row[4], row[5]


def _parsed(connection: sa.Connection, remembered: Remembered, wanted: Sequence[_Version]) -> dict[_Version, _Pair]:
    ids = list(dict.fromkeys(key[0] for key in wanted))
    jobs = _jobs(connection, remembered, ids)
    pairs: dict[_Version, _Pair] = {}
    for some in slices(ids):
        for row in connection.execute(_documents, {"ids": some}):
            key = (row.job, row.number, row.version)
            pairs[key] = (jobs[row.job], Attempt.model_validate_json(row.document))
            remembered.pairs.put(key, pairs[key], len(row.document))
    return pairs


def _jobs(connection: sa.Connection, remembered: Remembered, wanted: Sequence[str]) -> dict[str, Job]:
    known = remembered.jobs.get_many(wanted)
    for some in slices([job for job in wanted if job not in known]):
        for row in connection.execute(_specs, {"ids": some}):
            known[row.job] = Job.model_validate_json(row.document)
            remembered.jobs.put(row.job, known[row.job], len(row.document))
    return known
