"""What jobs have used: asked of the scheduler's books once, kept with their results, and added up for reports."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from argosy.contracts import Store
from argosy.contracts.books import ASKED_TOGETHER, Books
from argosy.core import ids, layout
from argosy.core.cost import cost_after
from argosy.core.errors import NotFound, TargetError, Unreachable
from argosy.core.findings import Finding, warning
from argosy.core.job import Attempt, Closed, fate
from argosy.core.next_time import next_time
from argosy.core.report import JobSpent, Report, ReportQuery, report
from argosy.core.sighting import Watched
from argosy.core.spending import Spent, advice
from argosy.core.target import Target
from argosy.service.jobs import chosen_attempt
from argosy.service.reconcile import Reconciler
from argosy.service.science import Science
from argosy.service.station import Clock
from argosy.service.targets import Targets

PATIENCE_S = 5.0
"""How long a look at one job waits for the books: they are no reason to show nothing."""
REMEMBERED = timedelta(days=60)
"""Books are mostly purged some day: of what ended earlier they are not asked."""
_MOST_ASKED = 5 * ASKED_TOGETHER


@dataclass(frozen=True)
class Ledger:
    """What was used and what it cost."""

    store: Store
    science: Science
    targets: Targets
    reconciler: Reconciler
    clock: Clock

    async def spent(self, job: str, *, attempt: int | None = None) -> JobSpent:
        """What an attempt has used; says in words why that is not known (yet). Never raises for the target's sake."""
        chosen = chosen_attempt(await self.store.attempts(job), attempt)
        found = await self._kept(job, chosen.number)
        target = (await self._all_targets()).get(chosen.target)
        words = ""
        if found is None:
            if not isinstance(chosen.state, Closed):
                words = f"it is {fate(chosen.state)}: what it used is known when it is over"
            elif target is None or self._books(target) is None or not await self._was_there(chosen):
                words = "nobody keeps books of it"
            else:
                found, words = await self._asked_now(target, chosen.job, chosen.number)
        rest = next_time((await self.store.job(job)).spec, chosen, found, target)
        if found is None:
            return JobSpent(job=job, attempt=chosen.number, rest=rest, words=words)
        cost = cost_after(target.slurm if target else None, found)
        return JobSpent(job=job, attempt=chosen.number, spent=found, cost=cost, advice=advice(found), rest=rest)

    async def report(self, query: ReportQuery) -> Report:
        """What jobs that are over have used together. Books that cannot be asked are named; their jobs are guessed."""
        targets = await self._all_targets()
        findings = await self._catch_up(query, targets) if query.ask else []
        return report(query, await self.store.accounts(query.since, query.before), targets, findings)

    async def _catch_up(self, query: ReportQuery, targets: Mapping[str, Target]) -> list[Finding]:
        """Ask the books about what they were not asked about before; returns why some could not be asked."""
        since = self.clock() - REMEMBERED
        accounts = await self.store.accounts(max(since, query.since) if query.since else since, query.before)
        findings: list[Finding] = []
        for name, target in targets.items():
            asked = [one for one in accounts if one.target == name and not one.is_known and one.started is not None]
            try:
                if asked and self._books(target) is not None:
                    await self._ask_and_keep(target, [(one.job, one.attempt) for one in asked[-_MOST_ASKED:]])
            except TargetError as trouble:
                findings.append(warning(name, f"its books could not be asked: {trouble.message}", remedy=trouble.hint))
        return findings

    async def _asked_now(self, target: Target, job: str, attempt: int) -> tuple[Spent | None, str]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await self._ask_and_keep(target, [(job, attempt)])
        except TimeoutError:
            return None, f"the books of {target.name} do not answer"
        except TargetError as trouble:
            return None, trouble.message
        spent = found.get(ids.token(job, attempt))
        return spent, "" if spent else "the books do not know it as over yet, or not any more"

    async def _ask_and_keep(self, target: Target, asked: Sequence[tuple[str, int]]) -> Mapping[str, Spent]:
        books = self._books(target)
        if (silent := self._silent(target)) is not None or books is None:
            raise silent or Unreachable(f"{target.name} keeps no books")
        found: dict[str, Spent] = {}
        for first in range(0, len(asked), ASKED_TOGETHER):
            some = asked[first : first + ASKED_TOGETHER]
            watched = [await self._watched(target, job, number) for job, number in some]
            answer = await self.reconciler.transport(target).run(books.spent(watched))
            found |= books.parse_spent(watched, answer)
        for job, number in asked:
            if (spent := found.get(ids.token(job, number))) is not None:
                await self._keep(job, number, spent)
        return found

    async def _keep(self, job: str, attempt: int, spent: Spent) -> None:
        """Beside the results, which are read first: what is kept of them counts as all that there is."""
        try:
            results = (await self.science.results(job, attempt=attempt)).results
            await self.store.keep_results(job, attempt, results.model_copy(update={"spent": spent}))
        except NotFound:  # it was removed meanwhile
            return

    def _silent(self, target: Target) -> TargetError | None:
        """Why a target need not be asked now: it waits for a login, or did not answer just now."""
        standing = self.reconciler.standing(target.name)
        if standing.state == Unreachable.code:
            return Unreachable(standing.words)
        return self.reconciler.connections.waiting(target.name)

    async def _kept(self, job: str, attempt: int) -> Spent | None:
        results = await self.store.results(job, attempt)
        return results.spent if results else None

    def _books(self, target: Target) -> Books | None:
        scheduler = self.reconciler.ways.schedulers.get(target.scheduler)
        here = scheduler.at(target) if scheduler else None
        return here if isinstance(here, Books) else None

    async def _all_targets(self) -> Mapping[str, Target]:
        return {target.name: target for target in await self.store.targets()}

    async def _was_there(self, attempt: Attempt) -> bool:
        """Whether its scheduler may know of it."""
        started = getattr(attempt.state, "directory", None) is not None
        return started or (await self.store.job(attempt.job)).adopted is not None

    async def _watched(self, target: Target, job: str, number: int) -> Watched:
        """How the books are asked about an attempt, of which everything lies where its target keeps it."""
        directory = f"{layout.job_directory(target.root, job)}/attempt-{number}"
        try:
            adopted = (await self.store.job(job)).adopted
        except NotFound:  # it was removed meanwhile
            adopted = None
        return Watched(token=ids.token(job, number), directory=directory, adopted=adopted)
