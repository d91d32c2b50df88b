"""Moves: guarded writes that take attempts further.

Every change of an attempt after its acceptance goes through here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from argosy.contracts import Entry, Lease, Move
from argosy.core.job import RANKS, Attempt, Closed, Wish
from argosy.store.events import write_events
from argosy.store.facts import attempt_columns, fate_columns
from argosy.store.jobs import latest_attempts, unknown
from argosy.store.kept import keep
from argosy.store.leases import still_held
from argosy.store.moments import to_micros
from argosy.store.slices import slices
from argosy.store.tables import attempts, jobs
from argosy.store.waiting import put_right, wake

_Key = tuple[str, int]

_standing = sa.select(
    attempts.c.job,
    attempts.c.number,
    attempts.c.version,
    attempts.c.state,
    attempts.c.position,
    # Only of those that are over: the state that must not change any more.
    sa.case((attempts.c.state == "closed", attempts.c.document)).label("closed"),
).where(attempts.c.job.in_(sa.bindparam("ids", expanding=True, type_=sa.Text)))

_CHANGING = ("target", "state", "version", "due", "wished", "room", "rank", "document")
_write = (
    attempts.update()
    .where(
        attempts.c.job == sa.bindparam("of_job"),
        attempts.c.number == sa.bindparam("of_number"),
        attempts.c.version == sa.bindparam("seen"),
    )
    .values({column: sa.bindparam(f"new_{column}") for column in _CHANGING})
)
_same_try = jobs.c.attempt == sa.bindparam("new_attempt")
_TOLD = ("attempt", "target", "fate", "fraction", "words", "updated")
_tell = (
    jobs.update()
    .where(jobs.c.id == sa.bindparam("of_job"), jobs.c.attempt <= sa.bindparam("new_attempt"))
    .values({column: sa.bindparam(f"new_{column}") for column in _TOLD})
    .values(
        # What was known first stays: a close says nothing new of when the program began and ended.
        started=sa.func.coalesce(
            sa.case((_same_try, jobs.c.started)), sa.bindparam("new_started", type_=sa.BigInteger)
        ),
        ended=sa.func.coalesce(sa.case((_same_try, jobs.c.ended)), sa.bindparam("new_ended", type_=sa.BigInteger)),
    )
)


@dataclass
class _Standing:
    """How an attempt stands while moves are weighed: as in the store, then as after each move that fits."""

    version: int
    state: str
    position: int
    closed: str | None


def write_driven(connection: sa.Connection, moves: Sequence[Move], lease: Lease) -> tuple[bool, ...]:
    """Write the moves of a target's driver; none of them when the lease is not held at their time."""
    for move in moves:
        if move.attempt.target != lease.target:
            raise ValueError(f"{move.attempt.token} is not on target {lease.target}")
    if not moves or not still_held(connection, lease, moves):
        return (False,) * len(moves)
    return write_moves(connection, moves)


def write_moves(connection: sa.Connection, moves: Sequence[Move]) -> tuple[bool, ...]:
    """Write each move whose version is still as seen.

    Raises ValueError for a move that would go left or change an outcome.
    """
    standing = _standing_of(connection, moves)
    fits = tuple([_fits(move, standing) for move in moves])
    written = [move for move, fit in zip(moves, fits, strict=True) if fit]
    if written:
        _write_attempts(connection, written)
        _begin_next(connection, written, standing)
        keep(connection, written)
        _let_others_know(connection, written)
        write_events(connection, [(entry, move.at) for move in written for entry in move.events])
    return fits


def note_wish(connection: sa.Connection, job: str, wish: Wish, entry: Entry) -> Attempt:
    """Note the wish on the latest attempt, which becomes due at once; nothing changes when it is closed or has one.

    A forced wish makes one that is there forced, and has it told anew.
    """
    attempt = latest_attempts(connection, [job]).get(job)
    if attempt is None:
        raise unknown(job)
    sharper = wish.forced and attempt.wish is not None and not attempt.wish.forced
    if isinstance(attempt.state, Closed) or (attempt.wish is not None and not sharper):
        return attempt
    noted = attempt.wish.model_copy(update={"forced": True}) if attempt.wish else wish
    wished = attempt.model_copy(update={"wish": noted, "due": min(attempt.due, wish.at), "cancel_sent": None})
    write_moves(connection, [Move(attempt=wished, seen=attempt.version, at=wish.at, events=(entry,))])
    return as_written(wished, attempt.version)


