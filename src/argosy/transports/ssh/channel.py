"""A running command on an asyncssh connection: bytes in, bytes out, no more in memory than is asked for."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import asyncssh
from asyncssh.constants import EXTENDED_DATA_STDERR

from argosy.core.errors import Unreachable

MOST_HELD = 4 << 20
"""How many bytes of a stream may wait for their reader before the far side is told to stop."""

KILLED_S = 1.0
"""A machine that has not ended a killed command by then did not hear of the signal."""

WINDOW = 8 << 20
"""How much the far side may send before it hears from us; a long way needs a wide window."""


@dataclass
class _Stream:
    """One stream on its way to its reader."""

    parts: deque[bytes] = field(default_factory=deque[bytes])
    held: int = 0

    def put(self, data: bytes) -> None:
        self.parts.append(data)
        self.held += len(data)

    def take(self, limit: int) -> bytes:
        """At most ``limit`` bytes of what has come."""
        taken: list[bytes] = []
        left = limit
        while self.parts and left:
            part = self.parts.popleft()
            if len(part) > left:
                self.parts.appendleft(part[left:])
                part = part[:left]
            taken.append(part)
            left -= len(part)
        self.held -= limit - left
        return taken[0] if len(taken) == 1 else b"".join(taken)


class Session(asyncssh.SSHClientSession[bytes]):
    """What asyncssh tells about one channel, and what readers and writers wait for."""

    def __init__(self) -> None:
        self.out = _Stream()
        self.err = _Stream()
        self.ended = False
        self.closed = False
        self._chan: asyncssh.SSHClientChannel[bytes] | None = None
        self._stirred = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._paused = False

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        """The channel is open."""
        self._chan = chan

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        """Bytes of standard output, or of standard error."""
        stream = self.err if datatype == EXTENDED_DATA_STDERR else self.out
        stream.put(data)
        if not self._paused and stream.held > MOST_HELD and self._chan is not None:
            self._paused = True
            self._chan.pause_reading()
        self._stirred.set()

    def eof_received(self) -> bool:
        """No more output; the channel stays open for its exit code."""
        self.ended = True
        self._stirred.set()
        return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """The channel is closed: the command is over, or the line was cut."""
        self.closed = True
        self._stirred.set()
        self._room.set()

    def pause_writing(self) -> None:
        """The far side has no room for more."""
        self._room.clear()

    def resume_writing(self) -> None:
        """It has room again."""
        self._room.set()

    async def room(self) -> None:
        """Wait until more may be written."""
        await self._room.wait()

    async def read(self, stream: _Stream, limit: int) -> bytes:
        """What has come, once anything has; nothing at the end."""
        while not stream.parts and not self.ended and not self.closed:
            self._stirred.clear()
            await self._stirred.wait()
        data = stream.take(limit)
        if self._paused and self.out.held <= MOST_HELD and self.err.held <= MOST_HELD and self._chan is not None:
            self._paused = False
            self._chan.resume_reading()
        return data

    async def over(self) -> None:
        """Wait until the channel is closed, whatever still comes is kept for its readers."""
        while not self.closed:
            self._stirred.clear()
            await self._stirred.wait()


class AsyncsshChannel:
    """A channel of a connection; ``left`` is called once, when it is closed."""

    def __init__(self, chan: asyncssh.SSHClientChannel[bytes], session: Session, left: Callable[[], None]) -> None:
        self._chan: Any = chan  # its annotations leave holes
        self._session = session
        self._left: Callable[[], None] | None = left

    async def send(self, data: bytes) -> None:
        """Give these bytes to standard input, and wait while there is no room; a command that is over drops them."""
        self._still_there()
        if not self._session.closed:
            with contextlib.suppress(OSError):  # it closed between our look and our word
                self._chan.write(data)
            await self._session.room()
            self._still_there()

    async def end(self) -> None:
        """Close standard input."""
        if not self._session.closed:
            with contextlib.suppress(OSError):
                self._chan.write_eof()

    async def receive(self, limit: int = 1 << 18) -> bytes:
        """Some of its standard output; nothing at its end."""
        return await self._read(self._session.out, limit)

    async def complaints(self, limit: int = 1 << 16) -> bytes:
        """Some of its standard error; nothing at its end."""
        return await self._read(self._session.err, limit)

    async def code(self) -> int:
        """Its exit code; negative for a signal."""
        await self._session.over()
        code = self._chan.get_returncode()
        if code is None:
            raise Unreachable("the line was cut before the command there had ended")
        return code

    async def kill(self) -> bool:
        """Send the signal by the connection itself, as OpenSSH lets its clients do since 7.9."""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(KILLED_S):
                self._chan.send_signal("KILL")
                await self._session.over()
                return True
        return False

    async def close(self) -> None:
        """Let go of it. What still runs there gets a hang-up from its server."""
        if self._left is not None:
            left, self._left = self._left, None
            self._chan.abort()
            left()

    async def _read(self, stream: _Stream, limit: int) -> bytes:
        data = await self._session.read(stream, limit)
        if not data and not self._session.ended:
            self._still_there()
        return data

    def _still_there(self) -> None:
        """A command that is over has a code; a channel that is closed without one was cut."""
        if self._session.closed and self._chan.get_returncode() is None:
            raise Unreachable("the line was cut")
