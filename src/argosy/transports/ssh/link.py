"""The one connection to a machine for one account, shared by all targets that are reached that way."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from argosy.core.connection import ConnectionState, Person
from argosy.core.errors import NeedsLogin, Unreachable
from argosy.transports.far.line import Channel, Line, Starter
from argosy.transports.ssh.asking import Asking
from argosy.transports.ssh.backoff import Backoff
from argosy.transports.ssh.slots import Slots

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


class Asker(Protocol):
    """A target for which something is done."""

    @property
    def target(self) -> str:
        """Its name."""
        ...

    def tell(self, words: str) -> None:
        """A step of a login."""
        ...

    def another_login(self) -> bool:
        """Whether its budget has room for one more login beside the one that connects it; it is counted then."""
        ...


class Listener(Asker, Protocol):
    """A target that uses the link."""

    def moved(self) -> None:
        """The condition of the link is another one."""
        ...

    def give_back(self) -> None:
        """Close a channel that is at rest: somebody waits, and there is no other."""
        ...


class ChannelRefused(Exception):
    """The machine opened no channel; the connection stands."""


class Beside(Protocol):
    """Another connection beside one that stands, for what is large."""

    async def starter(self, asker: Asker, line: Line, size: int) -> Starter | None:
        """What starts commands that move so many bytes; None when they go by ``line`` as usual."""
        ...


class Stand(Protocol):
    """A connection that stands."""

    @property
    def second(self) -> Beside | None:
        """What large contents may travel by instead; None where there is nothing faster."""
        ...

    @property
    def words(self) -> str:
        """Who is logged in, and where."""
        ...

    @property
    def lost(self) -> str | None:
        """Why it stands no more; None while it stands."""
        ...

    async def start(self, command: bytes, left: Callable[[], None]) -> Channel:
        """A command on a channel of its own; ``left`` is called once, when the channel is closed.

        Raises ChannelRefused, and Unreachable when the connection was cut before the command began.
        """
        ...

    async def hang_up(self) -> None:
        """End it at once; ``lost`` says so afterwards."""
        ...

    async def let_go(self) -> None:
        """Leave it to itself, where it can live on without us; else end it."""
        ...


class Way(Protocol):
    """How connections are made: by our own means, or by the system's ssh."""

    async def dial(self, target: str, tell: Callable[[str], None], asking: Asking | None) -> Stand:
        """A connection; without ``asking`` only by means that need no person. Raises NeedsLogin and Unreachable."""
        ...

    def watch(self, stand: Stand, lost: Callable[[], None]) -> None:
        """Call ``lost`` once the connection stands no more."""
        ...

    async def forget(self) -> None:
        """Forget all secrets."""
        ...


