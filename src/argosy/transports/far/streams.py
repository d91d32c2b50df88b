"""Commands with a channel of their own: what is too large, or takes too long, for the shell that stays.

There are no time limits on streams: the line itself notices when the machine does not answer any more.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable

from argosy.core.command import Answer
from argosy.core.errors import Garbled, NeedsLogin, Unreachable
from argosy.transports.far.line import Channel, Starter
from argosy.transports.far.spoken import spoken

PIECE = 1 << 18

Count = Callable[[int], None]


class Opened:
    """A script that runs on a channel of its own; what login files printed before it is left out."""

    def __init__(self, line: Starter, channel: Channel) -> None:
        self._line, self._channel = line, channel
        self._held = self._complained = b""
        self._group = b""

    @classmethod
    async def of(cls, line: Starter, script: bytes) -> "Opened":
        """Begin a script; returns when it runs."""
        mark = secrets.token_hex(12).encode("ascii")
        begin = b'printf "\\n%s %s\\n" ' + mark + b' "$$"; printf "\\n%s\\n" ' + mark + b" >&2\n"
        opened = cls(line, await line.open(spoken(begin + script)))
        try:
            await opened._begin(b"\n" + mark)
        except BaseException:
            await opened.close()
            raise
        return opened

    async def send(self, data: bytes) -> None:
        """Give it bytes."""
        await self._channel.send(data)

    async def end(self) -> None:
        """Close its input."""
        await self._channel.end()

    async def receive(self, limit: int = PIECE) -> bytes:
        """Some of its output; nothing at its end."""
        if self._held:
            piece, self._held = self._held[:limit], self._held[limit:]
            return piece
        return await self._channel.receive(limit)

    async def complaints(self) -> bytes:
        """Some of its standard error; nothing at its end."""
        if self._complained:
            piece, self._complained = self._complained, b""
            return piece
        return await self._channel.complaints()

    async def code(self) -> int:
        """Its exit code, once it has ended."""
        return await self._channel.code()

    async def close(self) -> None:
        """Let go of it."""
        await self._channel.close()

    async def kill(self) -> None:
        """End it with all that it has started, as far as the machine allows."""
        over = bool(self._group) and await self._channel.kill()
        await self.close()
        if over:
            return
        if self._group:
            with contextlib.suppress(Unreachable, NeedsLogin):
                killer = await self._line.open(spoken(b"kill -s KILL -- -" + self._group))
                await killer.code()
                await killer.close()

    async def _begin(self, mark: bytes) -> None:
        pid, self._held = await self._behind(mark, self._channel.receive)
        self._group = pid.strip() if pid.strip().isdigit() else b""
        _, self._complained = await self._behind(mark, self._channel.complaints)

    async def _behind(self, mark: bytes, read: Callable[[], Awaitable[bytes]]) -> tuple[bytes, bytes]:
        """What stands in the line of the mark, and what has come behind it."""
        held = b""
        while (at := held.find(mark)) < 0 or (end := held.find(b"\n", at + len(mark))) < 0:
            piece = await read()
            if not piece:
                said = (held + await everything(self._channel.complaints)).decode("utf-8", "replace").strip()
                raise Garbled(f"no shell could be started there: {said[-300:] or 'it said nothing'}")
            held += piece
        return held[at + len(mark) : end], held[end + 1 :]


async def fed(
    line: Starter, script: bytes, pieces: AsyncGenerator[bytes, None], *, sent: Count | None = None
) -> Answer:
    """Run a script with a stream as its input; returns when it has ended. What it does not read is no fault.

    Whatever ``pieces`` raises ends the script, and comes out here.
    """
    channel = await Opened.of(line, script)
    feeding = asyncio.create_task(_feed(channel, pieces, sent))
    reading = asyncio.gather(everything(channel.receive), everything(channel.complaints))
    try:
        await asyncio.wait({feeding, reading}, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            await feeding
        stdout, stderr = await reading
        return Answer(code=await channel.code(), stdout=stdout, stderr=stderr)
    except BaseException:
        await to_its_end(channel.kill())
        raise
    finally:
        feeding.cancel()
        reading.cancel()
        await asyncio.gather(feeding, reading, return_exceptions=True)
        await channel.close()


async def to_its_end(act: Awaitable[None]) -> None:
    """Do it even while we are being cancelled."""
    task = asyncio.ensure_future(act)
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(task)


async def everything(read: Callable[[], Awaitable[bytes]]) -> bytes:
    """All that a stream holds, to its end."""
    pieces: list[bytes] = []
    while piece := await read():
        pieces.append(piece)
    return b"".join(pieces)


async def nothing() -> AsyncGenerator[bytes, None]:
    """A stream without bytes."""
    for piece in ():
        yield piece


async def once(data: bytes) -> AsyncGenerator[bytes, None]:
    """A stream of these bytes."""
    for start in range(0, len(data), PIECE):
        yield data[start : start + PIECE]


async def _feed(channel: Opened, pieces: AsyncGenerator[bytes, None], sent: Count | None) -> None:
    async with contextlib.aclosing(pieces):
        async for piece in pieces:
            try:
                await channel.send(piece)
            except Unreachable:  # it has ended, or the line is cut: the one who reads will know
                return
            if sent is not None:
                sent(len(piece))
    with contextlib.suppress(Unreachable):
        await channel.end()
