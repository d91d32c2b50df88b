"""The loop: each target has a task of its own that holds its lease and takes rounds. A hung one delays nobody else."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argosy.contracts import Engine, Entry, Lease, Scheduler, Store, Surroundings, Transport
from argosy.core.allowances import Allowance, Allowances
from argosy.core.errors import ArgosyError, Conflict, TargetError, Unreachable
from argosy.core.home import Home
from argosy.core.lifecycle import backoff_s
from argosy.core.slurm import SlurmWishes
from argosy.core.target import Target
from argosy.core.views import Sending
from argosy.service.connections import Connections
from argosy.service.marks import Pass, pass_by
from argosy.service.queueing import most_together
from argosy.service.record import caught_up
from argosy.service.round import Rounded, take_round, take_what_needs_no_target
from argosy.service.station import Clock, Pace, Station

LEASE_S = 15.0
IN_LANES_S = 0.2
REST_S = 5.0
"""How long an idle target is left alone when no bell rings: another server may have taken in a job for it."""

_log = logging.getLogger("argosy.reconcile")


@dataclass(frozen=True)
class Ways:
    """How targets are reached: plug-ins by name."""

    transports: Mapping[str, Callable[[Target, Surroundings], Transport]]
    schedulers: Mapping[str, Scheduler]
    engines: Mapping[str, Engine]


@dataclass
class Standing:
    """How a target is doing, for people: ``state`` is driving, elsewhere, or trouble; ``moved`` is the last move."""

    state: str = "idle"
    words: str = ""
    live: int = 0
    moved: datetime | None = None


@dataclass(frozen=True)
class Reconciler:
    """Drives every target of the store.

    ``holder`` names this installation in leases: a restarted server takes its own leases up at once.
    """

    store: Store
    ways: Ways
    home: Home
    clock: Clock
    holder: str
    connections: Connections
    stirred: Callable[[], None] = lambda: None
    at: Pass = pass_by
    lease_s: float = LEASE_S
    standings: dict[str, Standing] = field(default_factory=dict[str, Standing])
    _known: dict[str, Target] = field(default_factory=dict[str, Target])
    _bells: dict[str, asyncio.Event] = field(default_factory=dict[str, asyncio.Event])
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, asyncio.Task[None]])
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict[str, asyncio.Lock])
    _looked: dict[str, dict[str, datetime]] = field(default_factory=dict[str, dict[str, datetime]])
    _paces: dict[str, Pace] = field(default_factory=dict[str, Pace])
    _rooms: dict[str, Allowances] = field(default_factory=dict[str, Allowances])
    _placing: set[str] = field(default_factory=set[str])
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _renewed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Drive all targets until ``stop``; targets that are added meanwhile are driven too."""
        while not self._stopping.is_set():
            self._renewed.clear()
            try:
                self._begin(await self.store.targets())
            except ArgosyError as trouble:
                _log.error("the targets cannot be read: %s", trouble.message)
            await _rung(self._renewed, REST_S)
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _begin(self, targets: Sequence[Target]) -> None:
        for target in targets:
            if self._known.get(target.name) != target:  # another server may have changed it
                self.forget(target.name)
        self._known.clear()
        self._known.update({target.name: target for target in targets})
        for name in self._known:
            if name not in self._tasks or self._tasks[name].done():
                self._tasks[name] = asyncio.create_task(self._drive(name), name=f"target {name}")

    def stop(self) -> None:
        """Let every target finish its step, give its lease back, and end. Running jobs are not touched."""
        self._stopping.set()
        self._renewed.set()
        for bell in self._bells.values():
            bell.set()

    def ring(self, target: str) -> None:
        """There is something new to do at a target."""
        self._bell(target).set()

    def transport(self, target: Target) -> Transport:
        """The one way to a target's machine, as windows use it."""
        return self.connections.transport(target)

    def forget(self, target: str) -> None:
        """A target was changed or removed: its next round begins anew."""
        self._known.pop(target, None)
        self._renewed.set()
        self.ring(target)

    def standing(self, target: str) -> Standing:
        """How a target is doing."""
        return self.standings.setdefault(target, Standing())

    def room(self, target: str, kind: SlurmWishes) -> Allowance | None:
        """The limit that jobs of a kind have met at a target, if they have."""
        return self._rooms[target].get(kind) if target in self._rooms else None

    def sending(self, target: str, token: str) -> Sending | None:
        """How much of the inputs of an attempt has reached its target, while they are on their way."""
        return self.connections.sending(target) if token in self._placing else None

    @asynccontextmanager
    async def alone_at(self, target: Target) -> AsyncGenerator[None]:
        """While the block runs no step is taken at the target, by this server or another.

        Raises Conflict when another server drives it.
        """
        async with self._lock(target.name):
            lease = await self.store.lease(target.name, self.holder, self.clock(), ttl_s=self.lease_s)
            if lease is None:
                raise Conflict(
                    f"target {target.name} is driven by another server",
                    hint="Ask that one, or ask again when it has stopped.",
                )
            beat = asyncio.create_task(self._heartbeat(lease))
            try:
                yield
            finally:
                beat.cancel()

    def _lock(self, target: str) -> asyncio.Lock:
        return self._locks.setdefault(target, asyncio.Lock())

    def _bell(self, target: str) -> asyncio.Event:
        return self._bells.setdefault(target, asyncio.Event())

    async def _drive(self, name: str) -> None:
        lease: Lease | None = None
        troubles = 0
        while not self._stopping.is_set():
            self._bell(name).clear()
            try:
                target = await self._target(name)
                if target is None:
                    return
                lease = await self._held(name, lease)
                async with self._lock(name):
                    pause = await self._visit(target, lease)
                troubles = 0
            except TargetError as trouble:
                troubles += 1
                pause = await self._trouble(name, trouble, troubles)
            except ArgosyError as trouble:
                _log.error("%s: %s", name, trouble.message)
                pause = backoff_s(troubles := troubles + 1, 0.5)
            except Exception:  # noqa: BLE001  a flaw of ours must not end the watch over all jobs of a target
                _log.exception("a round at %s failed; it is tried again", name)
                pause = backoff_s(troubles := troubles + 1, 0.5)
            await _rung(self._bell(name), pause)
        if lease is not None:
            with contextlib.suppress(ArgosyError):
                await self.store.release(lease)

    async def _target(self, name: str) -> Target | None:
        """The target, read anew every few seconds and when it was changed here; None once it was removed."""
        if name not in self._known:
            self._known.update({target.name: target for target in await self.store.targets()})
        return self._known.get(name)

    async def _held(self, name: str, lease: Lease | None) -> Lease | None:
        """The lease, taken or prolonged when less than half of its time is left."""
        now = self.clock()
        if lease is not None and lease.expires - now > timedelta(seconds=self.lease_s / 2):
            return lease
        return await self.store.lease(name, self.holder, now, ttl_s=self.lease_s)

    async def _visit(self, target: Target, lease: Lease | None) -> float:
        """One round if the target is ours to drive; returns how long to rest after it, in seconds."""
        standing = self.standing(target.name)
        if lease is None:
            standing.state, standing.words = "elsewhere", "another server drives this target"
            return min(self.lease_s / 3, REST_S)
        station = self._station(target, lease)
        beat = asyncio.create_task(self._heartbeat(lease))
        try:
            if self.connections.connected(target):  # nobody logs in for this alone
                await caught_up(station)
            now = self.clock()
            limited = station.rooms.limits(now)
            work = await self.store.work(target.name, now, queued=most_together(station.scheduler), limited=limited)
            waits = self.connections.waits(target)
            if waits is not None:
                await take_what_needs_no_target(station, work)
                raise waits
            rounded = await take_round(station, work)
        finally:
            beat.cancel()
        if rounded.moved:
            standing.moved = self.clock()
            self.stirred()
        standing.state, standing.words, standing.live = "driving" if rounded.live else "idle", "", rounded.live
        return pause_s(target, rounded)

    def _station(self, target: Target, lease: Lease) -> Station:
        return Station(
            target=target,
            transport=self.connections.transport(target, first=True),
            scheduler=self.ways.schedulers[target.scheduler].at(target),
            engines=self.ways.engines,
            store=self.store,
            home=self.home,
            clock=self.clock,
            lease=lease,
            at=self.at,
            looked=self._looked.setdefault(target.name, {}),
            pace=self._paces.setdefault(target.name, Pace()),
            rooms=self._rooms.setdefault(target.name, Allowances()),
            placing=self._placing,
        )

    async def _heartbeat(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(self.lease_s / 3)
            with contextlib.suppress(ArgosyError):
                await self.store.lease(lease.target, lease.holder, self.clock(), ttl_s=self.lease_s)

    async def _trouble(self, name: str, trouble: TargetError, times: int) -> float:
        standing = self.standing(name)
        if standing.words != trouble.message:
            _log.warning("%s: %s", name, trouble.message)
            await self.store.log([Entry(kind="target", target=name, words=trouble.message)])
        standing.state, standing.words = trouble.code, trouble.message
        return backoff_s(times, 0.5, away=isinstance(trouble, Unreachable))


def pause_s(target: Target, rounded: Rounded) -> float:
    """How long to rest after a round: a twentieth of the age of the newest job, within the target's polling bounds.

    Without live jobs there is no rest while things move, and a long one when they do not; nor while more of the queue
    can go in. While jobs follow each other in lanes by themselves, there is no hurry: a look every so often sees many
    of them.
    """
    if rounded.more:
        return 0.0
    if not rounded.live:
        return 0.0 if rounded.moved else REST_S
    floor_s = max(target.polling.floor_s, IN_LANES_S) if rounded.in_lanes else target.polling.floor_s
    return min(max(rounded.youngest_s / 20, floor_s), target.polling.ceiling_s)


async def _rung(bell: asyncio.Event, at_most_s: float) -> None:
    """Return when the bell rings or the time is over; with no time, let others work once and go on."""
    if at_most_s <= 0:
        await asyncio.sleep(0)
        return
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(bell.wait(), at_most_s)
