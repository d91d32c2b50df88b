"""What a store exchanges, as values."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from argosy.core.job import Attempt, Job
from argosy.core.outputs import Results
from argosy.core.values import Value


class Lease(Value):
    """The right to drive one target until ``expires``; ``holder`` is unique to one server process."""

    target: str
    holder: str
    expires: datetime


class Entry(Value):
    """An event before it has its number."""

    kind: str
    job: str | None = None
    attempt: int | None = None
    target: str | None = None
    words: str = ""
    state_json: str | None = None
    body_json: str | None = None


class KeptFile(Value):
    """A file of an attempt that Argosy remembers after the target forgot it."""

    job: str
    attempt: int
    path: str
    size: int
    kind: Literal["input", "output", "home"]
    sha256: str | None = None


class Restored(Value):
    """A job as it was found on its target: all attempts that are known there, the newest last.

    ``started`` and ``ended`` are when the program of the newest attempt began and ended, where its state does not tell.
    """

    job: Job
    attempts: tuple[Attempt, ...] = Field(min_length=1)
    started: datetime | None = None
    ended: datetime | None = None
    files: tuple[KeptFile, ...] = ()


class Move(Value):
    """One guarded write: the attempt as it shall be, if its version in the store is still ``seen``.

    All or nothing: ``events`` happened with it, ``files`` and ``results`` belong to it, and ``next_attempt`` is the try
    that follows it.
    """

    attempt: Attempt
    seen: int
    at: datetime
    events: tuple[Entry, ...] = ()
    files: tuple[KeptFile, ...] = ()
    results: Results | None = None
    next_attempt: Attempt | None = None


class Outdated(Value):
    """A job as it is now, whose record on its target does not tell yet what a user changed.

    ``started`` and ``ended`` are when the program of its newest attempt began and ended. Each change has a ``stamp`` of
    its own.
    """

    job: Job
    attempts: tuple[Attempt, ...] = Field(min_length=1)
    started: datetime | None = None
    ended: datetime | None = None
    stamp: str


class Work(Value):
    """What a target's round is about. ``live`` may exist at the scheduler, ``ended`` wait for collection.

    ``queued`` are the first of the queue; ``held`` are Waiting, or carry a wish before their launch. Attempts that are
    not due are left out of all but ``live``; those that are live count for the load even when they are not due.
    """

    live: tuple[tuple[Job, Attempt], ...] = ()
    ended: tuple[tuple[Job, Attempt], ...] = ()
    queued: tuple[tuple[Job, Attempt], ...] = ()
    held: tuple[tuple[Job, Attempt], ...] = ()
    next_due: datetime | None = None