def as_written(attempt: Attempt, seen: int) -> Attempt:
    """The attempt with the version that it has after a move."""
    return attempt.model_copy(update={"version": seen + 1})


def _standing_of(connection: sa.Connection, moves: Sequence[Move]) -> dict[_Key, _Standing]:
    wanted = dict.fromkeys(move.attempt.job for move in moves)
    rows = (row for some in slices(wanted) for row in connection.execute(_standing, {"ids": some}))
    return {(row.job, row.number): _Standing(row.version, row.state, row.position, row.closed) for row in rows}


def _fits(move: Move, standing: Mapping[_Key, _Standing]) -> bool:
    """Whether a move may be written. A second one for the same attempt must have seen the first."""
    attempt = move.attempt
    stands = standing.get((attempt.job, attempt.number))
    if stands is None or stands.version != move.seen:
        return False
    _refuse_backwards(attempt, stands)
    _refuse_out_of_order(move)
    stands.version, stands.state = move.seen + 1, attempt.state.kind
    stands.closed = attempt.model_dump_json() if isinstance(attempt.state, Closed) else None
    return True


def _refuse_backwards(attempt: Attempt, stands: _Standing) -> None:
    if RANKS[attempt.state.kind] < RANKS[stands.state]:
        raise ValueError(f"{attempt.token} is {stands.state} and cannot become {attempt.state.kind} again")
    if stands.closed is not None and Attempt.model_validate_json(stands.closed).state != attempt.state:
        raise ValueError(f"{attempt.token} is closed, and its outcome never changes")


def _refuse_out_of_order(move: Move) -> None:
    following, attempt = move.next_attempt, move.attempt
    if following is None:
        return
    if following.job != attempt.job or following.number != attempt.number + 1 or not isinstance(attempt.state, Closed):
        raise ValueError(f"{following.token} cannot follow {attempt.token}, which is {attempt.state.kind}")


def _write_attempts(connection: sa.Connection, moves: Sequence[Move]) -> None:
    rows = [_changed(as_written(move.attempt, move.seen), move) for move in moves]
    if connection.execute(_write, rows).rowcount != len(rows):  # the guard and the look before it must agree
        raise RuntimeError("an attempt changed inside a transaction that keeps writers out")
    connection.execute(_tell, [_told(move.attempt, move) for move in moves])


def _begin_next(connection: sa.Connection, moves: Sequence[Move], standing: Mapping[_Key, _Standing]) -> None:
    begun = [(move.next_attempt, move) for move in moves if move.next_attempt is not None]
    if not begun:
        return
    rows = [
        attempt_columns(attempt, standing[move.attempt.job, move.attempt.number].position) for attempt, move in begun
    ]
    connection.execute(attempts.insert(), rows)
    connection.execute(_tell, [_told(attempt, move) for attempt, move in begun])


def _changed(attempt: Attempt, move: Move) -> dict[str, Any]:
    columns = attempt_columns(attempt, 0)
    new = {f"new_{column}": columns[column] for column in _CHANGING}
    return new | {"of_job": attempt.job, "of_number": attempt.number, "seen": move.seen}


def _told(attempt: Attempt, move: Move) -> dict[str, Any]:
    columns = fate_columns(attempt) | {"updated": to_micros(move.at)}
    return {f"new_{column}": value for column, value in columns.items()} | {"of_job": attempt.job}


def _let_others_know(connection: sa.Connection, moves: Sequence[Move]) -> None:
    """Put right who sleeps: jobs that begin to wait, and jobs that waited for those that are over now."""
    newest = [move.next_attempt or move.attempt for move in moves]
    put_right(connection, [attempt.job for attempt in newest if attempt.state.kind == "waiting"])
    wake(connection, [attempt.job for attempt in newest if attempt.state.kind == "closed"])