@dataclass
class Link:
    """Comes up when it is needed, as long as that needs no person; one dial at a time, whoever asks."""

    host: str
    way: Way
    listeners: list[Listener] = field(default_factory=list[Listener])
    condition: Condition = field(default_factory=lambda: _now(ConnectionState.DISCONNECTED, "not connected yet"))
    slots: Slots = field(init=False)
    _backoff: Backoff | None = None
    _barred: NeedsLogin | None = None
    _stand: Stand | None = None
    _dialling: "asyncio.Task[None] | None" = None
    _with_person: bool = False
    _stood: bool = False

    def __post_init__(self) -> None:
        self.slots = self._places()

    # --- up and down -------------------------------------------------------------------------------------------------

    async def up(self, asker: Listener) -> Stand:
        """The connection; dialled without a person when it is down. Raises NeedsLogin and Unreachable."""
        while self._stand is None:
            if self._barred is not None:
                raise NeedsLogin(self._barred.message, hint=self._barred.hint)
            if self._with_person:
                raise NeedsLogin(f"somebody is logging in at {self.host} now", hint="Wait for the login to end.")
            self._pauses().check()
            if self._dialling is None:
                self._dialling = asyncio.create_task(self._dial(asker, None))
                self._dialling.add_done_callback(_seen)
            await asyncio.shield(self._dialling)
        return self._stand

    async def connect(self, asker: Listener, person: Person) -> None:
        """Come up with a person's help; nothing when it stands. Raises NeedsLogin and Unreachable."""
        while self._dialling is not None and self._stand is None:
            if self._with_person:
                raise NeedsLogin(f"somebody is logging in at {self.host} now", hint="Wait for the login to end.")
            await asyncio.wait({self._dialling})
        if self._stand is not None:
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
        await self.way.forget()
        self._barred = None
        self._stood = False
        self._pauses().worked()
        stand, self._stand = self._stand, None
        if stand is not None:
            await stand.hang_up()
        self._is_down("logged out")

    async def close(self) -> None:
        """Let go of it for good."""
        await self._stop_dialling()
        stand, self._stand = self._stand, None
        if stand is not None:
            await stand.let_go()
        self._is_down("the server lets go of it")

    async def _stop_dialling(self) -> None:
        if self._dialling is not None:
            self._dialling.cancel()
            await asyncio.gather(self._dialling, return_exceptions=True)

    def _is_down(self, words: str) -> None:
        if self.condition.state is not ConnectionState.DISCONNECTED:
            self._move(ConnectionState.DISCONNECTED, words)

    async def _dial(self, asker: Listener, asking: Asking | None) -> None:
        """One dial, whose end everybody sees. The task's error is the dial's."""
        try:
            self._move(ConnectionState.CONNECTING, f"connecting to {self.host}")
            stand = await self.way.dial(asker.target, asker.tell, asking)
        except NeedsLogin as trouble:
            self._barred = trouble
            expired = self._stood and asking is None
            state = ConnectionState.EXPIRED if expired else ConnectionState.NEEDS_LOGIN
            self._move(state, trouble.message, trouble.hint)
            raise
        except Unreachable as trouble:
            self._pauses().failed(trouble)
            self._move(self._fallen, trouble.message, trouble.hint)
            raise
        except asyncio.CancelledError:
            self._move(self._fallen, "the login was given up")
            raise
        else:
            self._stands(stand)
        finally:
            self._dialling = None

    @property
    def _fallen(self) -> ConnectionState:
        return ConnectionState.NEEDS_LOGIN if self._barred is not None else ConnectionState.DISCONNECTED

    def _stands(self, stand: Stand) -> None:
        self._stand = stand
        self._barred = None
        self._stood = True
        self._pauses().worked()
        self.slots = self._places()
        self._move(ConnectionState.CONNECTED, stand.words)
        self.way.watch(stand, lambda: self._lost(stand))

    def _lost(self, stand: Stand) -> None:
        """The connection ended, and not by us."""
        if self._stand is stand:
            self._stand = None
            self._move(ConnectionState.DISCONNECTED, f"the connection was lost: {stand.lost}")

    # --- channels ----------------------------------------------------------------------------------------------------

    @property
    def second(self) -> Beside | None:
        """What large contents may travel by instead, while the connection stands."""
        return self._stand.second if self._stand is not None else None

    async def open(self, asker: Listener, command: bytes, *, lent: bool) -> Channel:
        """Start a command, once a channel is to be had. Raises Unreachable and NeedsLogin."""
        try:
            async with asyncio.timeout(CHANNEL_WAIT_S):
                return await self._open(asker, command, lent=lent)
        except TimeoutError:
            raise Unreachable(f"no channel to {self.host} was free within {CHANNEL_WAIT_S:.0f} s") from None

    async def _open(self, asker: Listener, command: bytes, *, lent: bool) -> Channel:
        refusals = most_open = 0
        while True:
            stand = await self.up(asker)
            try:
                return await self._started(stand, command, lent=lent)
            except ChannelRefused as trouble:
                if refusals == len(REFUSED_PAUSES_S):
                    raise Unreachable(
                        f"{self.host} opens no channel: {trouble}",
                        hint="Look whether this account may run commands there (MaxSessions, ForceCommand).",
                    ) from trouble
            except Unreachable:
                if stand is self._stand:
                    raise
                continue  # the line was cut before the command began
            most_open = max(most_open, self.slots.open)
            await asyncio.sleep(REFUSED_PAUSES_S[refusals])
            refusals += 1
            if refusals >= PAUSES_BEFORE_FEWER and most_open:
                self.slots.fewer(most_open)
                refusals = most_open = 0

    async def _started(self, stand: Stand, command: bytes, *, lent: bool) -> Channel:
        slots = self.slots
        await slots.take()
        try:
            channel = await stand.start(command, partial(slots.closed, lent=lent))
        except BaseException:
            slots.give()
            raise
        slots.opened(lent=lent)
        return channel

    def _places(self) -> Slots:
        def crowded() -> None:
            for listener in tuple(self.listeners):
                listener.give_back()

        return Slots(crowded=crowded)

    # --- words -------------------------------------------------------------------------------------------------------

    def _pauses(self) -> Backoff:
        if self._backoff is None:
            self._backoff = Backoff(asyncio.get_running_loop().time)
        return self._backoff

    def _move(self, state: ConnectionState, words: str, hint: str = "") -> None:
        self.condition = Condition(state, words, hint, datetime.now(UTC))
        for listener in tuple(self.listeners):
            listener.moved()


def _seen(dialling: "asyncio.Task[None]") -> None:
    """The error of a dial is told by its state, also when all who waited for it have gone."""
    if not dialling.cancelled():
        dialling.exception()


def _now(state: ConnectionState, words: str) -> Condition:
    return Condition(state, words, "", datetime.now(UTC))
