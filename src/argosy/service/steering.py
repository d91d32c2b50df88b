"""What waits in the queue of a scheduler is held, let go, or changed. It is done when this returns, and proven."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from argosy.contracts import Entry, Move, Order, Store
from argosy.contracts.queue import SharedQueue, Steered, Steering
from argosy.core import ids
from argosy.core.alteration import Alteration, altered
from argosy.core.cluster import cluster_findings
from argosy.core.errors import ArgosyError, BadInput, Conflict, Garbled, RequestError, TargetError
from argosy.core.findings import errors_among, in_short
from argosy.core.job import Attempt, Job, Submitted, fate
from argosy.core.spec import JobSpec
from argosy.core.target import Target
from argosy.core.views import JobView
from argosy.service.jobs import Jobs
from argosy.service.reconcile import Reconciler
from argosy.service.station import Clock
from argosy.service.targets import Targets

_TRIES = 5
_DONE = {"hold": "held", "release": "released"}


class _Waiting(NamedTuple):
    """A job that waits at a scheduler with a queue of its own."""

    job: Job
    attempt: Attempt
    state: Submitted
    target: Target
    queue: SharedQueue

    @property
    def place(self) -> str:
        """What its scheduler knows it by: its directory, or where an adopted one lies."""
        return self.job.adopted.place if self.job.adopted else self.state.directory


@dataclass(frozen=True)
class Steerings:
    """Words to the scheduler about jobs that wait in its queue."""

    store: Store
    jobs: Jobs
    targets: Targets
    reconciler: Reconciler
    clock: Clock

    async def hold(self, job: str, *, by: str) -> JobView:
        """Keep a job from starting until it is released; raises Conflict unless it waits at its scheduler."""
        return await self._view(job, await self.hold_all([job], by=by))

    async def release(self, job: str, *, by: str) -> JobView:
        """Let a draft go to its queue, or a held job go on; raises Conflict for any other."""
        return await self._view(job, await self.release_all([job], by=by))

    async def hold_all(self, jobs: Sequence[str], *, by: str) -> Mapping[str, Attempt | ArgosyError]:
        """Hold many by one call to each of their targets; what keeps one from it is told of it alone."""
        return await self._all(jobs, "hold", f"{by} holds it")

    async def release_all(self, jobs: Sequence[str], *, by: str) -> Mapping[str, Attempt | ArgosyError]:
        """Release many by one call to each of their targets; what keeps one from it is told of it alone."""
        drafts = [job for job, attempt in (await self.store.attempts_of(jobs)).items() if attempt.state.kind == "draft"]
        told: dict[str, Attempt | ArgosyError] = {}
        for job in drafts:
            try:
                told[job] = await self.jobs.acts.release(job, by=by)
            except RequestError as refusal:
                told[job] = refusal
        waiting = [job for job in jobs if job not in told]
        return {**told, **await self._all(waiting, "release", f"{by} lets it go on")}

    async def _all(
        self, jobs: Sequence[str], wish: Literal["hold", "release"], words: str
    ) -> Mapping[str, Attempt | ArgosyError]:
        told: dict[str, Attempt | ArgosyError] = {}
        at_targets: dict[str, list[_Waiting]] = {}
        for job in jobs:
            try:
                one = await self._waiting(job, _DONE[wish])
                at_targets.setdefault(one.target.name, []).append(one)
            except (RequestError, TargetError) as refusal:
                told[job] = refusal
        for some in at_targets.values():
            try:
                told |= await self._steer(some, [one.job.spec for one in some], wish)
            except TargetError as trouble:
                told |= {one.job.id: trouble for one in some}
        done = [one for some in at_targets.values() for one in some if isinstance(told[one.job.id], Attempt)]
        if done:
            await self.store.log([_entry(one, words) for one in done])
        return told

    async def alter(self, job: str, change: Alteration, *, by: str) -> JobView:
        """Have a waiting job ask for something else; the job itself keeps what was submitted.

        Raises BadInput, before anything is sent, for what the cluster would refuse by its description.
        """
        one = await self._waiting(job, "altered")
        if change == Alteration():
            raise BadInput("nothing is to be changed", hint="Say what the job shall ask for instead.")
        whole = change.after(one.attempt.altered)
        spec = altered(one.job.spec, whole)
        _check(one.target, spec)
        told = await self._steer([one], [spec], change)
        if not isinstance(told[job], ArgosyError):
            await self._note(job, whole)
            await self.store.log([_entry(one, f"{by} changed what it asks for: {change.words()}")])
        return await self._view(job, told)

    async def _waiting(self, job: str, done: str) -> _Waiting:
        attempt = (await self.store.attempts(job))[-1]
        short, state = ids.short(job), attempt.state
        if attempt.wish is not None or not isinstance(state, Submitted):
            what = "about to be cancelled" if attempt.wish and state.kind != "closed" else fate(state)
            hint = "Submit it with --draft to keep a job from its queue." if done == "held" else ""
            raise Conflict(f"job {short} is {what}; only a job that waits at its scheduler can be {done}", hint=hint)
        target = await self.targets.target(attempt.target)
        scheduler = self.reconciler.ways.schedulers[target.scheduler].at(target)
        if not isinstance(scheduler, SharedQueue):
            raise Conflict(f"job {short} is on {target.name}, whose jobs cannot be {done}: it has no queue of its own")
        return _Waiting(await self.store.job(job), attempt, state, target, scheduler)

    async def _steer(
        self, some: Sequence[_Waiting], specs: Sequence[JobSpec], wish: Steering
    ) -> dict[str, Attempt | ArgosyError]:
        """Have it done to some at one target; returns by job its attempt, or what keeps it from being done."""
        target, queue = some[0].target, some[0].queue
        orders = [
            Order(token=one.attempt.token, directory=one.place, spec=spec)
            for one, spec in zip(some, specs, strict=True)
        ]
        answer = await self.reconciler.transport(target).run(queue.steer(orders, wish))
        done = queue.parse_steer(orders, wish, answer)
        return {one.job.id: _complaint(one, done[one.attempt.token]) or one.attempt for one in some}

    async def _note(self, job: str, whole: Alteration) -> None:
        """Remember what it asks for now, whoever else writes meanwhile."""
        for _ in range(_TRIES):
            seen = (await self.store.attempts(job))[-1]
            after = seen.model_copy(update={"altered": whole})
            if await self.store.change(Move(attempt=after, seen=seen.version, at=self.clock())):
                return
        raise Conflict(f"job {ids.short(job)} moves too fast to be noted", hint="It was changed; look at it.")

    async def _view(self, job: str, told: Mapping[str, Attempt | ArgosyError]) -> JobView:
        done = told[job]
        if isinstance(done, ArgosyError):
            raise done
        self.reconciler.stirred()
        self.reconciler.ring(done.target)
        return await self.jobs.view(job)


def _entry(one: _Waiting, words: str) -> Entry:
    return Entry(kind="wish", job=one.job.id, attempt=one.attempt.number, target=one.target.name, words=words)


def _check(target: Target, spec: JobSpec) -> None:
    site = target.slurm
    if site is None:
        return
    errors = errors_among(cluster_findings(site, site.wishes(spec.slurm), spec.resources))
    if errors:
        raise BadInput(in_short(errors), hint=errors[0].remedy, findings=errors)


def _complaint(one: _Waiting, done: Steered) -> ArgosyError | None:
    short = ids.short(one.job.id)
    if done.begun:
        return Conflict(f"job {short} does not wait any more: it has begun", hint=f"Look: argosy show {short}")
    if done.missing:
        return Conflict(f"job {short} is not in the queue of {one.target.name} now", hint=f"Look: argosy show {short}")
    if done.refusal:
        return BadInput(f"{done.refusal.explanation} ({done.refusal.words.strip()})", hint=done.refusal.advice)
    if done.unmet:
        unmet = ", ".join(done.unmet)
        return Garbled(f"the scheduler took the change of job {short}, but now {unmet}", hint="Look at it there.")
    return None
