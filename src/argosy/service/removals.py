"""Removing jobs: only closed ones, and only recorded directories that carry the job's own record."""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from argosy.contracts import Doomed, Entry, Store
from argosy.core import ids, layout
from argosy.core.errors import ArgosyError, Conflict, RequestError, TargetError
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
        paths = self._paths(job, [directory for _, directory in directories])
        return Removal(job=job, name=name, paths=paths, size=size, refusal=refusal)

    async def paths(self, job: str) -> tuple[str, ...]:
        """The directories that would go, on the target and at home, as they are recorded; no target is asked."""
        return self._paths(job, [directory for _, directory in _directories(await self.store.attempts(job))])

    async def remove(self, job: str, *, by: str) -> Removal:
        """Remove a closed job: its directory on the target, what was brought home or kept, and its record.

        A second call finishes what a first began. Raises Conflict for an open job, Denied for an unmarked directory.
        """
        done = (await self.remove_all([job], by=by))[job]
        if isinstance(done, ArgosyError):
            raise done
        return done

    async def remove_all(self, jobs: Sequence[str], *, by: str) -> Mapping[str, Removal | ArgosyError]:
        """The same for many, with one call to each of their targets; what keeps one from it is told of it alone."""
        told: dict[str, Removal | ArgosyError] = {}
        planned: list[_Planned] = []
        for job in jobs:
            try:
                planned.append(await self._planned(job))
            except RequestError as refusal:
                told[job] = refusal
        for name in dict.fromkeys(target for one in planned for target, _ in one.directories):
            here = [one for one in planned if one.trouble is None and name in {target for target, _ in one.directories}]
            await self._clear(name, here)
        for one in planned:
            told[one.job] = one.trouble or await self._forgotten(one, by=by)
        return told

    async def _planned(self, job: str) -> "_Planned":
        name, attempts = (await self.store.job(job)).spec.name, await self.store.attempts(job)
        if refusal := _refusal(attempts):
            hint = "Cancel it first, if it is still open."
            raise Conflict(f"job {ids.short(job)} cannot be removed: {refusal}", hint=hint)
        return _Planned(
            job, name, attempts, [(attempt.target, directory) for attempt, directory in _directories(attempts)]
        )

    async def _clear(self, name: str, planned: Sequence["_Planned"]) -> None:
        """Remove what jobs have at one target, and note with each what went or what kept it from going."""
        lying = [(one, directory) for one in planned for target, directory in one.directories if target == name]
        try:
            transport = self.reconciler.transport(await self.targets.target(name))
            doomed = [Doomed(directory=path, marker=layout.RECORD, holds=f'"id": "{one.job}"') for one, path in lying]
            answers = await transport.remove(doomed)
        except (RequestError, TargetError) as trouble:
            for one in planned:
                one.trouble = trouble
            return
        for (one, _), answer in zip(lying, answers, strict=True):
            if isinstance(answer, ArgosyError):
                one.trouble = answer
            else:
                one.size += answer or 0

    async def _forgotten(self, one: "_Planned", *, by: str) -> Removal | ArgosyError:
        paths = self._paths(one.job, [directory for _, directory in one.directories])
        await asyncio.to_thread(self._remove_here, one.job, one.attempts)
        entry = Entry(kind="removed", job=one.job, words=f"{one.name} was removed by {by}")
        try:
            await self.store.forget(one.job, entry)
        except RequestError as refusal:
            return refusal
        return Removal(job=one.job, name=one.name, paths=paths, size=one.size, removed=True)

    def _remove_here(self, job: str, attempts: Sequence[Attempt]) -> None:
        shutil.rmtree(self.home.brought_home / job, ignore_errors=True)
        for attempt in attempts:
            with suppress(OSError):  # nothing of it was kept, or nothing can be here
                self.home.kept_log(job, attempt.number).unlink()

    def _paths(self, job: str, directories: Sequence[str]) -> tuple[str, ...]:
        at_home = self.home.brought_home / job
        return (*directories, *([str(at_home)] if at_home.is_dir() else []))


@dataclass
class _Planned:
    """A job that is being removed: its directories with their targets, how much went, and what kept it from going."""

    job: str
    name: str
    attempts: Sequence[Attempt]
    directories: Sequence[tuple[str, str]]
    size: int = 0
    trouble: ArgosyError | None = None


def _refusal(attempts: Sequence[Attempt]) -> str:
    state = attempts[-1].state
    return "" if isinstance(state, Closed | Draft) else f"it is {fate(state)}"


def _directories(attempts: Sequence[Attempt]) -> list[tuple[Attempt, str]]:
    """The job's directories on its target, in scratch and where it is kept, each once."""
    jobs = {place.rsplit("/", 1)[0]: attempt for attempt in attempts for place in layout.places(attempt)}
    return [(attempt, directory) for directory, attempt in jobs.items()]
