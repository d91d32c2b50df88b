"""The family of a job: everything that goes on from the job that it comes from."""

from dataclasses import dataclass

from argosy.contracts import Store
from argosy.core.errors import NotFound
from argosy.core.family import MOST_RELATIVES, Family, Relative, relative
from argosy.core.job import Job


@dataclass(frozen=True)
class Families:
    """Jobs that go on from each other."""

    store: Store

    async def family(self, job: str) -> Family:
        """The family of a job, the first of it that is still on the list before all others; raises NotFound."""
        first = await self._first(await self.store.job(job))
        members: list[Relative] = []
        pending = [(first, 0)]
        while pending and len(members) < MOST_RELATIVES:
            one, depth = pending.pop()
            attempt = (await self.store.attempts_of([one.id]))[one.id]
            members.append(relative(one, attempt, depth))
            children = await self.store.children(one.id)
            pending += [(await self.store.job(child), depth + 1) for child in reversed(children)]
        return Family(asked=job, members=tuple(members), complete=not pending)

    async def _first(self, job: Job) -> Job:
        """The earliest ancestor that has not been removed."""
        while job.parent is not None:
            try:
                job = await self.store.job(job.parent)
            except NotFound:
                return job
        return job
