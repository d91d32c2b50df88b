"""Attempts that are over and have a goal for which something is still to be done."""

import sqlalchemy as sa

from argosy.core.job import Attempt, Job
from argosy.store.facts import AIMING
from argosy.store.tables import attempts, jobs, specs, targets

# By target and with the room written out, so that the partial index of rooms is all that is read.
_aiming = (
    sa.select(specs.c.document, attempts.c.document)
    .select_from(attempts)
    .join(jobs, sa.and_(jobs.c.id == attempts.c.job, jobs.c.attempt == attempts.c.number))
    .join(specs, specs.c.job == attempts.c.job)
    .where(attempts.c.target.in_(sa.select(targets.c.name)), attempts.c.room == sa.literal_column(f"'{AIMING}'"))
    .order_by(attempts.c.position)
)


def read_goals(connection: sa.Connection) -> tuple[tuple[Job, Attempt], ...]:
    """The latest attempts of that kind with their jobs, oldest job first."""
    rows = connection.execute(_aiming)
    return tuple((Job.model_validate_json(job), Attempt.model_validate_json(attempt)) for job, attempt in rows)
