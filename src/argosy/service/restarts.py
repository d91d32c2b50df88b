"""Going on from what a job left: its engine makes the plan, and the plan becomes a child job."""

from dataclasses import dataclass, replace
from typing import Literal

from argosy.contracts import Engine, Stages, Store
from argosy.core import ids
from argosy.core.errors import Conflict
from argosy.core.goal import Goal
from argosy.core.job import Attempt, Closed, Job, Succeeded, fate
from argosy.core.onward import Onward, going_on
from argosy.core.outputs import NoRestart, Outputs, Restart, RestartPlan
from argosy.core.submission import Preview, Submission
from argosy.core.template import Template
from argosy.core.views import JobView
from argosy.service.acts import refuse_adopted
from argosy.service.jobs import Jobs, Lineage
from argosy.service.outputs import read_outputs
from argosy.service.reconcile import Reconciler
from argosy.service.targets import Targets
from argosy.service.templates import Templates

_AS_IT_IS = Onward()


@dataclass(frozen=True)
class Restarts:
    """What an engine can do to go on from a job: from a checkpoint, beyond its end, or with another stage."""

    store: Store
    jobs: Jobs
    targets: Targets
    templates: Templates
    reconciler: Reconciler

    async def plan(self, job: str, onward: Onward = _AS_IT_IS) -> Restart:
        """How to go on, or why that is not possible.

        Raises Conflict while the job is open, unless a template says what the next stage is: that stage waits for it.
        """
        if onward.template is not None:
            return await self._stage(job, onward.template)
        found, last = await self._closed(job)
        refuse_adopted(found, "gone on from")
        outputs = await self.outputs(found, last)
        if outputs is None:
            return NoRestart(why="it never had a directory, so it left nothing", advice="Retry runs it from the start.")
        return self.engine(found).restart(found.spec, job, outputs)

    async def preview(self, job: str, onward: Onward, *, owner: str) -> Preview:
        """What the job that goes on would be; raises Conflict when there is nothing to go on from."""
        submission, _ = await self._submission(job, await self.plan(job, onward), onward)
        return await self.jobs.preview(submission, owner=owner)

    async def restart(self, job: str, onward: Onward = _AS_IT_IS, *, by: str) -> JobView:
        """A child job that goes on from this one; raises Conflict when there is nothing to go on from."""
        return await self.go_on(job, await self.plan(job, onward), onward, by=by)

    async def go_on(
        self, job: str, plan: Restart, onward: Onward = _AS_IT_IS, *, by: str, goal: Goal | None = None
    ) -> JobView:
        """The child job of a plan, with a goal if it is the link of a chain; raises Conflict when there is no plan."""
        submission, lineage = await self._submission(job, plan, onward)
        (view,) = await self.jobs.submit([submission], owner=by, lineage=replace(lineage, goal=goal))
        return view

    async def outputs(self, job: Job, last: Attempt) -> Outputs | None:
        """What an attempt left, as its engine sees it; None when it never had a directory."""
        directory = getattr(last.state, "directory", None)
        if directory is None:
            return None
        transport = self.reconciler.transport(await self.targets.target(last.target))
        return await read_outputs(transport, self.engine(job), job.spec, directory)

    def engine(self, job: Job) -> Engine:
        """The engine of a job; the plain command where its own is not installed any more."""
        engines = self.reconciler.ways.engines
        return engines.get(job.spec.engine) or engines["command"]

    async def _submission(self, job: str, plan: Restart, onward: Onward) -> tuple[Submission, Lineage]:
        if isinstance(plan, NoRestart):
            raise Conflict(f"job {ids.short(job)} cannot be continued: {plan.why}", hint=plan.advice)
        found, last = await self.store.job(job), (await self.store.attempts(job))[-1]
        kind = "continue" if onward.template is not None else _kind(found, plan)
        submission = going_on(found.spec, plan, last.target, onward)
        if (same := await self._same_template(found, plan)) is not None:
            submission = submission.model_copy(update={"template": same})
        return submission, Lineage(parent=found, kind=kind)

    async def _stage(self, job: str, name: str) -> Restart:
        found, last = await self.store.job(job), (await self.store.attempts(job))[-1]
        refuse_adopted(found, "gone on from")
        if isinstance(last.state, Closed) and not isinstance(last.state.outcome, Succeeded):
            why = f"it has {fate(last.state)}, and a next stage starts from the files of a run that came to its end"
            return NoRestart(why=why, advice=f"Go on to its end first: argosy restart {ids.short(job)}.")
        template = await self.templates.template(name)
        engine = self.engine(found)
        if not isinstance(engine, Stages) or template.engine != found.spec.engine:
            why = f"nothing knows how {name} starts from a job of {found.spec.engine}"
            advice = f"Name the files: argosy submit {name} --file PARAMETER=job:{ids.short(job)}:PATH."
            return NoRestart(why=why, advice=advice)
        return engine.stage(found.spec, job, template)

    async def _same_template(self, job: Job, plan: RestartPlan) -> Template | None:
        """The very template that the job was made from, when it goes on in it: the known one may have changed since."""
        made_from = job.spec.template
        if made_from is None or made_from.name != plan.template:
            return None
        return await self.store.template(made_from.digest)

    async def _closed(self, job: str) -> tuple[Job, Attempt]:
        found, last = await self.store.job(job), (await self.store.attempts(job))[-1]
        if not isinstance(last.state, Closed):
            raise Conflict(f"job {ids.short(job)} is {fate(last.state)}; only a job that is over can be continued")
        return found, last


def _kind(job: Job, plan: RestartPlan) -> Literal["restart", "continue"]:
    template = job.spec.template
    return "restart" if template is not None and template.name == plan.template else "continue"
