"""Jobs whose records on their targets do not tell yet what a user changed of them."""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from argosy.contracts import Move, Outdated
from argosy.core.job import Attempt
from argosy.store.jobs import read_attempts, read_job
from argosy.store.moments import to_moment_if
from argosy.store.moves import write_moves
from argosy.store.tables import jobs, outdated
from argosy.store.upsert import upsert

_first = (
    sa.select(outdated.c.job, outdated.c.stamp, jobs.c.started, jobs.c.ended)
    .select_from(outdated)
    .join(jobs, jobs.c.id == outdated.c.job)
    .where(outdated.c.target == sa.bindparam("target"))
    .order_by(outdated.c.job)
    .limit(sa.bindparam("most"))
)
_told = outdated.delete().where(outdated.c.job == sa.bindparam("of"), outdated.c.stamp == sa.bindparam("seen"))


def mark_outdated(connection: sa.Connection, latest: Attempt) -> None:
    """Something was changed of a job which its record has to tell.

    Also of one that has no record: the one that is just being written may not tell of it.
    """
    row = {"job": latest.job, "target": latest.target, "stamp": secrets.token_hex(8)}
    upsert(connection, outdated, [row])


def write_change(connection: sa.Connection, move: Move) -> bool:
    """Write what a user does, if the version is still as seen. A further attempt is told when it is staged."""
    (written,) = write_moves(connection, [move])
    if written and move.next_attempt is None:
        mark_outdated(connection, move.attempt)
    return written


def read_outdated(connection: sa.Connection, target: str, most: int) -> tuple[Outdated, ...]:
    """The first of them, as they are now."""
    return tuple(
        Outdated(
            job=read_job(connection, row.job),
            attempts=read_attempts(connection, row.job),
            started=to_moment_if(row.started),
            ended=to_moment_if(row.ended),
            stamp=row.stamp,
        )
        for row in connection.execute(_first, {"target": target, "most": most}).all()
    )


def forget_outdated(connection: sa.Connection, told: Sequence[Outdated]) -> None:
    """These have been told; what was changed again meanwhile stays."""
    connection.execute(_told, [{"of": one.job.id, "seen": one.stamp} for one in told])
