"""What a cluster offers, read from it, and what its target should say differently."""

from dataclasses import dataclass
from datetime import timedelta

from argosy.contracts import Store
from argosy.contracts.survey import Surveyed
from argosy.core.crowd import Crowd, with_history
from argosy.core.errors import Conflict
from argosy.core.offer import Proposal, proposal
from argosy.core.target import Target
from argosy.service.reconcile import Reconciler
from argosy.service.station import Clock
from argosy.service.targets import Targets

RECENT = timedelta(days=30)
"""Queues change: how long earlier jobs have waited tells nothing any more."""


@dataclass(frozen=True)
class Surveys:
    """Looks at all that a cluster offers."""

    store: Store
    targets: Targets
    reconciler: Reconciler
    clock: Clock

    async def detect(self, name: str) -> Proposal:
        """What the target should say, by what is there now. Nothing is changed, here or there.

        Raises Conflict for a target whose scheduler offers nothing that could be read, TargetError when it does not
        answer.
        """
        target, scheduler = await self._surveyed(name)
        answer = await self.reconciler.transport(target).run(scheduler.survey())
        return proposal(target, scheduler.parse_survey(answer))

    async def crowd(self, name: str) -> Crowd:
        """How full the target is now, and how long our own jobs have waited there. Raises like ``detect``."""
        target, scheduler = await self._surveyed(name)
        found = scheduler.parse_crowd(await self.reconciler.transport(target).run(scheduler.crowd()))
        accounts = await self.store.accounts(self.clock() - RECENT, None)
        return with_history(found, name, accounts)

    async def _surveyed(self, name: str) -> tuple[Target, Surveyed]:
        target = await self.targets.target(name)
        scheduler = self.reconciler.ways.schedulers[target.scheduler].at(target)
        if not isinstance(scheduler, Surveyed):
            raise Conflict(
                f"{name} has the scheduler {target.scheduler}, which has no partitions and limits that could be read",
                hint=f"See whether jobs could run there: argosy target check {name}",
            )
        return target, scheduler
