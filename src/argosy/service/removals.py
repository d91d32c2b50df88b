"""Removing jobs: only closed ones, and only recorded directories that carry the job's own record."""

import asyncio
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from argosy.contracts import Entry, Store
from argosy.core import ids, layout
from argosy.core.errors import Conflict, TargetError
from argosy.core.home import Home
from argosy.core.job import Attempt, Closed, Draft, fate
from argosy.core.views import Removal
from argosy.service.reconcile import Reconciler
from argosy.service.targets import Targets


@dataclass(frozen=True)
class Removals:
    """What would go, and making it go."""

    store: Store
    targets: Targets
    reconciler: Reconciler
    home: Home

    async def removal(self, job: str) -> Removal:
        """What removing a job would take away; ``refusal`` says why it cannot be removed now."""
        name = (await self.store.job(job)).spec.name
        attempts = await self.store.attempts(job)
        refusal = _refusal(attempts)
        directories = _directories(attempts)
        size = 0
        for attempt, directory in directories:
            transport = self.reconciler.transport(await self.targets.target(attempt.target))
            try:
                size += sum(entry.size for entry in await transport.files(directory))
            except TargetError as trouble:
                refusal = refusal or f"its target cannot be asked: {trouble.message}"
        return Removal(job=job, name=name, paths=self._paths(job, directories), size=size, refusal=refusal)

    async def paths(self, job: str) -> tuple[str, ...]:
        """The directories that would go, on the target and at home, as they are recorded; no target is asked."""
        return self._paths(job, _directories(await self.store.attempts(job)))

    async def remove(self, job: str, *, by: str) -> Removal:
        """Remove a closed job: its directory on the target, what was brought home or kept, and its record.

        A second call finishes what a first began. Raises Conflict for an open job, Denied for an unmarked directory.
        """
        planned = await self.removal(job)
        if planned.refusal:
            raise Conflict(
                f"job {ids.short(job)} cannot be removed: {planned.refusal}",
                hint="Cancel it first, if it is still open.",
            )
        attempts = await self.store.attempts(job)
        for attempt, directory in _directories(attempts):
            transport = self.reconciler.transport(await self.targets.target(attempt.target))
            await transport.remove(directory, marker=layout.RECORD, holds=f'"id": "{job}"')
        await asyncio.to_thread(self._remove_here, job, attempts)
        await self.store.forget(job, Entry(kind="removed", job=job, words=f"{planned.name} was removed by {by}"))
        return planned.model_copy(update={"removed": True})

    def _remove_here(self, job: str, attempts: Sequence[Attempt]) -> None:
        shutil.rmtree(self.home.brought_home / job, ignore_errors=True)
        for attempt in attempts:
            with suppress(OSError):  # nothing of it was kept, or nothing can be here
                self.home.kept_log(job, attempt.number).unlink()

    def _paths(self, job: str, directories: Sequence[tuple[Attempt, str]]) -> tuple[str, ...]:
        at_home = self.home.brought_home / job
        return (*(directory for _, directory in directories), *([str(at_home)] if at_home.is_dir() else []))


def _refusal(attempts: Sequence[Attempt]) -> str:
    state = attempts[-1].state
    return "" if isinstance(state, Closed | Draft) else f"it is {fate(state)}"


def _directories(attempts: Sequence[Attempt]) -> list[tuple[Attempt, str]]:
    """The job's directories on its target, in scratch and where it is kept, each once."""
    jobs = {place.rsplit("/", 1)[0]: attempt for attempt in attempts for place in layout.places(attempt)}
    return [(attempt, directory) for directory, attempt in jobs.items()]
