"""Targets: listed, changed, looked at."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from importlib.resources import files

from argosy.contracts import Store, Transport
from argosy.core.checkup import LOGIN, SCHEDULER, SHELL, Probed, findings_of, looked_at, told, whole
from argosy.core.command import Command
from argosy.core.errors import BadInput, Garbled, NotFound, TargetError
from argosy.core.findings import Finding, error
from argosy.core.names import spell, unspell
from argosy.core.retry_wishes import read_retry_words
from argosy.core.settings import DEFAULT_TARGET, ServerSettings
from argosy.core.target import Target
from argosy.core.views import TargetCheck, TargetLook, TargetView
from argosy.service.reconcile import Reconciler

_PROBE, _LOOK = (files("argosy.service").joinpath(f"{name}.sh").read_text("utf-8") for name in ("probe", "look"))
_LOOK_S = 60.0


class Targets:
    """The places where jobs run."""

    def __init__(self, store: Store, reconciler: Reconciler, settings: Callable[[], Awaitable[ServerSettings]]) -> None:
        self._store = store
        self._reconciler = reconciler
        self._settings = settings

    async def rows(self) -> tuple[TargetView, ...]:
        """All targets by name."""
        return tuple([await self._view(target) for target in await self._store.targets()])

    async def view(self, name: str) -> TargetView:
        """One target; raises NotFound."""
        return await self._view(await self.target(name))

    async def target(self, name: str) -> Target:
        """The target itself; raises NotFound."""
        targets = {target.name: target for target in await self._store.targets()}
        if name not in targets:
            raise NotFound(f"there is no target {name!r}", hint=f"The targets are: {', '.join(targets)}.")
        return targets[name]

    async def chosen(self, name: str | None) -> Target:
        """The target of that name, or the one that the settings name where nothing was said; raises NotFound.

        How often jobs are tried again is as the settings have it where the target does not say it.
        """
        settings = await self._settings()
        target = await self.target(name or settings.default_target)
        retries = settings.retries if target.retries is None else target.retries
        retry = {**read_retry_words(settings.retry), **target.retry}
        return target.model_copy(update={"retries": retries, "retry": retry})

    async def put(self, target: Target) -> TargetView:
        """Add or change a target. Jobs that are there already keep their directories."""
        ways = self._reconciler.ways
        for word, name, known in (
            ("transport", target.transport, ways.transports),
            ("scheduler", target.scheduler, ways.schedulers),
        ):
            if name not in known:
                raise BadInput(f"there is no {word} {name!r}", hint=f"Known are: {', '.join(sorted(known))}.")
        await self._store.put_target(target)
        self._reconciler.forget(target.name)
        return await self._view(target)

    async def drop(self, name: str) -> None:
        """Remove a target from the list; raises Conflict while jobs there are open. Nothing there is touched."""
        await self._store.drop_target(name)
        self._reconciler.forget(name)
        self._reconciler.connections.drop(name)

    async def rename(self, name: str, new: str) -> TargetView:
        """Call a target otherwise; its jobs that are over follow. Raises NotFound, and Conflict while jobs are open.

        What lies there is not touched: its records keep the former name, and are found all the same. The default target
        stays the default.
        """
        is_default = (await self._settings()).default_target == name
        await self._store.rename_target(name, new)
        if is_default:
            await self._store.put_setting(DEFAULT_TARGET, new)
        target = await self.target(new)
        self._reconciler.connections.rename(name, target)
        self._reconciler.forget(name)
        return await self._view(target)

    async def check(self, name: str) -> TargetCheck:
        """Look whether jobs could run there now. The root and the scratch are made where they are missing."""
        target = await self.target(name)
        transport = self._reconciler.transport(target)
        try:
            findings = await _probe(target, transport, self._reconciler.clock())
        except TargetError as trouble:
            where = SHELL if isinstance(trouble, Garbled) else LOGIN
            return TargetCheck(target=name, findings=(error(where, trouble.message, remedy=trouble.hint),))
        asked = await self._scheduler(target, transport)
        return TargetCheck(target=name, findings=(*findings, *asked), looked=looked_at(target))

    async def look(self, name: str) -> TargetLook:
        """What the machine tells of itself to whoever makes a target of it; raises TargetError when it does not."""
        target = await self.target(name)
        answer = await self._reconciler.transport(target).run(Command(argv=("sh", "-c", _LOOK), timeout_s=_LOOK_S))
        return told(name, whole("\n".join(map(spell, answer.stdout.split(b"\n")))))

    async def _scheduler(self, target: Target, transport: Transport) -> tuple[Finding, ...]:
        """Ask the scheduler about no job at all: that it answers is what matters."""
        scheduler = self._reconciler.ways.schedulers[target.scheduler].at(target)
        try:
            scheduler.parse_list((), await transport.run(scheduler.list(())))
        except TargetError as trouble:
            look = f"Look there whether {target.scheduler} works, and at: argosy console {target.name}"
            return (error(SCHEDULER, trouble.message, remedy=trouble.hint or look),)
        return ()

    async def _view(self, target: Target) -> TargetView:
        standing = self._reconciler.standing(target.name)
        open_count = await self._store.open_count(target.name)
        return TargetView(
            name=target.name,
            transport=target.transport,
            scheduler=target.scheduler,
            root=target.root,
            state=standing.state,
            words=standing.words,
            live=standing.live,
            queued=max(open_count - standing.live, 0),
            connection=self._reconciler.connections.view(target),
            profile=target.model_dump(mode="json"),
        )


async def _probe(target: Target, transport: Transport, now: datetime) -> tuple[Finding, ...]:
    """What is wrong with the machine and with the places of the target on it."""
    places = [unspell(place) for place in (target.root, target.scratch) if place]
    answer = await transport.run(Command(argv=("sh", "-c", _PROBE, "argosy", *places), timeout_s=_LOOK_S))
    return findings_of(target, Probed(whole(answer.stdout.decode("utf-8", "replace")), now))
