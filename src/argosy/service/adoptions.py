"""Jobs that Argosy did not start become jobs of its list: watched, held, cancelled and accounted like its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from argosy.contracts import Store
from argosy.contracts.queued import Listed
from argosy.core import ids
from argosy.core.adopted import Adoption, described, identity, known_by, meant
from argosy.core.errors import BadInput, Conflict
from argosy.core.findings import Finding, error, in_short
from argosy.core.job import Attempt, Job, Submitted, Witness, said
from argosy.core.queued import Queue, QueuedJob
from argosy.core.target import Target
from argosy.core.views import JobView
from argosy.service.reconcile import Reconciler
from argosy.service.station import Clock, state_entry
from argosy.service.surveys import Surveys
from argosy.service.targets import Targets


@dataclass(frozen=True)
class Adoptions:
    """Taking in what stands in a queue already."""

    store: Store
    targets: Targets
    surveys: Surveys
    reconciler: Reconciler
    clock: Clock

    async def adopt(self, name: str, adoption: Adoption, *, owner: str) -> tuple[JobView, ...]:
        """Take in all jobs that these numbers mean, or none when one of them means none.

        The number of an array means all of its tasks that wait or run. Raises BadInput that says of each number why it
        cannot be adopted, Conflict where there is no queue, and TargetError when the queue cannot be asked.
        """
        target = await self.targets.target(name)
        queue = await self.surveys.queue(name)
        handles = tuple(dict.fromkeys(adoption.handles))
        found = {handle: meant(handle, queue.jobs) for handle in handles}
        findings = [*await self._unknown(target, queue, found), *_known(found)]
        if findings:
            raise BadInput(in_short(findings), hint=findings[0].remedy, findings=findings)
        jobs = {one.handle: one for some in found.values() for one in some if not one.job}
        made = [self._made(one, target, owner) for one in jobs.values()]
        try:
            await self.store.accept(made, [state_entry(attempt) for _, attempt in made])
        except Conflict as fault:
            hint = f"Look at them: argosy ls --target {name}."
            raise Conflict("one of these jobs is in the list already", hint=hint) from fault
        self.reconciler.ring(target.name)
        return tuple(JobView(job=job, attempts=(attempt,)) for job, attempt in made)

    async def _unknown(self, target: Target, queue: Queue, found: Mapping[str, Sequence[QueuedJob]]) -> list[Finding]:
        """Why some numbers mean nothing in the queue."""
        odd = [handle for handle in found if not _is_number(handle)]
        strange = [error(handle, "this is no number of a job", remedy=_NUMBERS) for handle in odd]
        missing = [handle for handle, some in found.items() if not some and handle not in odd]
        if not missing:
            return strange
        scheduler = self.reconciler.ways.schedulers[target.scheduler].at(target)
        if not isinstance(scheduler, Listed):
            raise Conflict(
                f"the scheduler of {target.name} does not list jobs", hint="Only queues can be adopted from."
            )
        answer = await self.reconciler.transport(target).run(scheduler.whose(missing))
        why = scheduler.parse_whose(missing, answer)
        remedy = " ".join((f"See 'argosy queue {target.name} --others'.", *queue.notes))
        return [*strange, *(error(handle, why[handle], remedy=remedy) for handle in missing)]

    def _made(self, one: QueuedJob, target: Target, owner: str) -> tuple[Job, Attempt]:
        now, job = self.clock(), identity(one)
        evidence = said(Witness.USER, f"{owner} adopted it: {one.handle} of {target.name}", now)
        state = Submitted(directory="", handle=one.handle, reason=one.words if one.waits else "", evidence=evidence)
        made = Job(id=job, spec=described(one, target.name), owner=owner, created=now, root=job, adopted=known_by(one))
        return made, Attempt(job=job, number=1, target=target.name, state=state, due=now)


_NUMBERS = "Give numbers as the queue shows them: 123, or 123_7 for one task of an array."


def _is_number(handle: str) -> bool:
    array, _, task = handle.partition("_")
    return all(part.isascii() and part.isdigit() for part in (array, task or "0"))


def _known(found: Mapping[str, Sequence[QueuedJob]]) -> list[Finding]:
    """Those that are jobs of the list already; of an array it is enough that some tasks are not."""
    findings: list[Finding] = []
    for handle, some in found.items():
        ours = [one for one in some if one.job]
        if ours and len(ours) == len(some):
            short = ids.short(ours[0].job)
            findings.append(error(handle, f"it is job {short} already", remedy=f"Look at it: argosy show {short}."))
    return findings
