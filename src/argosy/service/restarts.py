"""Going on from what a job left: its engine makes the plan, and the plan becomes a child job."""

from dataclasses import dataclass
from typing import Literal

from argosy.contracts import Store
from argosy.core import ids
from argosy.core.errors import Conflict
from argosy.core.job import Attempt, Closed, Job, fate
from argosy.core.outputs import NoRestart, Restart, RestartPlan
from argosy.core.submission import Submission
from argosy.core.template import Template
from argosy.core.views import JobView
from argosy.service.jobs import Jobs, Lineage
from argosy.service.outputs import read_outputs
from argosy.service.reconcile import Reconciler
from argosy.service.targets import Targets


@dataclass(frozen=True)
class Restarts:
    """What an engine can do to go on from a job that is over."""

    store: Store
    jobs: Jobs
    targets: Targets
    reconciler: Reconciler

    async def plan(self, job: str) -> Restart:
        """How to go on, or why that is not possible; raises Conflict while the job is open."""
        found, last = await self._closed(job)
        directory = getattr(last.state, "directory", None)
        if directory is None:
            return NoRestart(why="it never had a directory, so it left nothing", advice="Retry runs it from the start.")
        engines = self.reconciler.ways.engines
        engine = engines.get(found.spec.engine) or engines["command"]
        transport = self.reconciler.transport(await self.targets.target(last.target))
        outputs = await read_outputs(transport, engine, found.spec, directory)
        return engine.restart(found.spec, job, outputs)

    async def restart(self, job: str, *, by: str) -> JobView:
        """A child job that goes on from this one; raises Conflict when there is nothing to go on from."""
        plan = await self.plan(job)
        if isinstance(plan, NoRestart):
            raise Conflict(f"job {ids.short(job)} cannot be continued: {plan.why}", hint=plan.advice)
        found, last = await self._closed(job)
        lineage = Lineage(parent=found, kind=_kind(found, plan))
        submission = _submission(found, plan, last.target)
        same = await self._same_template(found, plan)
        if same is not None:
            submission = submission.model_copy(update={"template": same})
        (view,) = await self.jobs.submit([submission], owner=by, lineage=lineage)
        return view

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


def _submission(job: Job, plan: RestartPlan, target: str) -> Submission:
    """The job that goes on. ``target`` is where the former one lies; it may have been renamed since."""
    spec = job.spec
    resources = spec.resources.model_dump(exclude_none=True)
    return Submission(
        template=plan.template,
        values=plan.values,
        inputs=plan.inputs,
        name=spec.name,
        target=target,
        resources=resources,
        environment=spec.environment,
        labels=spec.labels,
        slurm=spec.slurm,
        retries=spec.retries,
    )
