"""Chains: jobs that go on from each other by themselves until a goal is reached.

The goal is kept with the latest attempt of a job, on the target too. When that attempt is over, the files it left
decide what follows; what was decided is kept as well, so that a server that was stopped in between takes it up again.
"""

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argosy.contracts import Entry, Extender, Move, Store
from argosy.core import ids
from argosy.core.chain import Again, Following, Link, Settled, following
from argosy.core.errors import ArgosyError, Conflict, RequestError, TargetError
from argosy.core.goal import Aim, Goal
from argosy.core.job import Attempt, Closed, Job, fate
from argosy.core.outputs import NoRestart, Outputs, Restart, RestartPlan
from argosy.core.views import JobView
from argosy.service.housekeeping import until
from argosy.service.reconcile import Reconciler
from argosy.service.restarts import Restarts
from argosy.service.station import Clock

_LOOK_EVERY_S = 1.0
_AFTER_TROUBLE = timedelta(seconds=30)
_TRIES = 5
_OURS = "argosy"

_log = logging.getLogger("argosy.chains")


@dataclass(frozen=True)
class Chains:
    """Goals of jobs, and what is done for them."""

    store: Store
    restarts: Restarts
    reconciler: Reconciler
    clock: Clock
    _later: dict[str, datetime] = field(default_factory=dict[str, datetime])
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def aim(self, job: str, aim: Aim, *, by: str) -> JobView:
        """Have a job gone on from until it has come so far; a goal that it had before is replaced.

        Raises Conflict for a job that cannot be made longer, that has been cancelled, or that another job goes on from
        already.
        """
        found, last = await self.store.job(job), (await self.store.attempts(job))[-1]
        await self._refuse(found, last, aim)
        await self._note(job, Goal(aim=aim, by=by), f"{by} wants it gone on to {aim.words}")
        self._later.pop(job, None)
        self._bell.set()
        return await self.restarts.jobs.view(job)

    async def give_up(self, job: str, *, by: str) -> JobView:
        """Let a chain end with this job; what runs goes on, and a second time changes nothing.

        Raises Conflict for a job that never had a goal.
        """
        goal = (await self.store.attempts(job))[-1].goal
        if goal is None:
            raise Conflict(f"job {ids.short(job)} has no goal", hint=f"See: argosy tree {ids.short(job)}.")
        if goal.is_open:
            words = f"it stops: {by} gave it up"
            await self._note(job, goal.model_copy(update={"settled": words}), words)
        return await self.restarts.jobs.view(job)

    async def keep(self, stopping: asyncio.Event) -> None:
        """Until the server stops: let something follow wherever a link is over."""
        while not stopping.is_set():
            self._bell.clear()
            await until(stopping, self._look())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._rung(stopping), _LOOK_EVERY_S)

    async def _rung(self, stopping: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(one.wait()) for one in (stopping, self._bell)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    async def _look(self) -> None:
        try:
            for job, attempt in await self.store.goals():
                now = self.clock()
                if self._later.get(job.id, now) <= now:
                    await self._see_to(job, attempt)
        except ArgosyError as trouble:
            _log.warning("what follows on jobs with goals cannot be seen to: %s", trouble.message)
        except Exception:  # noqa: BLE001  a flaw of ours here must not end the server
            _log.exception("a look at jobs with goals failed")

    async def _see_to(self, job: Job, attempt: Attempt) -> None:
        """Let something follow. What cannot be read now, or is driven by another server, is looked at again later."""
        try:
            outputs = await self.restarts.outputs(job, attempt) or Outputs()
            target = await self.restarts.targets.target(attempt.target)
            async with self.reconciler.alone_at(target):
                newest = (await self.store.attempts(job.id))[-1]
                if (newest.number, newest.version) == (attempt.number, attempt.version):
                    await self._follow(job, attempt, outputs)
            self._later.pop(job.id, None)
        except (Conflict, TargetError) as trouble:
            self._later[job.id] = self.clock() + _AFTER_TROUBLE
            _log.info("job %s: what follows has to wait: %s", job.id, trouble.message)

    async def _follow(self, job: Job, attempt: Attempt, outputs: Outputs) -> None:
        child = await self._link_of(job.id)
        if child is not None:  # made before the server was stopped
            await self._settle(attempt, f"job {ids.short(child)} goes on")
            return
        then, plan = self._decided(job, attempt, outputs)
        try:
            await self._done(job, attempt, then, plan)
        except RequestError as refusal:
            await self._settle(attempt, f"it stops: {refusal.message}")

    async def _done(self, job: Job, attempt: Attempt, then: Following, plan: Restart | None) -> None:
        match then, plan:
            case Again(goal=goal), _:
                await self.restarts.jobs.retry(job.id, by=_OURS, goal=goal)
            case Link(goal=goal), RestartPlan(words=words):
                view = await self.restarts.go_on(job.id, plan, by=job.owner, goal=goal)
                await self._settle(attempt, f"job {ids.short(view.job.id)} goes on. {words}")
            case Settled(words=words), _:
                await self._settle(attempt, words)
            case _, _:
                await self._settle(attempt, f"it stops: {plan.why}" if isinstance(plan, NoRestart) else "it stops")

    def _decided(self, job: Job, attempt: Attempt, outputs: Outputs) -> tuple[Following, Restart | None]:
        engine = self.restarts.engine(job)
        standing = engine.standing(job.spec, outputs) if isinstance(engine, Extender) else None
        if standing is None or not isinstance(engine, Extender):
            return Settled("it stops: nothing knows how to make it longer"), None
        then = following(attempt, standing)
        if not isinstance(then, Link):
            return then, None
        return then, engine.toward(job.spec, job.id, outputs, last_step=then.last_step)

    async def _link_of(self, job: str) -> str | None:
        """The child that was made as a link, if there is one."""
        children = await self.store.children(job)
        for child in children:
            if (await self.store.attempts(child))[0].goal is not None:
                return child
        return None

    async def _refuse(self, job: Job, last: Attempt, aim: Aim) -> None:
        short, engine = ids.short(job.id), self.restarts.engine(job)
        standing = engine.standing(job.spec, Outputs()) if isinstance(engine, Extender) else None
        if standing is None:
            hint = "Production can be made longer, and what goes on from it."
            raise Conflict(f"job {short} ({job.spec.name}) is no run that can be made longer", hint=hint)
        if aim.last_step(standing.timestep_fs) is None:
            raise Conflict(f"job {short} does not tell how long a step is", hint="Give the goal in steps.")
        if child := await self._link_of(job.id):
            hint = f"Extend that one: argosy extend {ids.short(child)} --to ..."
            raise Conflict(f"job {ids.short(child)} goes on from job {short} already", hint=hint)
        if isinstance(last.state, Closed) and last.state.outcome.kind == "cancelled":
            raise Conflict(f"job {short} is {fate(last.state)}", hint=f"Go on from it first: argosy restart {short}.")

    async def _settle(self, attempt: Attempt, words: str) -> None:
        if attempt.goal is not None:
            await self._note(attempt.job, attempt.goal.model_copy(update={"settled": words}), words)

    async def _note(self, job: str, goal: Goal, words: str) -> None:
        """Keep the goal with the latest attempt, whoever else writes meanwhile."""
        for _ in range(_TRIES):
            seen = (await self.store.attempts(job))[-1]
            entry = Entry(kind="goal", job=job, attempt=seen.number, target=seen.target, words=words)
            after = seen.model_copy(update={"goal": goal})
            if await self.store.change(Move(attempt=after, seen=seen.version, at=self.clock(), events=(entry,))):
                self.reconciler.stirred()
                return
        raise Conflict(f"job {ids.short(job)} moves too fast to be noted", hint="Try again.")
