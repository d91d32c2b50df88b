"""The one connection to a machine for one account, shared by all targets that are reached that way."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, cast

import asyncssh

from argosy.core.connection import ConnectionState, Person
from argosy.core.errors import NeedsLogin, Unreachable
from argosy.core.target import Ssh
from argosy.transports.ssh.asking import Asking
from argosy.transports.ssh.backoff import Backoff
from argosy.transports.ssh.channel import WINDOW, AsyncsshChannel, Session
from argosy.transports.ssh.dial import Dialler, Reached, hang_up
from argosy.transports.ssh.login import Caller, Memory
from argosy.transports.ssh.route import Route, resolve
from argosy.transports.ssh.slots import Slots
from argosy.transports.ssh.wallet import Wallet

CHANNEL_WAIT_S = 60.0
"""How long a command waits for a channel before it counts as not to be had."""

REFUSED_PAUSES_S = (0.01, 0.05, 0.2, 0.4, 0.8, 1.6, 2.0)
"""A channel that was let go of is free only when the server has noticed that its command is over."""

PAUSES_BEFORE_FEWER = 3
"""So many refusals in a row mean that there is room for fewer channels than are open or on their way."""


@dataclass(frozen=True)
class Condition:
    """Where the connection is, in words, and since when."""

    state: ConnectionState
    words: str
    hint: str
    since: datetime


class Listener(Protocol):
    """A target that uses the link."""

    @property
    def target(self) -> str:
        """Its name."""
        ...

    def moved(self) -> None:
        """The condition of the link is another one."""
        ...

    def tell(self, words: str) -> None:
        """A step of a login."""
        ...


@dataclass
class Link:
    """Comes up when it is needed, as long as that needs no person; one dial at a time, whoever asks."""

    ssh: Ssh
    own_hosts: Path
    listeners: list[Listener] = field(default_factory=list[Listener])
    condition: Condition = field(default_factory=lambda: _now(ConnectionState.DISCONNECTED, "not connected yet"))
    slots: Slots = field(default_factory=Slots)
    _memory: Memory = field(init=False)
    _backoff: Backoff | None = None
    _barred: NeedsLogin | None = None
    _reached: Reached | None = None
    _dialling: "asyncio.Task[None] | None" = None
    _with_person: bool = False
    _stood: bool = False
    _route: Route = ()

    def __post_init__(self) -> None:
        self._memory = Memory(Wallet(self.ssh.keyring, self._say))

    # --- up and down -------------------------------------------------------------------------------------------------

    async def up(self, asker: Listener) -> asyncssh.SSHClientConnection:
        """The connection; dialled without a person when it is down. Raises NeedsLogin and Unreachable."""
        while self._reached is None:
            if self._barred is not None:
                raise NeedsLogin(self._barred.message, hint=self._barred.hint)
            if self._with_person:
                raise NeedsLogin(f"somebody is logging in at {self.ssh.host} now", hint="Wait for the login to end.")
            self._pauses().check()
            if self._dialling is None:
                self._dialling = asyncio.create_task(self._dial(asker, None))
                self._dialling.add_done_callback(_seen)
            await asyncio.shield(self._dialling)
        return self._reached.conn

    async def connect(self, asker: Listener, person: Person) -> None:
        """Come up with a person's help; nothing when it stands. Raises NeedsLogin and Unreachable."""
        while self._dialling is not None and self._reached is None:
            if self._with_person:
                raise NeedsLogin(f"somebody is logging in at {self.ssh.host} now", hint="Wait for the login to end.")
            await asyncio.wait({self._dialling})
        if self._reached is not None:
            return
        asking = Asking(person, asker.target)
        self._with_person = True
        self._dialling = asyncio.create_task(self._dial(asker, asking))
        try:
            await self._dialling
        finally:
            self._with_person = False
            asking.drop()

    async def disconnect(self) -> None:
        """Go down, and forget all secrets."""
        await self._stop_dialling()
        keys = tuple(str(path) for hop in self._route for path in hop.identities)
        await self._memory.wallet.clear(tuple(hop.account for hop in self._route), keys)
        self._memory.late.clear()
        self._memory.plain.clear()
        self._barred = None
        self._stood = False
        self._pauses().worked()
        self._down("logged out")

    async def close(self) -> None:
        """Go down for good."""
        await self._stop_dialling()
        self._down("the server lets go of it")

    @property
    def _conn(self) -> asyncssh.SSHClientConnection | None:
        return self._reached.conn if self._reached is not None else None

    async def _stop_dialling(self) -> None:
        if self._dialling is not None:
            self._dialling.cancel()
            await asyncio.gather(self._dialling, return_exceptions=True)

    def _down(self, words: str) -> None:
        reached, self._reached = self._reached, None
        if reached is not None:
            hang_up(reached.conns)
        if self.condition.state is not ConnectionState.DISCONNECTED:
            self._move(ConnectionState.DISCONNECTED, words)

    async def _dial(self, asker: Listener, asking: Asking | None) -> None:
        """One dial, whose end everybody sees. The task's error is the dial's."""
        try:
            self._move(ConnectionState.CONNECTING, f"connecting to {self.ssh.host}")
            self._route = await asyncio.to_thread(resolve, self.ssh)
            dialler = Dialler(asker.target, self._memory, self.own_hosts, asker.tell, asking)
            reached = await dialler.dial(self._route)
        except NeedsLogin as trouble:
            self._barred = trouble
            expired = self._stood and asking is None
            state = ConnectionState.EXPIRED if expired else ConnectionState.NEEDS_LOGIN
            self._move(state, trouble.message, trouble.hint)
            raise
        except Unreachable as trouble:
            self._pauses().failed(trouble)
            self._move(ConnectionState.DISCONNECTED, trouble.message, trouble.hint)
            raise
        except asyncio.CancelledError:
            self._move(self._fallen, "the login was given up")
            raise
        else:
            self._stands(reached)
        finally:
            self._dialling = None

    @property
    def _fallen(self) -> ConnectionState:
        return ConnectionState.NEEDS_LOGIN if self._barred is not None else ConnectionState.DISCONNECTED

    def _stands(self, reached: Reached) -> None:
        self._reached = reached
        self._barred = None
        self._stood = True
        self._pauses().worked()
        self.slots = Slots()
        last = self._route[-1]
        self._move(ConnectionState.CONNECTED, f"logged in as {last.account}")
        reached.caller.on_lost = self._lost
        if reached.caller.lost.is_set():
            self._lost(reached.caller)

    def _lost(self, caller: Caller) -> None:
        """The connection ended, and not by us."""
        reached = self._reached
        if reached is not None and reached.caller is caller:
            self._reached = None
            hang_up(reached.conns)
            why = str(caller.reason) if caller.reason else "it was closed there"
            self._move(ConnectionState.DISCONNECTED, f"the connection was lost: {why}")

    # --- channels ----------------------------------------------------------------------------------------------------

    async def open(self, asker: Listener, command: bytes) -> AsyncsshChannel:
        """Start a command, once a channel is to be had. Raises Unreachable and NeedsLogin."""
        try:
            async with asyncio.timeout(CHANNEL_WAIT_S):
                return await self._open(asker, command)
        except TimeoutError:
            raise Unreachable(f"no channel to {self.ssh.host} was free within {CHANNEL_WAIT_S:.0f} s") from None

    async def _open(self, asker: Listener, command: bytes) -> AsyncsshChannel:
        refusals = most_open = 0
        while True:
            conn = await self.up(asker)
            slots = self.slots
            await slots.take()
            try:
                return await _started(conn, command, slots)
            except BaseException as trouble:
                slots.give()
                if conn is not self._conn and isinstance(trouble, OSError | asyncssh.Error):
                    continue  # the line was cut before the command began
                if not isinstance(trouble, asyncssh.ChannelOpenError):
                    raise
                if refusals == len(REFUSED_PAUSES_S):
                    raise Unreachable(
                        f"{self.ssh.host} opens no channel: {trouble.reason}",
                        hint="Look whether this account may run commands there (MaxSessions, ForceCommand).",
                    ) from trouble
            most_open = max(most_open, slots.open)
            await asyncio.sleep(REFUSED_PAUSES_S[refusals])
            refusals += 1
            if refusals >= PAUSES_BEFORE_FEWER and most_open:
                slots.fewer(most_open)
                refusals = most_open = 0

    # --- words -------------------------------------------------------------------------------------------------------

    def _pauses(self) -> Backoff:
        if self._backoff is None:
            self._backoff = Backoff(asyncio.get_running_loop().time)
        return self._backoff

    def _move(self, state: ConnectionState, words: str, hint: str = "") -> None:
        self.condition = Condition(state, words, hint, datetime.now(UTC))
        for listener in tuple(self.listeners):
            listener.moved()

    def _say(self, words: str) -> None:
        for listener in tuple(self.listeners):
            listener.tell(words)


async def _started(conn: asyncssh.SSHClientConnection, command: bytes, slots: Slots) -> AsyncsshChannel:
    """A channel with the command on it. When we are cancelled meanwhile, the channel is closed as soon as it opens."""
    create: Any = cast("Any", conn).create_session  # its annotations leave holes
    opening: asyncio.Task[Any] = asyncio.create_task(
        create(Session, command.decode("ascii"), encoding=None, request_pty=False, window=WINDOW)
    )
    try:
        chan, session = await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_abort)
        raise
    slots.opened()
    return AsyncsshChannel(chan, session, slots.closed)


def _abort(opening: "asyncio.Task[Any]") -> None:
    with contextlib.suppress(Exception, asyncio.CancelledError):
        opening.result()[0].abort()


def _seen(dialling: "asyncio.Task[None]") -> None:
    """The error of a dial is told by its state, also when all who waited for it have gone."""
    if not dialling.cancelled():
        dialling.exception()


def _now(state: ConnectionState, words: str) -> Condition:
    return Condition(state, words, "", datetime.now(UTC))
