"""One thing that is done to many jobs: which they are, and doing it to each of them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from argosy.contracts import Store
from argosy.core.bulk import (
    MOST_AT_ONCE,
    Cancel,
    Dealt,
    Deed,
    Fitting,
    Hold,
    Named,
    Prioritise,
    Relabel,
    Release,
    Remove,
    Retry,
    Spared,
    Touched,
    Which,
    meant_for,
    why_not,
)
from argosy.core.errors import (
    ArgosyError,
    Conflict,
    NeedsLogin,
    NotFound,
    RequestError,
    TargetError,
    TooMuch,
    Unreachable,
)
from argosy.core.job import Attempt, fate
from argosy.core.views import JobQuery, Removal
from argosy.service.acts import Acts
from argosy.service.reconcile import Reconciler
from argosy.service.removals import Removals
from argosy.service.steering import Steerings

_PAGE = 1000
_TOGETHER = 100
"""So many go to a target by one call: it must be through with them before that call is given up."""
_REMOVED_TOGETHER = 20
"""Directories may be large, and file systems of clusters slow."""

_Told = Attempt | Removal | ArgosyError | None
"""What became of a job: its attempt, what went of it, or what kept it from being done."""


@dataclass(frozen=True)
class Bulks:
    """Deeds to many jobs."""

    store: Store
    acts: Acts
    steerings: Steerings
    removals: Removals
    reconciler: Reconciler

    async def preview(self, which: Which, deed: Deed) -> Dealt:
        """To which jobs it would be done, and to which it cannot be, as far as the list tells. Nothing is touched."""
        touched: list[Touched] = []
        spared: list[Spared] = []
        for one in await self._chosen(which, deed):
            if isinstance(one, Spared):
                spared.append(one)
            elif why := why_not(deed, one.fate):
                spared.append(Spared(job=one.job, name=one.name, code=Conflict.code, why=why))
            else:
                paths = await self.removals.paths(one.job) if isinstance(deed, Remove) else ()
                touched.append(one.model_copy(update={"paths": paths}))
        return Dealt(touched=tuple(touched), spared=tuple(spared))

    async def deal(self, which: Which, deed: Deed, *, by: str) -> Dealt:
        """Do it to each of them, the oldest first. Where it cannot be done is told of each job by itself.

        Jobs whose target has once not answered are spared without asking it again.
        """
        dealing = _Dealing(self, deed, by)
        chosen = await self._chosen(which, deed)
        together = _REMOVED_TOGETHER if isinstance(deed, Remove) else _TOGETHER
        for first in range(0, len(chosen), together):
            await dealing.deal(chosen[first : first + together])
        return dealing.told()

    async def _chosen(self, which: Which, deed: Deed) -> Sequence[Touched | Spared]:
        """The jobs that are meant, the oldest first; unknown ones are spared."""
        if isinstance(which, Named):
            return [await self._named(job) for job in sorted(dict.fromkeys(which.jobs))]
        found: list[Touched | Spared] = []
        async for one in self._fitting(which, deed):
            found.append(one)
            if len(found) > MOST_AT_ONCE:
                hint = "Say more conditions, such as --since or --label."
                raise TooMuch(f"more than {MOST_AT_ONCE:,} jobs fit", hint=hint)
        return found[::-1]

    async def _named(self, job: str) -> Touched | Spared:
        try:
            name, attempt = (await self.store.job(job)).spec.name, (await self.store.attempts(job))[-1]
        except NotFound as refusal:
            return Spared(job=job, name="", code=refusal.code, why=refusal.message, hint=refusal.hint)
        return Touched(job=job, name=name, target=attempt.target, fate=fate(attempt.state))

    async def _fitting(self, which: Fitting, deed: Deed) -> AsyncIterator[Touched]:
        """Page by page, the newest first."""
        conditions = which.model_dump(exclude={"kind"}) | {"limit": _PAGE, "fate": which.fate or meant_for(deed)}
        query = JobQuery.model_validate(conditions)
        while True:
            page = await self.store.rows(query)
            for row in page.jobs:
                yield Touched(job=row.id, name=row.name, target=row.target, fate=row.fate)
            if page.next is None:
                return
            query = query.model_copy(update={"after": page.next})


class _Dealing:
    """One deed, some jobs after others."""

    def __init__(self, bulks: Bulks, deed: Deed, by: str) -> None:
        self._bulks = bulks
        self._deed = deed
        self._by = by
        self._away: dict[str, TargetError] = {}
        self._touched: list[Touched] = []
        self._spared: list[Spared] = []
        self._freed = 0

    async def deal(self, some: Sequence[Touched | Spared]) -> None:
        """Do it to these jobs, or note why not."""
        self._spared += [one for one in some if isinstance(one, Spared)]
        meant = [one for one in some if isinstance(one, Touched)]
        told = await self._done([one for one in meant if one.target not in self._away])
        for one in meant:
            self._note(one, self._away[one.target] if one.target in self._away else told[one.job])
        self._bulks.reconciler.stirred()
        for target in {one.target for one in meant}:
            self._bulks.reconciler.ring(target)

    def told(self) -> Dealt:
        """What was done so far."""
        return Dealt(touched=tuple(self._touched), spared=tuple(self._spared), freed=self._freed, done=True)

    def _note(self, one: Touched, told: _Told) -> None:
        if isinstance(told, Unreachable | NeedsLogin):
            self._away.setdefault(one.target, told)
        if isinstance(told, ArgosyError):
            spared = Spared(job=one.job, name=one.name, code=told.code, why=told.message, hint=told.hint)
            self._spared.append(spared)
        elif isinstance(told, Removal):
            self._freed += told.size
            self._touched.append(one.model_copy(update={"paths": told.paths}))
        else:
            self._touched.append(one.model_copy(update={"fate": fate(told.state)}) if told else one)

    async def _done(self, some: Sequence[Touched]) -> Mapping[str, _Told]:
        """What became of each. Where a target is told of many by one call, all of them go together."""
        bulks, jobs, by = self._bulks, [one.job for one in some], self._by
        match self._deed:
            case Hold():
                return await bulks.steerings.hold_all(jobs, by=by)
            case Release():
                return await bulks.steerings.release_all(jobs, by=by)
            case Remove():
                return await bulks.removals.remove_all(jobs, by=by)
            case Cancel() | Retry() | Prioritise() | Relabel() as deed:
                return {one.job: await self._acted(one, deed) for one in some}

    async def _acted(self, one: Touched, deed: Cancel | Retry | Prioritise | Relabel) -> _Told:
        """What is only written down here."""
        acts, by = self._bulks.acts, self._by
        try:
            match deed:
                case Cancel(now=forced):
                    return await acts.cancel(one.job, by=by, forced=forced)
                case Retry():
                    return await acts.retry(one.job, by=by)
                case Prioritise(priority=priority):
                    return await acts.prioritise(one.job, priority, by=by)
                case Relabel():
                    return await acts.relabel(one.job, deed, target=one.target, by=by)
        except RequestError as refusal:
            return refusal
