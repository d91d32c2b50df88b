"""One target while it is being driven: its ways in, its lease, and the guarded writes that belong to it."""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from argosy.contracts import Engine, Entry, Lease, Move, Scheduler, Store, Transport
from argosy.core.allowances import Allowances
from argosy.core.errors import NeedsLogin, QueueFull, TargetError, Unreachable
from argosy.core.home import Home
from argosy.core.job import Attempt, Job, Running, State, fate
from argosy.core.lifecycle import backoff_s, troubled
from argosy.core.sighting import Watched
from argosy.core.target import Target
from argosy.core.values import EARLIEST
from argosy.service.marks import Pass, pass_by

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Due:
    """An attempt that a step is to be taken for, with its job."""

    job: Job
    attempt: Attempt

    def watched(self) -> Watched:
        """How schedulers are asked about it; it must have been staged."""
        state = self.attempt.state
        begun = isinstance(state, Running) and bool(state.host)
        directory, handle = getattr(state, "directory", None) or "", getattr(state, "handle", "")
        seen = _watched(self.attempt.token, directory, handle, begun=begun)
        return seen if self.job.adopted is None else seen.model_copy(update={"adopted": self.job.adopted})


@lru_cache(maxsize=8192)  # asked about in every round, and mostly in the same words
def _watched(token: str, directory: str, handle: str, *, begun: bool) -> Watched:
    return Watched(token=token, directory=directory, handle=handle, begun=begun)


@dataclass
class Pace:
    """How long those jobs of a target took that ended last; endless as long as nobody knows.

    And when all of its live attempts were looked at.
    """

    longest_s: float = math.inf
    looked_at_all: datetime = EARLIEST


@dataclass(frozen=True)
class Station:
    """A target with everything that its steps need. ``at`` is told each mark that a step passes."""

    target: Target
    transport: Transport
    scheduler: Scheduler
    engines: Mapping[str, Engine]
    store: Store
    home: Home
    clock: Clock
    lease: Lease
    at: Pass = pass_by
    looked: dict[str, datetime] = field(default_factory=dict[str, datetime])
    pace: Pace = field(default_factory=Pace)
    rooms: Allowances = field(default_factory=Allowances)
    jitter: Callable[[], float] = random.random
    placing: set[str] = field(default_factory=set[str])
    """The tokens of the attempts whose files are being placed."""

    async def record(self, changes: Sequence["Change"]) -> list[Due]:
        """Write moves and return those that were written.

        An attempt that somebody else changed meanwhile is left out; the next round looks at it again.
        """
        if not changes:
            return []
        written = await self.store.advance([change.move for change in changes], self.lease)
        return [
            Due(change.due.job, change.move.attempt.model_copy(update={"version": change.move.seen + 1}))
            for change, ok in zip(changes, written, strict=True)
            if ok
        ]

    def engine(self, job: Job) -> Engine:
        """The engine of a job; the plain command where its own is not installed any more."""
        return self.engines.get(job.spec.engine) or self.engines["command"]


@dataclass(frozen=True)
class Change:
    """A move, and the attempt that it is made from."""

    due: Due
    move: Move


def moved(due: Due, state: State, now: datetime, /, **changes: object) -> Change:
    """An attempt enters a new state, with the event that tells of it."""
    attempt = due.attempt.model_copy(
        update={"state": state, "trouble": None, "missing_since": None, "due": now, **changes}
    )
    return Change(due, Move(attempt=attempt, seen=due.attempt.version, at=now, events=(state_entry(attempt),)))


def noted(due: Due, now: datetime, /, *events: Entry, **changes: object) -> Change:
    """A change that leaves the state as it is."""
    attempt = due.attempt.model_copy(update=changes)
    return Change(due, Move(attempt=attempt, seen=due.attempt.version, at=now, events=events))


def put_off(due: Due, error: TargetError, now: datetime, jitter: float) -> Change:
    """An attempt that trouble kept from its step: it keeps its state and is due again after a while.

    One that only waits for a login or for room stays due: nothing is tried before that, and then all go on at once.
    """
    trouble = troubled(due.attempt.trouble, code=error.code, message=error.message, hint=error.hint, now=now)
    wait_s = backoff_s(trouble.times, jitter, away=isinstance(error, Unreachable))
    wait = timedelta() if isinstance(error, NeedsLogin | QueueFull) else timedelta(seconds=wait_s)
    entry = Entry(
        kind="trouble",
        job=due.job.id,
        attempt=due.attempt.number,
        target=due.attempt.target,
        words=error.message,
        body_json=trouble.model_dump_json(),
    )
    events: list[Entry] = [entry] if trouble.times == 1 else []
    return noted(due, now, *events, trouble=trouble, due=now + wait)


def state_entry(attempt: Attempt) -> Entry:
    """The event that an attempt has entered its state."""
    return Entry(
        kind="state",
        job=attempt.job,
        attempt=attempt.number,
        target=attempt.target,
        words=f"{fate(attempt.state)}: {attempt.state.evidence.words}",
        state_json=attempt.state.model_dump_json(),
    )
