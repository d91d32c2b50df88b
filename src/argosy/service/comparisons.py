"""Jobs side by side: which ones are meant, and what is known of each."""

from collections.abc import Iterable
from dataclasses import dataclass

from argosy.contracts import Store
from argosy.core.comparison import CompareQuery, Comparison, Side, compared
from argosy.core.errors import TargetError
from argosy.core.job import Attempt, Closed
from argosy.core.outputs import Results
from argosy.core.spec import JobSpec
from argosy.service.families import Families
from argosy.service.science import Science


@dataclass(frozen=True)
class Comparisons:
    """What came out of several jobs, and in what they differ."""

    store: Store
    families: Families
    science: Science

    async def compare(self, query: CompareQuery) -> Comparison:
        """The jobs that are meant, each once; raises NotFound for one that is named and does not exist.

        Results that are not remembered are read from their targets. Of those that cannot be asked it is said why.
        """
        named = dict.fromkeys(query.job)
        found, complete = await self._found(query)
        others = [job for job in dict.fromkeys(found) if job not in named]
        silent: dict[str, str] = {}
        sides = [await self._side(job, silent) for job in (*named, *others[: query.limit])]
        return compared(sides, complete=complete and len(others) <= query.limit)

    async def _found(self, query: CompareQuery) -> tuple[Iterable[str], bool]:
        """Jobs of the family, then of the list, and whether these are all."""
        family = await self.families.family(query.family) if query.family else None
        page = await self.store.rows(query.listed) if query.listed else None
        jobs = [member.id for member in family.members] if family else []
        jobs += [row.id for row in reversed(page.jobs)] if page else []
        return jobs, (family is None or family.complete) and (page is None or page.next is None)

    async def _side(self, job: str, silent: dict[str, str]) -> Side:
        found, attempt = await self.store.job(job), (await self.store.attempts(job))[-1]
        row = next(iter(await self.store.find(job, limit=1)), None)
        results, unread = await self._results(attempt, silent)
        return Side(
            job=found,
            attempt=attempt,
            started=row.started if row else None,
            ended=row.ended if row and isinstance(attempt.state, Closed) else None,
            results=results,
            unread=unread,
            units=await self._units(found.spec),
        )

    async def _results(self, attempt: Attempt, silent: dict[str, str]) -> tuple[Results, str]:
        """The results, or why they are not known. A target that was ``silent`` is not asked about every job."""
        if not isinstance(attempt.state, Closed):
            return Results(), ""
        if attempt.target in silent and await self.store.results(attempt.job, attempt.number) is None:
            return Results(), silent[attempt.target]
        try:
            return (await self.science.results(attempt.job, attempt=attempt.number)).results, ""
        except TargetError as trouble:
            silent[attempt.target] = trouble.message
            return Results(), trouble.message

    async def _units(self, spec: JobSpec) -> dict[str, str]:
        template = await self.store.template(spec.template.digest) if spec.template else None
        return {one.name: one.unit for one in template.parameters if one.unit} if template else {}
