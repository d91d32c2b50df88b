"""Clearing away what nobody needs any more on a target: what would go, and making it go."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from argosy.contracts import Doomed, Entry, Store, Transport
from argosy.core import layout
from argosy.core.cleaning import (
    Asked,
    Cleaning,
    Needs,
    Over,
    Rules,
    Scene,
    Stale,
    Survey,
    by_hand,
    by_itself,
    losing_checkpoints,
    needs_of,
    over_in,
    read_survey,
    stale,
)
from argosy.core.command import Command
from argosy.core.errors import Denied, Garbled, NoRoom
from argosy.core.findings import Finding, warning
from argosy.core.job import OPEN, Job
from argosy.core.names import unspell
from argosy.core.quantities import spell_size
from argosy.core.target import Target
from argosy.core.views import JobQuery
from argosy.service.checkpoints import OldCheckpoints
from argosy.service.contents import Contents
from argosy.service.reconcile import Reconciler
from argosy.service.station import Clock
from argosy.service.targets import Targets

LOOK_S = 1800.0
"""How long the look at all files below a root may take: clusters have slow file systems and large jobs."""
TOGETHER = 500
"""How many cached contents are removed by one command."""

AT_A_TIME = 20
"""So many directories are removed before it is looked anew which files open jobs need."""

_SURVEY = files("argosy.service").joinpath("survey.sh").read_text("ascii")
_DROP = 'cd -- "$1" && shift && rm -f -- "$@"'
_PAGE = 1000


@dataclass(frozen=True)
class Cleanings:
    """What would go from a target, and making it go."""

    store: Store
    targets: Targets
    reconciler: Reconciler
    contents: Contents
    checkpoints: OldCheckpoints
    clock: Clock

    async def preview(self, name: str, asked: Asked) -> Cleaning:
        """What would go if the target were cleaned now. Raises TargetError when it cannot be asked."""
        target = await self.targets.target(name)
        return Cleaning(target=name, stale=await self._stale(target, by_hand(target.retention, asked)))

    async def clean(self, name: str, asked: Asked, *, shown: Sequence[str], by: str) -> Cleaning:
        """Clear away what a preview has shown and what may still go; returns what has gone.

        A second call finishes what a first began. What cannot be removed is a finding. Raises Conflict while another
        server drives the target, and TargetError when it cannot be asked.
        """
        target, agreed = await self.targets.target(name), frozenset(shown)
        planned = await self._stale(target, by_hand(target.retention, asked))
        return await self._clear(target, [one for one in planned if one.path in agreed], by=by)

    async def clean_by_itself(self, target: Target) -> Cleaning:
        """Clear away what the target's retention says."""
        rules = by_itself(target.retention)
        planned = await self._stale(target, rules) if rules.are_any else ()
        return await self._clear(target, planned, by="argosy")

    # --- looking ----------------------------------------------------------------------------------------------------

    async def _stale(self, target: Target, rules: Rules) -> tuple[Stale, ...]:
        transport = self.reconciler.transport(target)
        kept = await _survey(transport, target.root)
        scratch = None
        if target.scratch is not None and target.scratch.rstrip("/") != target.root.rstrip("/"):
            scratch = await _survey(transport, target.scratch)
        lying = {one.job for survey in (kept, scratch) if survey is not None for one in survey.jobs}
        hashes = [one.sha256 for one in kept.contents]
        scene = Scene(
            target=target,
            kept=kept,
            scratch=scratch,
            over=await self._over(sorted(lying), target.name),
            needs=await self._needs(),
            sendable=frozenset(hashes) - frozenset(await self.contents.missing(hashes)),
        )
        now = self.clock()
        checkpoints = await self.checkpoints.among(transport, scene, losing_checkpoints(scene, rules, now))
        return (*checkpoints, *stale(scene, rules, now))

    async def _over(self, ids: Sequence[str], target: str) -> dict[str, Over]:
        latest = await self.store.attempts_of(ids)
        closed = [job for job, attempt in latest.items() if attempt.state.kind == "closed"]
        jobs = {job: await self.store.job(job) for job in closed}
        return over_in(jobs, {job: await self.store.attempts(job) for job in closed}, target)

    async def _needs(self) -> Needs:
        """What all open jobs need, on whatever target: two targets may have the same root."""
        jobs: list[Job] = []
        query = JobQuery(fate=("draft", *OPEN), limit=_PAGE)
        while True:
            page = await self.store.rows(query)
            jobs += [await self.store.job(row.id) for row in page.jobs]
            if page.next is None:
                return needs_of(jobs)
            query = query.model_copy(update={"after": page.next})

    # --- clearing ---------------------------------------------------------------------------------------------------

    async def _clear(self, target: Target, planned: Sequence[Stale], *, by: str) -> Cleaning:
        gone: list[Stale] = []
        findings: list[Finding] = []
        saved = [one for one in planned if one.kind == "checkpoint"]
        directories = [one for one in planned if one.kind in {"scratch", "files"}]
        contents = [one for one in planned if one.kind == "cache"]
        try:
            for job in dict.fromkeys(one.job for one in saved):
                gone += await self._drop_checkpoints(target, job, [one for one in saved if one.job == job], findings)
            for first in range(0, len(directories), AT_A_TIME):
                needed = (await self._needs()).jobs
                for one in directories[first : first + AT_A_TIME]:
                    if one.kind == "scratch" or one.job not in needed:
                        gone += await self._remove(target, one, findings)
            for first in range(0, len(contents), TOGETHER):
                gone += await self._drop(target, contents[first : first + TOGETHER], findings)
        finally:
            await self._note(target, gone, by=by)
        return Cleaning(target=target.name, stale=tuple(gone), findings=tuple(findings), cleared=True)

    async def _remove(self, target: Target, one: Stale, findings: list[Finding]) -> list[Stale]:
        """Remove a job's directory while no step is taken, if the job is still over."""
        async with self.reconciler.alone_at(target):
            if one.job not in await self._over([one.job], target.name):
                return []
            # Its record stays where it is kept: it tells of the job when the list is lost.
            keeps = one.path == layout.job_directory(target.root, one.job)
            holds = f'"id": "{one.job}"'
            doomed = Doomed(directory=one.path, marker=layout.RECORD, holds=holds, keep_marker=keeps)
            (gone,) = await self.reconciler.transport(target).remove([doomed])
        if isinstance(gone, Denied | NoRoom):
            findings.append(warning(one.path, gone.message, remedy=gone.hint))
            return []
        return [] if gone is None else [one]

    async def _drop_checkpoints(
        self, target: Target, job: str, some: Sequence[Stale], findings: list[Finding]
    ) -> Sequence[Stale]:
        """Remove restart files while no step is taken, if their job is still over and no open one needs them."""
        async with self.reconciler.alone_at(target):
            if job in (await self._needs()).jobs or job not in await self._over([job], target.name):
                return []
            top = layout.job_directory(target.root, job)
            why = await self.checkpoints.drop(self.reconciler.transport(target), top, job, some)
        if why:
            findings.append(warning(top, f"restart files stay: {why}", remedy=_LOOK))
        return [] if why else some

    async def _drop(self, target: Target, some: Sequence[Stale], findings: list[Finding]) -> list[Stale]:
        """Remove cached contents while nothing is staged, if no job needs them since."""
        async with self.reconciler.alone_at(target):
            needed = (await self._needs()).contents
            names = {one.path.rpartition("/")[2]: one for one in some}
            names = {name: one for name, one in names.items() if name.removeprefix(".part-") not in needed}
            if not names:
                return []
            where = layout.content_directory(target.root)
            command = Command(argv=("sh", "-c", _DROP, "argosy", unspell(where), *names), timeout_s=60)
            answer = await self.reconciler.transport(target).run(command)
            if answer.code != 0:
                findings.append(warning(where, answer.complaint or "it cannot be cleared", remedy=_LOOK))
                return []
            return list(names.values())

    async def _note(self, target: Target, gone: Sequence[Stale], *, by: str) -> None:
        """Write down what has gone: for each job whose files went, and for the target."""
        if not gone:
            return
        entries = [
            Entry(kind="cleaned", job=job, target=target.name, words=f"its {what} were cleared away by {by}")
            for kind, what in (("checkpoint", "restart files"), ("files", "files"))
            for job in dict.fromkeys(one.job for one in gone if one.kind == kind)
        ]
        size = spell_size(sum(one.size for one in gone))
        told = f"{len(gone)} {'thing' if len(gone) == 1 else 'things'} ({size}) cleared away by {by}"
        await self.store.log([*entries, Entry(kind="cleaned", target=target.name, words=told)])


_LOOK = "Look at it yourself: argosy target check."


async def _survey(transport: Transport, root: str) -> Survey:
    command = Command(argv=("sh", "-c", _SURVEY, "argosy", unspell(root)), timeout_s=LOOK_S)
    answer = await transport.run(command)
    survey = read_survey(root, answer.stdout.decode("ascii", "replace"))
    if answer.code != 0 or survey is None:
        raise Garbled(f"the look at what lies below {root} did not end as it should: {answer.complaint[:300]}")
    return survey
