"""What a cluster offers, read from it, and what its target should say differently."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files

from argosy.contracts import Store, Transport
from argosy.contracts.queued import Listed
from argosy.contracts.survey import Surveyed
from argosy.core.adopted import known_by
from argosy.core.command import Command
from argosy.core.crowd import Crowd, with_history
from argosy.core.errors import Conflict, Denied, Garbled
from argosy.core.names import unspell
from argosy.core.offer import Proposal, proposal
from argosy.core.offered import Offer
from argosy.core.queued import Queue, QueuedJob
from argosy.core.room import Room, rooms
from argosy.core.target import Target
from argosy.service.reconcile import Reconciler
from argosy.service.station import Clock
from argosy.service.targets import Targets

_ROOM = files("argosy.service").joinpath("room.sh").read_text("utf-8")
_ROOM_S = 120.0
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
        transport = self.reconciler.transport(target)
        offer = scheduler.parse_survey(await transport.run(scheduler.survey()))
        return proposal(target, await _with_programs(transport, scheduler, offer))

    async def crowd(self, name: str) -> Crowd:
        """How full the target is now, and how long our own jobs have waited there. Raises like ``detect``."""
        target, scheduler = await self._surveyed(name)
        transport = self.reconciler.transport(target)
        found = scheduler.parse_crowd(await transport.run(scheduler.crowd()))
        accounts = await self.store.accounts(self.clock() - RECENT, None)
        crowd = with_history(found, name, accounts)
        return crowd.model_copy(update={"rooms": await _rooms(target, transport)})

    async def queue(self, name: str) -> Queue:
        """All jobs of whoever asks that stand in the queue there, those that Argosy did not start too.

        Where a name breaks a line of the list, the scheduler is asked once more in a form that names cannot break.
        Raises like ``detect``.
        """
        target, scheduler = await self._surveyed(name)
        if not isinstance(scheduler, Listed):
            raise Conflict(f"the scheduler of {name} does not list jobs", hint=f"Look there: argosy cluster {name}")
        found = await _listed(scheduler, self.reconciler.transport(target))
        return found.model_copy(update={"target": name, "jobs": await self._with_adopted(name, found.jobs)})

    async def _with_adopted(self, name: str, jobs: Sequence[QueuedJob]) -> tuple[QueuedJob, ...]:
        """The jobs, with the ids of those that were adopted: nothing in the queue tells of that."""
        live = (await self.store.work(name, self.clock(), queued=0)).live
        known = {(job.adopted.handle, job.adopted.directory): job.id for job, _ in live if job.adopted}
        if not known:
            return tuple(jobs)
        places = [known_by(one) for one in jobs]
        ids = [one.job or known.get((at.handle, at.directory), "") for one, at in zip(jobs, places, strict=True)]
        return tuple(one.model_copy(update={"job": job}) for one, job in zip(jobs, ids, strict=True))

    async def _surveyed(self, name: str) -> tuple[Target, Surveyed]:
        target = await self.targets.target(name)
        scheduler = self.reconciler.ways.schedulers[target.scheduler].at(target)
        if not isinstance(scheduler, Surveyed):
            raise Conflict(
                f"{name} has the scheduler {target.scheduler}, which has no partitions and limits that could be read",
                hint=f"See whether jobs could run there: argosy target check {name}",
            )
        return target, scheduler


async def _listed(scheduler: Listed, transport: Transport) -> Queue:
    """All jobs in the queue, by lines first, and by documents where a name breaks a line."""
    jobs, broken = scheduler.parse_queue(await transport.run(scheduler.queue()))
    if broken is None:
        return Queue(jobs=jobs)
    try:
        return Queue(jobs=scheduler.parse_queue_in_full(await transport.run(scheduler.queue_in_full())))
    except (Denied, Garbled) as trouble:
        return Queue(jobs=jobs, notes=(f"some jobs are missing: {broken.message}", trouble.message))


async def _rooms(target: Target, transport: Transport) -> tuple[Room, ...]:
    """The room where the files of jobs lie."""
    places = {"root": target.root} | ({"scratch": target.scratch} if target.scratch else {})
    words = [word for place, path in places.items() for word in (place, unspell(path))]
    answer = await transport.run(Command(argv=("sh", "-c", _ROOM, "argosy", *words), timeout_s=_ROOM_S))
    return rooms(places, answer.stdout.decode("utf-8", "replace").split("\n"))


async def _with_programs(transport: Transport, scheduler: Surveyed, offer: Offer) -> Offer:
    """The offer with programs behind modules and their versions; a note instead where they could not be looked for."""
    try:
        while (command := scheduler.needs(offer)) is not None:
            offer = scheduler.parse_needs(offer, await transport.run(command))
        if (command := scheduler.finds(offer)) is not None:
            offer = scheduler.parse_finds(offer, await transport.run(command))
    except (Garbled, Denied) as trouble:
        note = f"programs and modules could not be looked into: {trouble.message[:200]}"
        return offer.model_copy(update={"notes": (*offer.notes, note)})
    return offer
