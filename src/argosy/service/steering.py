"""What waits in the queue of a scheduler is held, let go, or changed. It is done when this returns, and proven."""

from dataclasses import dataclass
from typing import NamedTuple

from argosy.contracts import Entry, Move, Order, Store
from argosy.contracts.queue import SharedQueue, Steered, Steering
from argosy.core import ids
from argosy.core.alteration import Alteration, altered
from argosy.core.cluster import cluster_findings
from argosy.core.errors import BadInput, Conflict, Garbled
from argosy.core.findings import errors_among, in_short
from argosy.core.job import Attempt, Draft, Job, Submitted, fate
from argosy.core.spec import JobSpec
from argosy.core.target import Target
from argosy.core.views import JobView
from argosy.service.jobs import Jobs
from argosy.service.reconcile import Reconciler
from argosy.service.station import Clock
from argosy.service.targets import Targets

_TRIES = 5


class _Waiting(NamedTuple):
    """A job that waits at a scheduler with a queue of its own."""

    job: Job
    attempt: Attempt
    state: Submitted
    target: Target
    queue: SharedQueue


@dataclass(frozen=True)
class Steerings:
    """Words to the scheduler about single jobs."""

    store: Store
    jobs: Jobs
    targets: Targets
    reconciler: Reconciler
    clock: Clock

    async def hold(self, job: str, *, by: str) -> JobView:
        """Keep a job from starting until it is released; raises Conflict unless it waits at its scheduler."""
        one = await self._waiting(job, "held")
        await self._steer(one, one.job.spec, "hold")
        return await self._told(one, f"{by} holds it")

    async def release(self, job: str, *, by: str) -> JobView:
        """Let a draft go to its queue, or a held job go on; raises Conflict for any other."""
        if isinstance((await self.store.attempts(job))[-1].state, Draft):
            return await self.jobs.release(job, by=by)
        one = await self._waiting(job, "released")
        await self._steer(one, one.job.spec, "release")
        return await self._told(one, f"{by} lets it go on")

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
        await self._steer(one, spec, change)
        await self._note(job, whole)
        return await self._told(one, f"{by} changed what it asks for: {change.words()}")

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

    async def _steer(self, one: _Waiting, spec: JobSpec, wish: Steering) -> None:
        """Have it done; raises what keeps it from being done."""
        adopted = one.job.adopted
        place = adopted.place if adopted else one.state.directory
        order = Order(token=one.attempt.token, directory=place, spec=spec)
        answer = await self.reconciler.transport(one.target).run(one.queue.steer(order, wish))
        _complain(one, one.queue.parse_steer(order, wish, answer))

    async def _note(self, job: str, whole: Alteration) -> None:
        """Remember what it asks for now, whoever else writes meanwhile."""
        for _ in range(_TRIES):
            seen = (await self.store.attempts(job))[-1]
            after = seen.model_copy(update={"altered": whole})
            if await self.store.change(Move(attempt=after, seen=seen.version, at=self.clock())):
                return
        raise Conflict(f"job {ids.short(job)} moves too fast to be noted", hint="It was changed; look at it.")

    async def _told(self, one: _Waiting, words: str) -> JobView:
        entry = Entry(kind="wish", job=one.job.id, attempt=one.attempt.number, target=one.target.name, words=words)
        await self.store.log([entry])
        self.reconciler.stirred()
        self.reconciler.ring(one.target.name)
        return await self.jobs.view(one.job.id)


def _check(target: Target, spec: JobSpec) -> None:
    site = target.slurm
    if site is None:
        return
    errors = errors_among(cluster_findings(site, site.wishes(spec.slurm), spec.resources))
    if errors:
        raise BadInput(in_short(errors), hint=errors[0].remedy, findings=errors)


def _complain(one: _Waiting, done: Steered) -> None:
    short = ids.short(one.job.id)
    if done.begun:
        raise Conflict(f"job {short} does not wait any more: it has begun", hint=f"Look: argosy show {short}")
    if done.missing:
        raise Conflict(f"job {short} is not in the queue of {one.target.name} now", hint=f"Look: argosy show {short}")
    if done.refusal:
        raise BadInput(f"{done.refusal.explanation} ({done.refusal.words.strip()})", hint=done.refusal.advice)
    if done.unmet:
        unmet = ", ".join(done.unmet)
        raise Garbled(f"the scheduler took the change of job {short}, but now {unmet}", hint="Look at it there.")
