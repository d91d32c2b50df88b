"""What must hold among the tables, as questions for the jobs that break it."""
# ruff: noqa: S608 -- the questions are put together from constants of this package

from collections.abc import Mapping

from argosy.core.job import RANKS
from argosy.store.facts import ASLEEP
from argosy.store.waiting import ROOM


def invariants(dialect: str) -> Mapping[str, str]:
    """For each complaint (with a place for the job's id) the question that yields the ids."""
    kind, outcome = _written(dialect, "state", "kind"), _written(dialect, "state", "outcome", "kind")
    version, number = _written(dialect, "version"), _written(dialect, "number")
    states = ", ".join(f"'{state}'" for state in RANKS)
    return {
        "job {} has no attempt": "SELECT id FROM jobs WHERE NOT EXISTS (SELECT 1 FROM attempts WHERE job = jobs.id)",
        "job {} has no description": "SELECT id FROM jobs WHERE NOT EXISTS (SELECT 1 FROM specs WHERE job = jobs.id)",
        "the list does not show the latest attempt of job {}": (
            "SELECT id FROM jobs WHERE attempt <> (SELECT max(number) FROM attempts WHERE job = jobs.id)"
        ),
        "the list shows job {} otherwise than it is": (
            "SELECT id FROM jobs JOIN attempts ON attempts.job = jobs.id AND attempts.number = jobs.attempt"
            f" WHERE fate <> coalesce({outcome}, state)"
        ),
        "job {} has an attempt that is not over before its latest one": (
            "SELECT id FROM jobs JOIN attempts ON attempts.job = jobs.id"
            " WHERE attempts.number < jobs.attempt AND attempts.state <> 'closed'"
        ),
        "an attempt of job {} is written down otherwise than its columns say": (
            f"SELECT job FROM attempts WHERE state NOT IN ({states}) OR state <> {kind}"
            f" OR CAST(version AS text) <> CAST({version} AS text) OR CAST(number AS text) <> CAST({number} AS text)"
        ),
        "an attempt of job {} is open, and no round would find it": (
            "SELECT job FROM attempts WHERE room IS NULL AND state NOT IN ('draft', 'closed')"
        ),
        "job {} sleeps although what it waits for is over": (
            f"SELECT job FROM attempts WHERE state = 'waiting' AND room = '{ASLEEP}' AND ({ROOM}) <> '{ASLEEP}'"
        ),
    }


def _written(dialect: str, *path: str) -> str:
    """What the document of an attempt says at a path."""
    if dialect == "sqlite":
        return f"json_extract(attempts.document, '$.{'.'.join(path)}')"
    return f"(CAST(attempts.document AS json) #>> '{{{','.join(path)}}}')"
