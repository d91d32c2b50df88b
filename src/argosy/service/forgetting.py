"""Clearing the local list: jobs leave it, and nothing of them is touched. A sync with the targets brings them back."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from argosy.contracts import Entry, Store
from argosy.core import ids, layout
from argosy.core.job import UNPLACED, Attempt, fate
from argosy.core.views import Forgotten, JobQuery, JobRow, Leaving, Staying
from argosy.service.reconcile import Reconciler

_PAGE = 1000


@dataclass(frozen=True)
class Forgetting:
    """Which jobs could leave the list, and letting them go."""

    store: Store
    reconciler: Reconciler

    async def preview(self, jobs: Sequence[str] | None) -> Forgotten:
        """Which of these jobs, or of all with None, would leave the list; raises NotFound for an unknown one.

        Those stay that could not be brought back: jobs that were never placed on their target, and jobs that those wait
        for.
        """
        needed = await self._needed()
        leaving: list[Leaving] = []
        staying: list[Staying] = []
        async for some in self._chosen(jobs):
            for job, name, attempt in some:
                why = await self._why_it_stays(attempt, needed)
                if why:
                    staying.append(Staying(job=job, name=name, why=why))
                else:
                    leaving.append(Leaving(job=job, name=name, target=attempt.target, fate=fate(attempt.state)))
        return Forgotten(leaving=tuple(leaving), staying=tuple(staying))

    async def forget(self, jobs: Sequence[str] | None, *, by: str) -> Forgotten:
        """Let those jobs leave the list that a sync can bring back; open ones go on, and nobody watches them."""
        planned = await self.preview(jobs)
        words = {one.job: f"{one.name} left the list; {by} had it forgotten" for one in planned.leaving}
        entries = [Entry(kind="forgotten", job=job, words=said) for job, said in words.items()]
        off = frozenset(await self.store.take_off(list(words), entries))
        self.reconciler.stirred()
        leaving = tuple(one for one in planned.leaving if one.job in off)
        return planned.model_copy(update={"leaving": leaving, "done": True})

    async def _chosen(self, jobs: Sequence[str] | None) -> AsyncIterator[list[tuple[str, str, Attempt]]]:
        """Ids, names and latest attempts, page by page."""
        if jobs is not None:
            yield [
                (job, (await self.store.job(job)).spec.name, (await self.store.attempts(job))[-1])
                for job in dict.fromkeys(jobs)
            ]
            return
        async for rows in self._rows(JobQuery(limit=_PAGE)):
            latest = await self.store.attempts_of([row.id for row in rows])
            yield [(row.id, row.name, latest[row.id]) for row in rows if row.id in latest]

    async def _rows(self, query: JobQuery) -> AsyncIterator[tuple[JobRow, ...]]:
        while True:
            page = await self.store.rows(query)
            yield page.jobs
            if page.next is None:
                return
            query = query.model_copy(update={"after": page.next})

    async def _needed(self) -> dict[str, str]:
        """Jobs that a job needs which is not on its target yet, with the id of that one."""
        needed: dict[str, str] = {}
        async for rows in self._rows(JobQuery(fate=UNPLACED, limit=_PAGE)):
            for row in rows:
                spec = (await self.store.job(row.id)).spec
                needed |= dict.fromkeys(spec.parents, row.id)
        return needed

    async def _why_it_stays(self, attempt: Attempt, needed: dict[str, str]) -> str:
        if attempt.state.kind in UNPLACED:
            return f"it is {fate(attempt.state)}, and no target knows of it yet"
        if attempt.job in needed:
            return f"job {ids.short(needed[attempt.job])} still waits for it"
        if layout.places(attempt) or any(map(layout.places, await self.store.attempts(attempt.job))):
            return ""
        return "it was never placed on its target, which cannot tell of it"
