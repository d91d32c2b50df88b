"""Why jobs ended as they did, and mending what can be mended by one command."""

from dataclasses import dataclass

from argosy.contracts import Store
from argosy.core import ids
from argosy.core.errors import Conflict, TargetError
from argosy.core.failures import FailureRule, clue, telling
from argosy.core.job import Attempt, Closed, Failed, Job, Outcome, Succeeded, fate
from argosy.core.next_time import next_time
from argosy.core.outputs import Outputs, RestartPlan
from argosy.core.remedies import Case, Diagnosed, Remedy, anew, remedy
from argosy.core.submission import Preview
from argosy.core.views import JobView
from argosy.service.jobs import Lineage
from argosy.service.restarts import Restarts

_NOTHING_LEFT = "it never had a directory, so it left nothing"
_NOT_OURS = Remedy(way="none", words="It was adopted: Argosy did not start it, and cannot start it again.")


@dataclass(frozen=True)
class Diagnoses:
    """The failure catalogue, asked about one job."""

    store: Store
    restarts: Restarts

    async def diagnosis(self, job: str) -> Diagnosed:
        """Why a job that is over ended so, and what helps; raises Conflict while it is open.

        A target that cannot be asked now does not keep what was found when the job ended from being told.
        """
        found, last, outcome = await self._over(job)
        outputs, unread = await self._outputs(found, last)
        rule = self._rule(found, outcome)
        left = outputs or Outputs()
        clues = telling(left) if rule is None and not isinstance(outcome, Succeeded) else ()
        if rule is not None and (one := clue(rule, left)) is not None:
            clues = (one,)
        plan = None if outputs is None else self.restarts.engine(found).restart(found.spec, job, outputs)
        can_go_on = isinstance(plan, RestartPlan) and not isinstance(outcome, Succeeded)
        target = await self.restarts.targets.target(last.target) if can_go_on else None
        rest = next_time(found.spec, last, None, target)
        failed = outcome if isinstance(outcome, Failed) else None
        return Diagnosed(
            job=job,
            name=found.spec.name,
            attempt=last.number,
            fate=fate(last.state),
            cause=failed.cause if failed else None,
            signature=failed.signature if failed else "",
            known=rule is not None,
            explanation=getattr(outcome, "explanation", "") or "It did what it was asked for.",
            advice=getattr(outcome, "advice", ""),
            retry=failed.retry if failed else None,
            clues=clues,
            unread=unread,
            remedy=_NOT_OURS if found.adopted else remedy(Case(found.spec, outcome, rule, can_go_on, rest)),
        )

    async def preview(self, job: str, *, owner: str) -> Preview | None:
        """What the mended job would be; None where it is the same job that is tried again."""
        found, last, _ = await self._over(job)
        one = await self._remedy(job)
        if one.way == "go_on":
            return await self.restarts.preview(job, one.onward, owner=owner)
        if one.way == "anew":
            return await self.restarts.jobs.preview(anew(found.spec, last.target, one.onward), owner=owner)
        return None

    async def fix(self, job: str, *, by: str) -> JobView:
        """Do what helps: another attempt, or a job that goes on or runs anew with what was changed.

        Raises Conflict when nothing is known that helps, and BadInput when the target would not take the change.
        """
        found, last, _ = await self._over(job)
        one = await self._remedy(job)
        if one.way == "retry":
            return await self.restarts.jobs.retry(job, by=by)
        if one.way == "go_on":
            return await self.restarts.restart(job, one.onward, by=by)
        lineage = Lineage(parent=found, kind="copy")
        submission = anew(found.spec, last.target, one.onward)
        (view,) = await self.restarts.jobs.submit([submission], owner=by, lineage=lineage)
        return view

    async def _remedy(self, job: str) -> Remedy:
        found = await self.diagnosis(job)
        if found.remedy.way == "none":
            raise Conflict(
                f"job {ids.short(job)} cannot be mended by one command: {found.remedy.words}", hint=found.advice
            )
        return found.remedy

    async def _over(self, job: str) -> tuple[Job, Attempt, Outcome]:
        found, last = await self.store.job(job), (await self.store.attempts(job))[-1]
        if not isinstance(last.state, Closed):
            hint = f"See how it is: argosy show {ids.short(job)}."
            raise Conflict(
                f"job {ids.short(job)} is {fate(last.state)}; only a job that is over can be diagnosed", hint=hint
            )
        return found, last, last.state.outcome

    async def _outputs(self, job: Job, last: Attempt) -> tuple[Outputs | None, str]:
        try:
            outputs = await self.restarts.outputs(job, last)
        except TargetError as trouble:
            return None, trouble.message
        why = "it was adopted, so its files are not looked into" if job.adopted else _NOTHING_LEFT
        return outputs, why if outputs is None else ""

    def _rule(self, job: Job, outcome: Outcome) -> FailureRule | None:
        signature = outcome.signature if isinstance(outcome, Failed) else ""
        command = self.restarts.reconciler.ways.engines["command"]
        rules = (*self.restarts.engine(job).rules, *command.rules)
        return next((rule for rule in rules if rule.signature == signature), None)
