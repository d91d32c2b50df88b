"""Jobs that wait for other jobs: which of them are worth a look.

A round looks at every attempt in the room ``held``. Thousands of jobs that wait for one long simulation are kept out
of it: they sleep until all that they wait for is over, or one of those is over in vain.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from argosy.core.job import OUTCOMES
from argosy.store.facts import ASLEEP, HELD
from argosy.store.slices import slices

_OVER = ", ".join(f"'{outcome}'" for outcome in OUTCOMES)
# A required job that is not there any more counts as over in vain.
ROOM = f"""
    CASE WHEN EXISTS (
        SELECT 1 FROM requirements JOIN jobs ON jobs.id = requirements.parent
        WHERE requirements.job = attempts.job AND jobs.fate NOT IN ({_OVER})
    ) AND NOT EXISTS (
        SELECT 1 FROM requirements LEFT JOIN jobs ON jobs.id = requirements.parent
        WHERE requirements.job = attempts.job
        AND (jobs.id IS NULL OR jobs.fate IN ({_OVER}) AND jobs.fate <> 'succeeded')
    ) THEN '{ASLEEP}' ELSE '{HELD}' END
"""  # noqa: S608


def _settle(whose: str) -> sa.TextClause:
    waits = "state = 'waiting' AND wished = 0"
    question = f"UPDATE attempts SET room = {ROOM} WHERE {waits} AND job IN {whose}"  # noqa: S608
    return sa.text(question).bindparams(sa.bindparam("jobs", expanding=True))


_settle_these = _settle(":jobs")
_settle_dependents = _settle("(SELECT job FROM requirements WHERE parent IN :jobs)")


def put_right(connection: sa.Connection, waiting: Iterable[str]) -> None:
    """Let those of these jobs sleep whose time has not come."""
    for some in slices(waiting):
        connection.execute(_settle_these, {"jobs": some})


def wake(connection: sa.Connection, over: Iterable[str]) -> None:
    """Wake the jobs that waited for these jobs, which are over or gone, and have nothing left to wait for."""
    for some in slices(over):
        connection.execute(_settle_dependents, {"jobs": some})
