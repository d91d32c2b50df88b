"""Jobs that were found again on their target: taken in as they were, with all their attempts."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain

import sqlalchemy as sa

from argosy.contracts import Entry, Restored
from argosy.core.job import Closed
from argosy.store.events import write_events
from argosy.store.facts import attempt_columns
from argosy.store.jobs import accept_jobs, known_jobs
from argosy.store.moments import to_micros, to_micros_if
from argosy.store.slices import slices
from argosy.store.tables import attempts, files, jobs
from argosy.store.upsert import upsert
from argosy.store.waiting import wake

_place = sa.select(jobs.c.id, jobs.c.position).where(jobs.c.id.in_(sa.bindparam("ids", expanding=True, type_=sa.Text)))
_times = (
    jobs.update()
    .where(jobs.c.id == sa.bindparam("of_job"))
    .values(
        started=sa.func.coalesce(sa.bindparam("began", type_=sa.BigInteger), jobs.c.started),
        ended=sa.func.coalesce(sa.bindparam("was_over", type_=sa.BigInteger), jobs.c.ended),
        updated=sa.bindparam("last"),
    )
)


def restore_jobs(
    connection: sa.Connection, restored: Sequence[Restored], entries: Sequence[Entry], *, now: datetime
) -> tuple[str, ...]:
    """Take in those that are not known, and the entries about them; returns their ids."""
    known = known_jobs(connection, [one.job.id for one in restored])
    fresh = list({one.job.id: one for one in restored if one.job.id not in known}.values())
    fresh.sort(key=lambda one: (one.job.created, one.job.id))
    if not fresh:
        return ()
    accept_jobs(connection, [(one.job, one.attempts[-1]) for one in fresh], (), (), now=now)
    _add_earlier(connection, fresh)
    connection.execute(_times, [_told(one) for one in fresh])
    upsert(connection, files, [file.model_dump() for one in fresh for file in one.files])
    ids = tuple(one.job.id for one in fresh)
    wake(connection, [one.job.id for one in fresh if isinstance(one.attempts[-1].state, Closed)])
    write_events(connection, [(entry, now) for entry in entries if entry.job in ids])
    return ids


def _add_earlier(connection: sa.Connection, fresh: Sequence[Restored]) -> None:
    several = [one for one in fresh if len(one.attempts) > 1]
    if not several:
        return
    ids = [one.job.id for one in several]
    places = {row.id: row.position for some in slices(ids) for row in connection.execute(_place, {"ids": some})}
    earlier = chain.from_iterable((attempt for attempt in one.attempts[:-1]) for one in several)
    connection.execute(attempts.insert(), [attempt_columns(attempt, places[attempt.job]) for attempt in earlier])


def _told(one: Restored) -> dict[str, str | int | None]:
    last = max(one.job.created, one.attempts[-1].state.evidence.at)
    return {
        "of_job": one.job.id,
        "began": to_micros_if(one.started),
        "was_over": to_micros_if(one.ended),
        "last": to_micros(last),
    }
