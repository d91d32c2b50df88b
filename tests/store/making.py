"""Jobs, attempts and moves for the tests of the store."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argosy.contracts import Entry, Lease, Move, Store
from argosy.core import ids
from argosy.core.job import (
    Attempt,
    Cancelled,
    Cause,
    Closed,
    Draft,
    Ended,
    Failed,
    Job,
    Lost,
    Queued,
    Running,
    Staged,
    State,
    Submitted,
    Succeeded,
    Waiting,
    Wish,
    Witness,
    said,
)
from argosy.core.spec import JobSpec
from argosy.core.wrapper import ExitReport

NOW = datetime(2026, 3, 4, 5, 6, 7, 890_123, tzinfo=UTC)
DIRECTORY = "/data/jobs/j/attempt-1"
EVIDENCE = said(Witness.ARGOSY, "so it was", NOW)
REPORT = ExitReport(
    version=1, token="t", stage="program", code=0, status=0, started=NOW, ended=NOW + timedelta(seconds=90)
)

DRAFT = Draft(evidence=EVIDENCE)
WAITING = Waiting(why="for another job", evidence=EVIDENCE)
QUEUED = Queued(evidence=EVIDENCE)
STAGED = Staged(directory=DIRECTORY, evidence=EVIDENCE)
SUBMITTED = Submitted(directory=DIRECTORY, handle="4711", reason="Priority", evidence=EVIDENCE)
RUNNING = Running(directory=DIRECTORY, handle="4711", host="node7", since=NOW, evidence=EVIDENCE)
ENDED = Ended(directory=DIRECTORY, report=REPORT, evidence=EVIDENCE)
SUCCEEDED = Closed(directory=DIRECTORY, outcome=Succeeded(), evidence=EVIDENCE)
FAILED = Closed(directory=DIRECTORY, outcome=Failed(cause=Cause.EXIT_CODE, explanation="It broke."), evidence=EVIDENCE)
CANCELLED = Closed(outcome=Cancelled(by="marie"), evidence=EVIDENCE)
LOST = Closed(outcome=Lost(explanation="Nobody knows."), evidence=EVIDENCE)
STATES: tuple[State, ...] = (
    DRAFT,
    WAITING,
    QUEUED,
    STAGED,
    SUBMITTED,
    RUNNING,
    ENDED,
    SUCCEEDED,
    FAILED,
    CANCELLED,
    LOST,
)


def after(seconds: float) -> datetime:
    """A moment later than NOW."""
    return NOW + timedelta(seconds=seconds)


def job(name: str = "water", *, created: datetime = NOW, parent: str | None = None, **spec: Any) -> Job:
    """A job of its own identity; ``spec`` are fields of its JobSpec."""
    identity = ids.job_id(created, secrets.randbits(ids.ENTROPY_BITS))
    full = JobSpec(name=name, **{"argv": ("true",), **spec})
    return Job(id=identity, spec=full, owner="marie", created=created, parent=parent, root=parent or identity)


def attempt(of: Job, state: State = QUEUED, **fields: Any) -> Attempt:
    """The first attempt of a job."""
    return Attempt(**{"job": of.id, "number": 1, "target": of.spec.target, "state": state, "due": NOW, **fields})


def new(name: str = "water", state: State = QUEUED, **spec: Any) -> tuple[Job, Attempt]:
    """A job with its first attempt."""
    made = job(name, **spec)
    return made, attempt(made, state)


def entry(of: Job | Attempt, kind: str = "state", words: str = "it happened") -> Entry:
    """An event about a job."""
    return Entry(kind=kind, job=of.job if isinstance(of, Attempt) else of.id, words=words)


def move(attempt: Attempt, state: State | None = None, *, at: datetime = NOW, **fields: Any) -> Move:
    """The attempt enters a state (or stays), with one event that tells of it."""
    changes = {name: value for name, value in fields.items() if name in Attempt.model_fields}
    others = {name: value for name, value in fields.items() if name not in changes}
    then = attempt.model_copy(update={"state": state or attempt.state, **changes})
    return Move(**{"attempt": then, "seen": attempt.version, "at": at, "events": (entry(attempt),), **others})


def written(attempt: Attempt, state: State) -> Attempt:
    """The attempt as it is after a move into a state."""
    return attempt.model_copy(update={"state": state, "version": attempt.version + 1})


def names_in(directory: Path) -> list[str]:
    """The names of what lies in a directory, in order."""
    return sorted(path.name for path in directory.iterdir())


def wish(at: datetime = NOW) -> Wish:
    return Wish(by="marie", at=at)


HOLDER = "server-1"


async def accept(store: Store, *pairs: tuple[Job, Attempt]) -> None:
    """Take in jobs, with an event for each."""
    await store.accept(list(pairs), [entry(one) for one, _ in pairs])


async def held(store: Store, target: str = "local") -> Lease:
    """The lease of a target, for an hour."""
    lease = await store.lease(target, HOLDER, NOW, ttl_s=3600)
    assert lease is not None
    return lease


async def latest(store: Store, of: str) -> Attempt:
    """The newest attempt of a job."""
    return (await store.attempts(of))[-1]
