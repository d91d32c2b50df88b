"""The desk: jobs are drafted, checked, taken in, shown, cancelled, retried, removed."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from argosy.contracts import Store
from argosy.core import ids, layout
from argosy.core.cost import cost_before
from argosy.core.drafting import draft, refused
from argosy.core.errors import Ambiguous, BadInput, NotFound, QueueFull
from argosy.core.findings import Finding, error, errors_among, in_short
from argosy.core.goal import Goal
from argosy.core.home import Home
from argosy.core.job import (
    OPEN,
    Attempt,
    Draft,
    Job,
    Trouble,
    Witness,
    said,
)
from argosy.core.spec import Content, FromJob, JobSpec
from argosy.core.submission import Preview, Submission
from argosy.core.target import Target
from argosy.core.template import Template
from argosy.core.views import JobPage, JobQuery, JobRow, JobView
from argosy.core.wrapper import Launch
from argosy.service.acts import Acts, first_state
from argosy.service.contents import Contents
from argosy.service.dry_runs import tried
from argosy.service.foresights import findings_before_its_end, foreseen_findings, running_findings
from argosy.service.inspections import Inspections
from argosy.service.marks import Mark, Pass, pass_by
from argosy.service.reconcile import Reconciler
from argosy.service.station import Clock, state_entry
from argosy.service.steps.stage import script
from argosy.service.targets import Targets
from argosy.service.templates import Templates


@dataclass(frozen=True)
class Lineage:
    """What a child job comes from, how it goes on from it, and the goal of the chain that it is a link of."""

    parent: Job
    kind: Literal["restart", "continue", "copy"]
    goal: Goal | None = None


@dataclass(frozen=True)
class Jobs:
    """Everything that can be asked of jobs, but their files and their removal."""

    store: Store
    targets: Targets
    templates: Templates
    contents: Contents
    inspections: Inspections
    reconciler: Reconciler
    home: Home
    clock: Clock
    at: Pass = pass_by

    async def preview(self, submission: Submission, *, owner: str, ask: bool = False) -> Preview:
        """What the job would be, with every finding; nothing is kept.

        With ``ask`` also what its scheduler would do with it, unless the checks have found an error.
        """
        target = await self.targets.chosen(submission.target)
        spec, _, findings = await self._drafted(submission.behind(()), target)
        now = self.clock()
        job, attempt = _made(spec, owner, _identities(now, 1)[0], now=now)
        text = script(job, attempt, target, self.reconciler.ways.schedulers[target.scheduler].at(target))
        asked = ask and not errors_among(findings)
        return Preview(
            spec=spec,
            script=text,
            directory=layout.run_directory(target, attempt),
            findings=findings,
            cost=cost_before(target.slurm, spec) if target.slurm else None,
            trial=await tried(self.reconciler, target, text) if asked else None,
        )

    async def submit(
        self, submissions: Sequence[Submission], *, owner: str, lineage: Lineage | None = None
    ) -> tuple[JobView, ...]:
        """Take in all of these jobs, or none when one has an error.

        When this returns they are on disk and will run once.
        """
        names = dict.fromkeys(submission.target for submission in submissions)
        targets = {name: await self.targets.chosen(name) for name in names}
        now = self.clock()
        identities = _identities(now, len(submissions))
        where = {one: targets[asked.target].name for one, asked in zip(identities, submissions, strict=True)}
        drafts = [
            await self._drafted(
                asked.behind(identities[:place]) if asked.earlier else asked, targets[asked.target], where
            )
            for place, asked in enumerate(submissions)
        ]
        errors = [finding for _, _, findings in drafts for finding in errors_among(findings)]
        if errors:
            raise BadInput(in_short(errors), hint=errors[0].remedy, findings=errors)
        self.at(Mark.ACCEPT_DRAFTED)
        made = [
            _made(spec, owner, identity, draft=asked.draft, lineage=lineage, now=now)
            for (spec, _, _), asked, identity in zip(drafts, submissions, identities, strict=True)
        ]
        templates = {template.digest: template for _, template, _ in drafts if template}
        await self.store.accept(made, [state_entry(attempt) for _, attempt in made], tuple(templates.values()))
        self.at(Mark.ACCEPT_RECORDED)
        for target in {attempt.target for _, attempt in made}:
            self.reconciler.ring(target)
        return tuple(JobView(job=job, attempts=(attempt,)) for job, attempt in made)

    async def rows(self, query: JobQuery) -> JobPage:
        """A page of the list."""
        page = await self.store.rows(query)
        targets = dict.fromkeys(row.target for row in page.jobs if row.fate in OPEN)
        waiting = tuple(name for name in targets if self.reconciler.connections.waiting(name))
        rows = tuple(self._with_freight(row) for row in page.jobs)
        return page.model_copy(update={"jobs": rows, "need_login": waiting})

    def _with_freight(self, row: JobRow) -> JobRow:
        sending = self.reconciler.sending(row.target, ids.token(row.id, row.attempt)) if row.fate == "queued" else None
        return row if sending is None else row.model_copy(update={"sending": sending})

    async def find(self, words: str) -> str:
        """The id of the one job that these words mean: an id, the beginning of a short id, a name, or ``last``."""
        found = list(await self.store.find(words, limit=6))
        if not found:
            raise NotFound(f"there is no job {words!r}", hint="See 'argosy ls', or search with 'argosy ls WORDS'.")
        if len(found) > 1:
            several = ", ".join(f"{ids.short(row.id)} ({row.name})" for row in found[:5])
            raise Ambiguous(f"{words!r} fits more than one job: {several}", hint="Give more of the id.")
        return found[0].id

    async def view(self, job: str) -> JobView:
        """One job with its attempts; raises NotFound."""
        attempts, found = await self.store.attempts(job), await self.store.job(job)
        return JobView(
            job=found,
            attempts=(*attempts[:-1], self._with_wait(attempts[-1], found.spec)),
            children=await self.store.children(job),
            home=await asyncio.to_thread(_existing, self.home.brought_home / job),
            sending=self.reconciler.sending(attempts[-1].target, attempts[-1].token),
            findings=self._running_findings(found.spec, attempts[-1]),
        )

    def _running_findings(self, spec: JobSpec, attempt: Attempt) -> tuple[Finding, ...]:
        engine = self.reconciler.ways.engines.get(spec.engine)
        foreseen = running_findings(engine, spec, attempt) if engine else ()
        return (*findings_before_its_end(spec, attempt, self.clock()), *foreseen)

    def _with_wait(self, attempt: Attempt, spec: JobSpec) -> Attempt:
        """The attempt with the trouble that it shares: its target waits for a login, or takes no more of its kind."""
        waits = self.reconciler.connections.waiting(attempt.target) if attempt.state.kind in OPEN else None
        if waits is None and attempt.state.kind == "queued":
            room = self.reconciler.room(attempt.target, spec.slurm)
            waits = QueueFull(room.message, hint=room.hint) if room else None
        if waits is None:
            return attempt
        trouble = Trouble(code=waits.code, message=waits.message, hint=waits.hint, times=1, at=self.clock())
        return attempt.model_copy(update={"trouble": trouble})

    async def cancel(self, job: str, *, by: str, forced: bool = False) -> JobView:
        """Wish a job cancelled; see ``Acts``."""
        return await self._told(await self.acts.cancel(job, by=by, forced=forced))

    async def retry(self, job: str, *, by: str, goal: Goal | None = None) -> JobView:
        """A new attempt at a job whose last one is closed; see ``Acts``."""
        return await self._told(await self.acts.retry(job, by=by, goal=goal))

    async def release(self, job: str, *, by: str) -> JobView:
        """Let a draft go; see ``Acts``."""
        return await self._told(await self.acts.release(job, by=by))

    async def prioritise(self, job: str, priority: int, *, by: str) -> JobView:
        """Give a job that waits in Argosy another priority; see ``Acts``."""
        return await self._told(await self.acts.prioritise(job, priority, by=by))

    @property
    def acts(self) -> Acts:
        """What is written down when somebody does something to a job; whoever uses it rings."""
        return Acts(self.store, self.clock)

    async def _told(self, attempt: Attempt) -> JobView:
        self.reconciler.ring(attempt.target)
        return await self.view(attempt.job)

    async def _drafted(
        self, submission: Submission, target: Target, where: Mapping[str, str] | None = None
    ) -> tuple[JobSpec, Template | None, tuple[Finding, ...]]:
        """The job and its findings; ``where`` tells the targets of those that become jobs with it."""
        template = await self._template(submission)
        spec, findings = draft(submission, template, target)
        if spec.engine not in self.reconciler.ways.engines:
            known = ", ".join(sorted(self.reconciler.ways.engines))
            raise BadInput(f"there is no engine {spec.engine!r}", hint=f"The engines are: {known}.")
        engine = self.reconciler.ways.engines[spec.engine]
        more = [*self._missing_contents(spec), *await self._wrong_parents(spec, where or {}), *engine.check(spec)]
        more += await self.inspections.findings(engine, spec)
        before = await self.store.attempts_of(spec.parents)
        more += foreseen_findings(engine, spec, before.values(), more, in_walltimes=target.slurm is not None)
        _refuse_unwritable(spec)
        return spec, template, (*findings, *more)

    async def _template(self, submission: Submission) -> Template | None:
        """The template that is meant: brought along, or known by its name."""
        asked = submission.template
        return await self.templates.template(asked) if isinstance(asked, str) and asked else asked or None

    def _missing_contents(self, spec: JobSpec) -> list[Finding]:
        return [
            error(
                file.name,
                "this file was not sent to the server",
                remedy="Send its content first: PUT /v1/content/{sha256}.",
            )
            for file in spec.inputs
            if isinstance(file.source, Content) and self.contents.size(file.source.sha256) != file.source.size
        ]

    async def _wrong_parents(self, spec: JobSpec, where: Mapping[str, str]) -> list[Finding]:
        known = await self.store.attempts_of([parent for parent in spec.parents if parent not in where])
        parents = {**where, **{job: attempt.target for job, attempt in known.items()}}
        findings = [error("after", f"there is no job {parent}") for parent in spec.parents if parent not in parents]
        for file in spec.inputs:
            parent = file.source.job if isinstance(file.source, FromJob) else ""
            if parent in known and (adopted := (await self.store.job(parent)).adopted) is not None:
                what = f"job {ids.short(parent)} was adopted, and its files are not Argosy's to hand on"
                findings.append(
                    error(file.name, what, remedy=f"Name the file where it lies on the target: {adopted.directory}.")
                )
            elif parents.get(parent, spec.target) != spec.target:
                what = f"job {ids.short(parent)} ran on {parents[parent]}, this one is for {spec.target}"
                findings.append(
                    error(file.name, what, remedy="Get the file with 'argosy get' and send it with --file.")
                )
        return findings


def _identities(now: datetime, count: int) -> list[str]:
    """New identities in rising order, so that jobs of one request keep it wherever they are sorted."""
    return sorted(ids.job_id(now, secrets.randbits(ids.ENTROPY_BITS)) for _ in range(count))


def _made(
    spec: JobSpec, owner: str, identity: str, *, now: datetime, draft: bool = False, lineage: Lineage | None = None
) -> tuple[Job, Attempt]:
    """A job with its first attempt."""
    job = Job(id=identity, spec=spec, owner=owner, created=now, root=identity)
    if lineage is not None:
        ancestry = {"parent": lineage.parent.id, "root": lineage.parent.root, "kind": lineage.kind}
        job = job.model_copy(update=ancestry)
    words = f"submitted by {owner}"
    state = Draft(evidence=said(Witness.USER, words, now)) if draft else first_state(spec, words, now)
    goal = lineage.goal if lineage is not None else None
    return job, Attempt(
        job=identity, number=1, target=spec.target, state=state, due=now, goal=goal, priority=spec.priority
    )


def _existing(directory: Path) -> str:
    return str(directory) if directory.is_dir() else ""


def _refuse_unwritable(spec: JobSpec) -> None:
    """Refuse now what could not be written into a script later."""
    try:
        Launch(token=ids.token("any", 1), directory="/", argv=spec.argv, environment=tuple(spec.environment.items()))
    except ValidationError as fault:
        raise refused(fault) from None


def chosen_attempt(attempts: Sequence[Attempt], number: int | None) -> Attempt:
    """The attempt of that number, or the newest; raises NotFound."""
    if number is None:
        return attempts[-1]
    chosen = next((attempt for attempt in attempts if attempt.number == number), None)
    if chosen is None:
        raise NotFound(
            f"job {ids.short(attempts[0].job)} has no attempt {number}", hint=f"It has {len(attempts)} of them."
        )
    return chosen
