"""One thing that is done to many jobs: which they are, and doing it to each of them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from argosy.contracts import Entry, Store
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
    change_in_words,
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
from argosy.core.job import fate
from argosy.core.views import JobQuery
from argosy.service.jobs import Jobs
from argosy.service.removals import Removals
from argosy.service.steering import Steerings

_PAGE = 1000


@dataclass(frozen=True)
class Bulks:
    """Deeds to many jobs."""

    store: Store
    jobs: Jobs
    steerings: Steerings
    removals: Removals

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
        for one in await self._chosen(which, deed):
            await dealing.deal(one)
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
    """One deed, job after job."""

    def __init__(self, bulks: Bulks, deed: Deed, by: str) -> None:
        self._bulks = bulks
        self._deed = deed
        self._by = by
        self._away: dict[str, TargetError] = {}
        self._touched: list[Touched] = []
        self._spared: list[Spared] = []
        self._freed = 0

    async def deal(self, one: Touched | Spared) -> None:
        """Do it to this job, or note why not."""
        if isinstance(one, Spared):
            self._spared.append(one)
            return
        try:
            if one.target in self._away:
                raise self._away[one.target]
            self._touched.append(await self._done(one))
        except (Unreachable, NeedsLogin) as trouble:
            self._away[one.target] = trouble
            self._spare(one, trouble)
        except (RequestError, TargetError) as refusal:
            self._spare(one, refusal)

    def told(self) -> Dealt:
        """What was done so far."""
        return Dealt(touched=tuple(self._touched), spared=tuple(self._spared), freed=self._freed, done=True)

    def _spare(self, one: Touched, why: ArgosyError) -> None:
        self._spared.append(Spared(job=one.job, name=one.name, code=why.code, why=why.message, hint=why.hint))

    async def _done(self, one: Touched) -> Touched:
        bulks, job, by = self._bulks, one.job, self._by
        match self._deed:
            case Cancel(now=forced):
                view = await bulks.jobs.cancel(job, by=by, forced=forced)
            case Retry():
                view = await bulks.jobs.retry(job, by=by)
            case Prioritise(priority=priority):
                view = await bulks.jobs.prioritise(job, priority, by=by)
            case Hold():
                view = await bulks.steerings.hold(job, by=by)
            case Release():
                view = await bulks.steerings.release(job, by=by)
            case Remove():
                gone = await bulks.removals.remove(job, by=by)
                self._freed += gone.size
                return one.model_copy(update={"paths": gone.paths})
            case Relabel() as change:
                words = f"{by} changed its labels: {change_in_words(change)}"
                entry = Entry(kind="labelled", job=job, target=one.target, words=words)
                await bulks.store.relabel(job, change, entry)
                bulks.jobs.reconciler.ring(one.target)
                return one
        return one.model_copy(update={"fate": fate(view.latest.state)})
