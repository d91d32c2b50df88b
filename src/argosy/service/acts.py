"""What users do to a job, as it is written down. Rounds carry it out: whoever calls this rings the job's target."""

from dataclasses import dataclass
from datetime import datetime

from argosy.contracts import Entry, Move, Store
from argosy.core import ids
from argosy.core.bulk import Relabel, change_in_words
from argosy.core.errors import Conflict
from argosy.core.goal import Goal, reopened
from argosy.core.job import (
    UNPLACED,
    Attempt,
    Cancelled,
    Closed,
    Draft,
    Evidence,
    Job,
    Queued,
    State,
    Waiting,
    Wish,
    Witness,
    fate,
    said,
)
from argosy.core.spec import JobSpec
from argosy.core.turn import too_early, what_is_waited_for
from argosy.service.station import Clock, state_entry


@dataclass(frozen=True)
class Acts:
    """Each returns the attempt that counts then. Raises NotFound for an unknown job."""

    store: Store
    clock: Clock

    async def cancel(self, job: str, *, by: str, forced: bool = False) -> Attempt:
        """Wish a job cancelled. It is over when its target proves it; a closed job stays as it is.

        A ``forced`` wish gives its program no time to end in good order, also when it was told to stop before.
        """
        now = self.clock()
        entry = Entry(kind="wish", job=job, words=f"{by} wants it {'killed at once' if forced else 'cancelled'}")
        attempt = await self.store.wish(job, Wish(by=by, at=now, forced=forced), entry)
        return await self._enter(attempt, _given_up(by, now)) if isinstance(attempt.state, Draft) else attempt

    async def retry(self, job: str, *, by: str, goal: Goal | None = None) -> Attempt:
        """A new attempt at a job whose last one is closed, whatever its outcome; raises Conflict while it is open.

        It keeps the goal of the one before, unless another is given.
        """
        last = (await self.store.attempts(job))[-1]
        if not isinstance(last.state, Closed):
            raise Conflict(f"job {ids.short(job)} is {fate(last.state)}; only a job that is over can be retried")
        now, found = self.clock(), await self.store.job(job)
        refuse_adopted(found, "tried again")
        following = Attempt(
            job=job,
            number=last.number + 1,
            target=last.target,
            state=first_state(found.spec, f"{by} wants it tried again", now),
            due=now,
            goal=goal or reopened(last.goal),
            priority=last.priority,
        )
        move = Move(attempt=last, seen=last.version, at=now, events=(state_entry(following),), next_attempt=following)
        await self._write(move)
        return following

    async def release(self, job: str, *, by: str) -> Attempt:
        """Let a draft go; raises Conflict for a job that is no draft."""
        last = (await self.store.attempts(job))[-1]
        if not isinstance(last.state, Draft):
            raise Conflict(f"job {ids.short(job)} is {fate(last.state)}, not a draft")
        spec = (await self.store.job(job)).spec
        return await self._enter(last, first_state(spec, f"released by {by}", self.clock()))

    async def prioritise(self, job: str, priority: int, *, by: str) -> Attempt:
        """Give a job that waits in Argosy another priority; raises Conflict for any other."""
        last = (await self.store.attempts(job))[-1]
        if last.state.kind not in UNPLACED:
            what = f"job {ids.short(job)} is {fate(last.state)}; only a job that waits in Argosy has a priority there"
            raise Conflict(what, hint="One that waits at Slurm lets others come first with 'argosy alter --nice'.")
        words = f"{by} gives it the priority {priority}"
        entry = Entry(kind="wish", job=job, attempt=last.number, target=last.target, words=words)
        after = last.model_copy(update={"priority": priority})
        await self._write(Move(attempt=after, seen=last.version, at=self.clock(), events=(entry,)))
        return after

    async def relabel(self, job: str, change: Relabel, *, target: str, by: str) -> None:
        """Change its labels."""
        entry = Entry(
            kind="labelled", job=job, target=target, words=f"{by} changed its labels: {change_in_words(change)}"
        )
        await self.store.relabel(job, change, entry)

    async def _enter(self, attempt: Attempt, state: State) -> Attempt:
        now = state.evidence.at
        after = attempt.model_copy(update={"state": state, "due": now})
        await self._write(Move(attempt=after, seen=attempt.version, at=now, events=(state_entry(after),)))
        return after

    async def _write(self, move: Move) -> None:
        if not await self.store.change(move):
            short = ids.short(move.attempt.job)
            raise Conflict(f"job {short} was just changed by somebody else", hint="Look at it and try again.")


def first_state(spec: JobSpec, words: str, now: datetime) -> State:
    """The state that an attempt begins in: it has its turn, or waits for other jobs or its time."""
    evidence: Evidence = said(Witness.USER, words, now)
    if not spec.parents and not too_early(spec, now):
        return Queued(evidence=evidence)
    return Waiting(why=what_is_waited_for(spec, now), evidence=evidence)


def refuse_adopted(job: Job, done: str) -> None:
    """Raises Conflict for a job of which Argosy has no description that it could run."""
    if job.adopted is not None:
        raise Conflict(
            f"job {ids.short(job.id)} was adopted, so Argosy does not know what it runs, and it cannot be {done}",
            hint="Submit it as a job of Argosy's own: argosy run, or argosy submit.",
        )


def _given_up(by: str, now: datetime) -> State:
    outcome = Cancelled(by=by, explanation="It was a draft and was given up.")
    return Closed(outcome=outcome, evidence=said(Witness.USER, f"given up by {by}", now))
