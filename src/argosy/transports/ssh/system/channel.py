"""A running command on a master's channel: three pipes, whose other ends the master holds."""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Awaitable, Callable

from argosy.core.errors import Unreachable
from argosy.transports.ssh.system.mux import Control
from argosy.transports.ssh.system.pipes import End

PIPE = 1 << 20
"""How much a pipe may hold, where the system lets us choose."""

SIGNALLED = -1
"""The code of a command that a signal ended: OpenSSH does not tell which one."""

Lives = Callable[[], Awaitable[bool]]


class MuxChannel:
    """A channel of a master; ``left`` is called once, when it is closed. ``lives`` tells whether the master does."""

    def __init__(self, control: Control, pipes: tuple[End, End, End], lives: Lives, left: Callable[[], None]) -> None:
        self._control, self._lives = control, lives
        self._in, self._out, self._err = pipes
        self._left: Callable[[], None] | None = left
        self._ending = asyncio.create_task(control.exit_code())

    async def send(self, data: bytes) -> None:
        """Give these bytes to standard input, and wait while there is no room; a command that is over drops them."""
        try:
            await self._in.write(data)
        except BrokenPipeError:
            await self._still_there()

    async def end(self) -> None:
        """Close standard input."""
        self._in.close()

    async def receive(self, limit: int = 1 << 18) -> bytes:
        """Some of its standard output; nothing at its end."""
        return await self._read(self._out, limit)

    async def complaints(self, limit: int = 1 << 16) -> bytes:
        """Some of its standard error; nothing at its end."""
        return await self._read(self._err, limit)

    async def code(self) -> int:
        """Its exit code; ``SIGNALLED`` when it was ended by a signal."""
        await asyncio.wait({self._ending})
        if self._ending.cancelled():
            raise Unreachable("the channel was closed")
        code = self._ending.result()
        if code is not None:
            return code
        if not await self._lives():
            raise Unreachable("the line was cut before the command there had ended")
        return SIGNALLED

    async def kill(self) -> bool:
        """A master sends no signals for its clients."""
        return False

    async def close(self) -> None:
        """Let go of it. What still runs there gets a hang-up from its server."""
        if self._left is not None:
            left, self._left = self._left, None
            self._ending.cancel()
            self._control.close()
            for pipe in (self._in, self._out, self._err):
                pipe.close()
            left()

    async def _read(self, pipe: End, limit: int) -> bytes:
        data = await pipe.read(limit)
        if not data:
            await self._still_there()
        return data

    async def _still_there(self) -> None:
        """A command that has told its code is over, and so is one whose master lives; else the line was cut."""
        told = self._ending.done() and not self._ending.cancelled() and self._ending.result() is not None
        if not told and not await self._lives():
            raise Unreachable("the line was cut")


async def opened(control: Control, command: bytes, lives: Lives, left: Callable[[], None]) -> MuxChannel:
    """A channel with the command on it. Raises Refused, and OSError when the master ends."""
    ours: list[int] = []
    theirs: list[int] = []
    try:
        for number in range(3):
            reading, writing = os.pipe()
            ours.append(writing if number == 0 else reading)
            theirs.append(reading if number == 0 else writing)
            _widen(writing)
            os.set_blocking(ours[-1], False)
        await control.begin(command, theirs)
    except BaseException:
        _close(ours)
        raise
    finally:
        _close(theirs)
    return MuxChannel(control, (End(ours[0]), End(ours[1]), End(ours[2])), lives, left)


def _widen(end: int) -> None:
    resize = getattr(fcntl, "F_SETPIPE_SZ", None)
    if resize is not None:
        with contextlib.suppress(OSError):  # an account has a share of these, too
            fcntl.fcntl(end, resize, PIPE)


def _close(ends: list[int]) -> None:
    for end in ends:
        os.close(end)
