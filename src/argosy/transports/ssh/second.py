"""A second connection to the same machine, of the system's ssh: large contents travel by it.

Our own connections are bound by what Python can do with packets; the system's ssh moves several times as much with the
same processor. It costs one more login, so it is made only for much, only where that login needs nobody, and it is kept
for a while. Where it is not to be had, everything goes the usual way.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from argosy.core.errors import Denied, NeedsLogin, Unreachable
from argosy.transports.far.line import Channel, Line, Starter
from argosy.transports.far.streams import Opened, everything
from argosy.transports.ssh.link import Asker, ChannelRefused, Stand

MUCH = 64 << 20
"""From so many bytes on a second login is worth its while: what is less has arrived before it would be through."""

REST_S = 120.0
"""So long it is kept when nothing travels by it: what comes soon after needs no login."""

_WHERE = b"uname -n; cat /proc/sys/kernel/random/boot_id 2>/dev/null\n"
_TROUBLES = (Unreachable, NeedsLogin, Denied, ChannelRefused)

Dial = Callable[[str, Callable[[str], None], Callable[[], None]], Awaitable[Stand]]
"""Makes it for a target, without a person, and tells its steps; the last argument is called once when it is lost."""


@dataclass
class Second:
    """Beside one connection of our own, and gone with it. One login at a time; after trouble none is tried again."""

    dial: Dial
    _stand: Stand | None = None
    _refused: bool = False
    _busy: int = 0
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    _rest: asyncio.TimerHandle | None = None
    _ending: "asyncio.Task[None] | None" = None

    async def starter(self, asker: Asker, line: Line, size: int) -> Starter | None:
        """What starts commands that move so many bytes; None when they go by ``line`` as usual."""
        if size < MUCH or self._refused:
            return None
        async with self._opening:
            if self._stand is None and not self._refused:
                await self._up(asker, line)
            return None if self._stand is None else _Beside(self, asker, line)

    async def start(self, command: bytes) -> Channel:
        """A command on a channel of it. Raises ChannelRefused and Unreachable."""
        if self._stand is None:
            raise Unreachable("the second connection is gone")
        self._keep()
        self._busy += 1
        try:
            return await self._stand.start(command, self._left)
        except BaseException:
            self._left()
            raise

    async def close(self) -> None:
        """End it for good."""
        self._refused = True
        self._keep()
        stand, self._stand = self._stand, None
        if stand is not None:
            await stand.hang_up()

    async def _up(self, asker: Asker, line: Line) -> None:
        def tell(words: str) -> None:
            asker.tell(f"second connection, for large files: {words}")

        if not asker.another_login():
            tell("the budget of logins has no room for it now; they go by the first one")
            return
        try:
            here = await _whereabouts(line)
            self._stand = await self.dial(asker.target, tell, lambda: self._lost(tell))
            await _same_place(self._stand, here)
        except _TROUBLES as trouble:
            await self.close()
            tell(f"{getattr(trouble, 'message', trouble)}; they go by the first one")
        except BaseException:
            stand, self._stand = self._stand, None
            if stand is not None:
                await stand.hang_up()
            raise
        else:
            self._rest_begins()

    def _lost(self, tell: Callable[[str], None]) -> None:
        """It ended, and not by us: it is not trusted again."""
        if (stand := self._stand) is not None:
            self._stand, self._refused = None, True
            self._keep()
            tell(f"it was lost: {stand.lost}; they go by the first one from now on")

    def _left(self) -> None:
        self._busy -= 1
        if not self._busy:
            self._rest_begins()

    def _rest_begins(self) -> None:
        self._keep()
        self._rest = asyncio.get_running_loop().call_later(REST_S, self._rested)

    def _rested(self) -> None:
        stand, self._stand = self._stand, None
        if stand is not None:
            self._ending = asyncio.create_task(stand.hang_up())

    def _keep(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None


@dataclass(frozen=True)
class _Beside:
    """Starts commands by the second connection, and by the line where that one starts none."""

    second: Second
    asker: Asker
    line: Line

    async def open(self, command: bytes, *, lent: bool = False) -> Channel:
        try:
            return await self.second.start(command)
        except (ChannelRefused, Unreachable) as trouble:
            self.asker.tell(f"second connection, for large files: {trouble}; it goes by the first one")
            return await self.line.open(command, lent=lent)


@dataclass(frozen=True)
class _Plain:
    """A connection that nobody else uses yet."""

    stand: Stand

    async def open(self, command: bytes, *, lent: bool = False) -> Channel:
        del lent
        return await self.stand.start(command, lambda: None)


async def _same_place(stand: Stand, here: bytes) -> None:
    """Raises Unreachable when a connection leads elsewhere: a name may lead to another node of a cluster each time."""
    if await _whereabouts(_Plain(stand)) != here:
        raise Unreachable("it leads to another machine behind the same name")


async def _whereabouts(starter: Starter) -> bytes:
    """Which machine it is, and since which start of it."""
    channel = await Opened.of(starter, _WHERE)
    try:
        return await everything(channel.receive)
    finally:
        await channel.close()
