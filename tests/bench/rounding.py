"""Rounds at a target, taken one after another as the server's loop takes them, with a clock that is turned by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argosy.contracts import Lease, Store, Transport
from argosy.core.home import HOME_VARIABLE, Home, home_from
from argosy.core.target import Target
from argosy.engines.command.engine import ENGINE
from argosy.schedulers.slurm.scheduler import SCHEDULER
from argosy.service.queueing import most_together
from argosy.service.reconcile import pause_s
from argosy.service.round import Rounded, take_round
from argosy.service.station import Pace, Station
from argosy.store import open_store
from tests.bench.far import HOST, Yard
from tests.server.running import Place

_LEASE_S = 1e6


@dataclass
class Rounds:
    """One target of a home that has no server, and what is remembered from round to round."""

    target: Target
    store: Store
    transport: Transport
    place: Place
    now: datetime
    pace: Pace = field(default_factory=Pace)
    looked: dict[str, datetime] = field(default_factory=dict[str, datetime])
    lease: Lease | None = None

    async def take(self) -> Rounded:
        """One round."""
        work = await self.store.work(self.target.name, self.now, queued=most_together(SCHEDULER))
        return await take_round(await self._station(), work)

    def rest(self, rounded: Rounded) -> None:
        """Turn the clock on by the time that the loop would rest after this round."""
        self.now += timedelta(seconds=pause_s(self.target, rounded))

    async def _station(self) -> Station:
        self.lease = self.lease or await self.store.lease(self.target.name, "bench", self.now, ttl_s=_LEASE_S)
        assert self.lease is not None
        return Station(
            target=self.target,
            transport=self.transport,
            scheduler=SCHEDULER.at(self.target),
            engines={"command": ENGINE},
            store=self.store,
            home=_home(self.place),
            clock=lambda: self.now,
            lease=self.lease,
            pace=self.pace,
            looked=self.looked,
        )


@asynccontextmanager
async def rounds(place: Place, far: Yard) -> AsyncIterator[Rounds]:
    """The target of a home whose server has ended an hour ago by this clock; the first round logs in."""
    store = await open_store(_home(place).database_url)
    try:
        target = next(one for one in await store.targets() if one.name == HOST)
        async with far.reached(Path(target.root)) as transport:
            yield Rounds(target, store, transport, place, datetime.now(UTC) + timedelta(hours=1))
    finally:
        await store.close()


def _home(place: Place) -> Home:
    top = place.top
    return home_from({HOME_VARIABLE: str(top)}, data=top, config=top, state=top)
