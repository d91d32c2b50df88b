"""The one module that knows all the others: it puts the house together."""

import os
import socket
import sys
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from argosy.contracts import Store
from argosy.core.findings import Finding
from argosy.core.home import Home
from argosy.core.names import spell
from argosy.core.target import Limits, Target
from argosy.server.plugins import load
from argosy.server.settings import current_settings
from argosy.service.adoptions import Adoptions
from argosy.service.archives import Archives
from argosy.service.chains import Chains
from argosy.service.checkpoints import OldCheckpoints
from argosy.service.cleanings import Cleanings
from argosy.service.comparisons import Comparisons
from argosy.service.connections import Connections
from argosy.service.contents import Contents
from argosy.service.diagnoses import Diagnoses
from argosy.service.edits import Edits
from argosy.service.engines import Engines
from argosy.service.families import Families
from argosy.service.feed import Feed
from argosy.service.files import JobFiles
from argosy.service.forgetting import Forgetting
from argosy.service.from_jobs import FromJobs
from argosy.service.inspections import Inspections
from argosy.service.jobs import Jobs
from argosy.service.ledger import Ledger
from argosy.service.marks import Pass, pass_by
from argosy.service.presets import Presets
from argosy.service.prospects import Prospects
from argosy.service.reconcile import Reconciler, Ways
from argosy.service.removals import Removals
from argosy.service.restarts import Restarts
from argosy.service.science import Science
from argosy.service.services import Services
from argosy.service.steering import Steerings
from argosy.service.surveys import Surveys
from argosy.service.sweeps import Sweeps
from argosy.service.sync import Syncs
from argosy.service.targets import Targets
from argosy.service.templates import Templates
from argosy.service.trials import Trying
from argosy.store import open_store

LOCAL = "local"


@dataclass(frozen=True)
class House:
    """What a server runs: where it lies, all its services, and the plug-ins that could not be had."""

    home: Home
    services: Services
    broken: tuple[Finding, ...]


@asynccontextmanager
async def open_services(home: Home, *, at: Pass = pass_by) -> AsyncGenerator[Services]:
    """All services of a home, while the block runs."""
    async with open_house(home, at=at) as house:
        yield house.services


@asynccontextmanager
async def open_house(home: Home, *, at: Pass = pass_by) -> AsyncGenerator[House]:
    """The house of a home, with the target ``local`` in it; the store is closed at the end."""
    broken: list[Finding] = []
    ways = Ways(
        transports=load("argosy.transports", broken),
        schedulers=load("argosy.schedulers", broken),
        engines=load("argosy.engines", broken),
    )
    store = await open_store(home.database_url)
    try:
        await _have_local(store, home)
        services = _services(home, store, ways, at)
        try:
            yield House(home, services, tuple(broken))
        finally:
            await services.connections.close()
    finally:
        await store.close()


def _services(home: Home, store: Store, ways: Ways, at: Pass) -> Services:
    feed, contents, templates = Feed(store), Contents(home.contents), Templates(ways.engines, home.templates)
    reconciler = _reconciler(home, store, ways=ways, feed=feed, at=at)
    targets = Targets(store, reconciler, partial(current_settings, home, store))
    jobs = Jobs(store, targets, templates, contents, Inspections(contents), reconciler, home, _now, at)
    science, files = Science(store, targets, reconciler), JobFiles(store, targets, reconciler, home)
    restarts, surveys = Restarts(store, jobs, targets, templates, reconciler), Surveys(store, targets, reconciler, _now)
    return Services(
        jobs=jobs,
        files=files,
        archives=Archives(store, files),
        removals=Removals(store, targets, reconciler, home),
        cleanings=Cleanings(store, targets, reconciler, contents, OldCheckpoints(Families(store), ways.engines), _now),
        forgetting=Forgetting(store, reconciler),
        restarts=restarts,
        chains=Chains(store, restarts, reconciler, _now),
        families=Families(store),
        diagnoses=Diagnoses(store, restarts),
        edits=Edits(store, jobs),
        science=science,
        ledger=Ledger(store, science, targets, reconciler, _now),
        comparisons=Comparisons(store, Families(store), science),
        steerings=Steerings(store, jobs, targets, reconciler, _now),
        surveys=surveys,
        adoptions=Adoptions(store, targets, surveys, reconciler, _now),
        prospects=Prospects(store, jobs, targets, reconciler, _now),
        sweeps=Sweeps(jobs),
        syncs=Syncs(store, targets, reconciler, home),
        contents=contents,
        connections=reconciler.connections,
        targets=targets,
        templates=templates,
        trying=Trying(templates),
        from_jobs=FromJobs(store, templates),
        presets=Presets(store, templates, _now),
        engines=Engines(ways.engines),
        feed=feed,
        store=store,
        reconciler=reconciler,
    )


def _reconciler(home: Home, store: Store, *, ways: Ways, feed: Feed, at: Pass) -> Reconciler:
    connections = Connections(home, openers=ways.transports, store=store, clock=_now)
    reconciler = Reconciler(
        store=store,
        ways=ways,
        home=home,
        clock=_now,
        holder=identity(home),
        connections=connections,
        stirred=feed.stir,
        at=at,
    )
    connections.ring, connections.stirred = reconciler.ring, feed.stir
    return reconciler


def identity(home: Home) -> str:
    """The name of this installation in leases: the same after a restart, another on other hosts and for other homes."""
    path = home.state / "installation"
    if not path.exists() or not path.read_text(encoding="ascii"):
        path.write_text(uuid.uuid4().hex, encoding="ascii")
    return f"{socket.gethostname()}:{path.read_text(encoding='ascii')}"


def local_target(home: Home) -> Target:
    """This machine as a target: as many jobs at once as processors; ``python`` is the one that runs this server."""
    processors = _processors()
    return Target(
        name=LOCAL,
        transport="local",
        scheduler="process",
        root=spell(os.fsencode(home.local_root)),
        limits=Limits(running=processors, cpus=processors),
        path=(str(Path(sys.executable).parent),),
    )


async def _have_local(store: Store, home: Home) -> None:
    """This machine is a target, and its ``python`` exists: the one that was written down may have been removed.

    It is ``local``, unless the default target is another one now: then that one counts, whatever it is.
    """
    default = (await current_settings(home, store)).default_target
    known = {target.name: target for target in await store.targets()}
    if default == LOCAL and LOCAL not in known:
        await store.put_target(local_target(home))
    for name in {LOCAL, default} & known.keys():
        if known[name].transport == "local" and _is_stale(known[name]):
            await store.put_target(known[name].model_copy(update={"path": local_target(home).path}))


def _is_stale(target: Target) -> bool:
    return bool(target.path) and not any(Path(directory).is_dir() for directory in target.path)


def _processors() -> int:
    """How many processors this process may use: fewer than the machine has where it was given a share."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _now() -> datetime:
    return datetime.now(UTC)
