"""Where a job would start first: asked of several targets at once, without any of them keeping it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from argosy.contracts import Scheduler, Store, Transport
from argosy.contracts.trial import Tried
from argosy.core.capacity import fits, load_of
from argosy.core.crowd import Waits, waited
from argosy.core.errors import BadInput, RequestError, TargetError
from argosy.core.findings import Severity, error
from argosy.core.prospect import Ahead, Prospect, by_start, estimates, with_room
from argosy.core.submission import Preview, Submission
from argosy.core.target import Target
from argosy.service.jobs import Jobs
from argosy.service.reconcile import Reconciler
from argosy.service.station import Clock
from argosy.service.surveys import RECENT
from argosy.service.targets import Targets


@dataclass(frozen=True)
class Prospects:
    """Asks targets about jobs that are not handed in."""

    store: Store
    jobs: Jobs
    targets: Targets
    reconciler: Reconciler
    clock: Clock

    async def where(self, submission: Submission, names: Sequence[str], *, owner: str) -> tuple[Prospect, ...]:
        """When the job would start at each of these targets, the earliest first; at all of them without a name.

        Raises NotFound for a target that is not there. What one target does not allow, or why it does not answer, is
        told with it.
        """
        known = [target.name for target in await self.store.targets()]
        chosen = dict.fromkeys(names or known)
        for name in chosen:
            await self.targets.target(name)
        return by_start(await asyncio.gather(*(self._at(name, submission, owner) for name in chosen)))

    async def _at(self, name: str, submission: Submission, owner: str) -> Prospect:
        try:
            preview = await self.jobs.preview(submission.model_copy(update={"target": name}), owner=owner)
        except BadInput as refusal:
            findings = refusal.findings or (error("request", refusal.message, remedy=refusal.hint),)
            return Prospect(target=name, findings=tuple(findings))
        target = await self.targets.target(name)
        found = Prospect(target=name, partition=_partition(target, preview), findings=preview.findings)
        if not found.may_run:
            return found
        try:
            return await self._asked(target, preview, found)
        except (TargetError, RequestError) as trouble:
            return found.model_copy(update={"trouble": trouble.message, "hint": trouble.hint})

    async def _asked(self, target: Target, preview: Preview, found: Prospect) -> Prospect:
        scheduler: Scheduler = self.reconciler.ways.schedulers[target.scheduler].at(target)
        if not isinstance(scheduler, Tried):
            return await self._by_room(target, preview, found)
        transport = self.reconciler.transport(target)
        trial = scheduler.parse_test_only(await transport.run(scheduler.test_only(preview.script)))
        if trial.refusal is not None:
            finding = error("request", trial.refusal.explanation, why=trial.refusal.words, remedy=trial.refusal.advice)
            severity = Severity.WARNING if trial.refusal.passing else Severity.ERROR
            said = (*found.findings, finding.model_copy(update={"severity": severity}))
            return found.model_copy(update={"findings": said})
        now = self.clock()
        partition = found.partition or trial.partition
        ahead = await _ahead(scheduler, transport, partition, now)
        waits = (await self._waits(target.name)).get(partition)
        return found.model_copy(update={"partition": partition, "estimates": estimates(trial, ahead, waits, now)})

    async def _by_room(self, target: Target, preview: Preview, found: Prospect) -> Prospect:
        """Where Argosy itself is the queue: whether there is room for one more now."""
        now = self.clock()
        work = await self.store.work(target.name, now, queued=0)
        waiting = await self.store.open_count(target.name) - len(work.live) - len(work.ended)
        load = load_of(job.spec.resources for job, _ in work.live)
        if waiting <= 0 and fits(target.limits, load.plus(preview.spec.resources)):
            words = f"{len(work.live)} jobs of this list are there, and there is room for one more"
            return found.model_copy(update={"estimates": (with_room(words, now),)})
        words = f"{len(work.live)} jobs of this list are there and {max(waiting, 0)} wait; how long nobody knows"
        return found.model_copy(update={"hint": words})

    async def _waits(self, name: str) -> Mapping[str, Waits]:
        return waited(name, await self.store.accounts(self.clock() - RECENT, None))


async def _ahead(scheduler: Tried, transport: Transport, partition: str, now: datetime) -> Ahead:
    """What is known of those that wait already; nothing where the queue does not tell."""
    try:
        return scheduler.parse_ahead(await transport.run(scheduler.ahead(partition)), now)
    except TargetError:
        return Ahead()


def _partition(target: Target, preview: Preview) -> str:
    return (target.slurm.wishes(preview.spec.slurm).partition or "") if target.slurm else ""
