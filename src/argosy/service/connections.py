"""How all targets are connected: one link each, for as long as the server runs, whoever asks."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any

from argosy.contracts import Entry, Store, Transport
from argosy.core.connection import Connection, ConnectionState, ConsolePage, Replies, Usage
from argosy.core.errors import ArgosyError, NeedsLogin, Unreachable
from argosy.core.home import Home
from argosy.core.target import Target
from argosy.core.views import Sending
from argosy.service.left import Left
from argosy.service.link import Link, Office, Opener, let_go
from argosy.service.logins import PATIENCE_S
from argosy.service.politeness import Polite

_QUICK_S = 2.0
"""How long a window waits for the first question of a login before it is told that the login is under way."""
_CLOSING_S = 5.0

_log = logging.getLogger("argosy.connections")


class Connections:
    """All links of this server. ``ring`` is called with a target where things can go on."""

    def __init__(
        self,
        home: Home,
        *,
        openers: Mapping[str, Opener],
        store: Store,
        clock: Callable[[], datetime],
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._openers = openers
        self._store = store
        self._left = Left(home.state / "disconnected.json")
        self._links: dict[str, Link] = {}
        self._published: dict[str, tuple[str, str, str]] = {}
        self._outbox: list[Entry] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._office = Office(home=home, clock=clock, told=self._told, left=self._left, patience_s=patience_s)
        self.ring: Callable[[str], None] = lambda _target: None
        self.stirred: Callable[[], None] = lambda: None

    # --- for rounds and windows -------------------------------------------------------------------------------------

    def transport(self, target: Target, *, first: bool = False) -> Transport:
        """The one way to a target's machine; ``first`` is for rounds. Raises Unreachable when it is not installed."""
        return Polite(self._link(target), first=first)

    def waits(self, target: Target) -> NeedsLogin | None:
        """Why nothing can be done at a target before a person has acted; None when nobody has to."""
        return self._link(target).waits()

    def connected(self, target: Target) -> bool:
        """Whether it can be asked without a login."""
        return self.view(target).state is ConnectionState.CONNECTED

    def waiting(self, name: str) -> NeedsLogin | None:
        """The same by name; None also for a target that nobody has used yet."""
        return self._links[name].waits() if name in self._links else None

    def sending(self, name: str) -> Sending | None:
        """What is on its way to a target now, if anything is."""
        return self._links[name].sending if name in self._links else None

    # --- for windows ------------------------------------------------------------------------------------------------

    def view(self, target: Target) -> Connection:
        """How a target is connected now."""
        try:
            return self._link(target).connection
        except ArgosyError as trouble:
            return Connection(
                target=target.name,
                state=ConnectionState.DISCONNECTED,
                words=trouble.message,
                hint=trouble.hint,
                since=self._office.clock(),
            )

    async def settled(self, target: Target, *, seen: str = "", wait_s: float = 0.0) -> Connection:
        """How it is connected as soon as a person has something to do, or after ``wait_s``."""
        return await self._link(target).settled(seen=seen, wait_s=wait_s) if wait_s else self.view(target)

    async def connect(self, target: Target) -> Connection:
        """Begin a login, or join the one that is under way; returns with its first question, if that comes soon."""
        link = self._link(target)
        link.begin()
        return await link.settled(seen="", wait_s=_QUICK_S)

    def reply(self, target: Target, replies: Replies) -> Connection:
        """Hand on what a person answered; raises Conflict when nobody asks this."""
        link = self._link(target)
        link.reply(replies)
        return link.connection

    async def disconnect(self, target: Target) -> Connection:
        """Log out and forget all secrets; the target's jobs wait until somebody connects it again."""
        link = self._link(target)
        await link.leave()
        return link.connection

    async def console(self, target: Target, *, after: int, limit: int, wait_s: float) -> ConsolePage:
        """What was said and done on the connection, oldest first."""
        return await self._link(target).console.page(target.name, after=after, limit=limit, wait_s=wait_s)

    def usage(self, target: Target) -> Usage:
        """What the target has been asked for."""
        return self._link(target).usage()

    # --- changes and the end ----------------------------------------------------------------------------------------

    def drop(self, name: str) -> None:
        """A target is gone: its connection goes, too."""
        link = self._links.pop(name, None)
        self._published.pop(name, None)
        self._left.remove(name)
        if link is not None:
            self._in_background(link.close())

    def rename(self, former: str, target: Target) -> None:
        """A target is called otherwise now. It stays connected, or left, as it was."""
        if former in self._left:
            self._left.add(target.name)
        elif former in self._links:
            self._link(target)  # it takes a share of the connection before the former one gives its own back
        self.drop(former)

    async def close(self) -> None:
        """Let go of all machines, and write down what happened last. One that hangs is not waited for long."""
        for name in list(self._links):
            self._in_background(self._links.pop(name).close())
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=_CLOSING_S)

    def _link(self, target: Target) -> Link:
        link = self._links.get(target.name)
        if link is None:
            link = Link(target, self._opener(target), self._office)
            self._links[target.name] = link
        elif link.target != target:
            former = link.change(target, self._opener(target))
            if former is not None:
                self._in_background(let_go(former))
        return link

    def _opener(self, target: Target) -> Opener:
        if target.transport not in self._openers:
            known = ", ".join(sorted(self._openers))
            message = f"the transport {target.transport!r} of target {target.name} is not installed"
            raise Unreachable(message, hint=f"Install its plug-in; known are: {known}.")
        return self._openers[target.transport]

    def _in_background(self, act: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(act)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- what the world is told -------------------------------------------------------------------------------------

    def _told(self, name: str, connection: Connection) -> None:
        """Write an event for a change that matters: what comes and goes by itself is told once each way."""
        asked = f"asks: {connection.prompt.title}" if connection.prompt else ""
        if connection.state is ConnectionState.CONNECTING and not asked:
            return
        told = (connection.state, connection.prompt.id if connection.prompt else "", connection.words)
        if self._published.get(name) == told:
            return
        self._published[name] = told
        if connection.state is ConnectionState.CONNECTED:
            self.ring(name)
        words = ": ".join(filter(None, (connection.state, asked or connection.words)))
        self._outbox.append(Entry(kind="connection", target=name, words=words))
        if len(self._outbox) == 1:
            self._in_background(self._post())

    async def _post(self) -> None:
        """Write down all that waits to be written down, in order."""
        while self._outbox:
            entries = list(self._outbox)
            try:
                await self._store.log(entries)
            except ArgosyError as trouble:
                _log.error("changes of connections cannot be written down: %s", trouble.message)
            del self._outbox[: len(entries)]
        self.stirred()
