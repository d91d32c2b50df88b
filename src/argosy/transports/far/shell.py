"""A shell that stays: small commands go through it one after another, without a channel of their own."""

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Awaitable
from importlib.resources import files
from typing import TypeVar

from argosy.core.command import Answer
from argosy.core.errors import Unreachable
from argosy.transports import room
from argosy.transports.far.line import Channel, Line
from argosy.transports.far.spoken import spoken

_Said = TypeVar("_Said")

BEGIN_S = 30.0
"""How long a login may take from an open channel to the first answer of the shell: login files can be slow."""

_FUNCTIONS = files("argosy.transports.far").joinpath("functions.sh").read_bytes() + room.SCRIPT
_BEGIN = b'printf "\\n%s %s\\n" "$$" "${argosy_setsid:-0}"\n'


class Shell:
    """One shell on a channel. Commands may be handed in before those before them have been answered.

    Each runs in a subshell without input, so that none changes anything for those that follow. An answer ends with a
    mark that nobody can guess, on both streams; what a login file printed before the first one is left out.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._mark = secrets.token_hex(12).encode("ascii")
        self._outs: deque[asyncio.Future[tuple[bytes, int]]] = deque()
        self._errs: deque[asyncio.Future[bytes]] = deque()
        self._sending = asyncio.Lock()
        self._unsent = bytearray()
        self._pumps = [asyncio.create_task(self._pump_out()), asyncio.create_task(self._pump_err())]
        self._group = b""
        self.alive = True

    @classmethod
    async def begun(cls, line: Line) -> "Shell":
        """A shell that has answered; raises Unreachable when there is none to be had."""
        shell = cls(await line.open(b"exec sh", lent=True))
        try:
            answer = await shell.run(_BEGIN, timeout_s=BEGIN_S, before=_FUNCTIONS)
            pid, _, has_setsid = answer.stdout.rstrip(b"\n").rpartition(b"\n")[2].partition(b" ")
        except BaseException:
            await shell.close()
            raise
        # Only where every job has a session of its own may the shell's whole group be killed.
        shell._group = pid if has_setsid == b"1" and pid.isdigit() else b""
        return shell

    @property
    def busy(self) -> int:
        """How many commands have not been answered yet."""
        return len(self._outs)

    async def run(self, script: bytes, *, timeout_s: float, before: bytes = b"") -> Answer:
        """Run a script to its end. Raises Unreachable when the time is over or the shell is gone."""
        loop = asyncio.get_running_loop()
        out: asyncio.Future[tuple[bytes, int]] = loop.create_future()
        err: asyncio.Future[bytes] = loop.create_future()
        async with asyncio.timeout(timeout_s):
            if not self.alive:
                raise Unreachable("the shell there has ended", hint="Argosy opens another one.")
            self._outs.append(out)
            self._errs.append(err)
            self._unsent += before + self._framed(script)
            await self._send()
            stdout, code = await out
            return Answer(code=code, stdout=stdout, stderr=await err)

    async def _send(self) -> None:
        """Send what has been handed in: all that comes in one turn of the loop goes in one piece."""
        await asyncio.sleep(0)
        async with self._sending:
            unsent, self._unsent = bytes(self._unsent), bytearray()
            if unsent:
                await self._channel.send(unsent)

    async def retire(self) -> None:
        """End it once it has answered everything: nobody may ask it any more."""
        with contextlib.suppress(Unreachable):
            await self._send()
        if waiting := (*self._outs, *self._errs):
            await asyncio.wait(waiting)
        await self.close()

    async def close(self) -> None:
        """End it, and fail what it has not answered."""
        self._fail("the shell there was closed")
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        await self._channel.close()

    async def kill(self, line: Line) -> None:
        """End it with all that runs in it, as far as the machine allows."""
        if self._group and await self._channel.kill():
            await self.close()
            return
        await self.close()
        if self._group:
            channel = await line.open(spoken(b"kill -s KILL -- -" + self._group))
            await channel.code()
            await channel.close()

    def _framed(self, script: bytes) -> bytes:
        mark = self._mark
        return (
            b"(\n" + script + b"\n) </dev/null\n"
            b"printf '\\n" + mark + b" %s\\n' \"$?\"; printf '\\n" + mark + b"\\n' >&2\n"
        )

    async def _pump_out(self) -> None:
        mark, held, looked = b"\n" + self._mark + b" ", bytearray(), 0
        while piece := await self._heard(self._channel.receive()):
            held += piece
            while (at := held.find(mark, looked)) >= 0 and (end := held.find(b"\n", at + len(mark))) >= 0:
                code = int(held[at + len(mark) : end])
                _answer(self._outs, (bytes(held[:at]), code))
                del held[: end + 1]
                looked = 0
            looked = at if at >= 0 else max(len(held) - len(mark), 0)
        self._fail("the shell there ended")

    async def _pump_err(self) -> None:
        mark, held, looked = b"\n" + self._mark + b"\n", bytearray(), 0
        while piece := await self._heard(self._channel.complaints()):
            held += piece
            while (at := held.find(mark, looked)) >= 0:
                _answer(self._errs, bytes(held[:at]))
                del held[: at + len(mark)]
                looked = 0
            looked = max(len(held) - len(mark), 0)
        self._fail("the shell there ended")

    async def _heard(self, piece: Awaitable[bytes]) -> bytes:
        try:
            return await piece
        except Unreachable as trouble:
            self._fail(trouble.message)
            return b""

    def _fail(self, why: str) -> None:
        self.alive = False
        for waiting in (*self._outs, *self._errs):
            if not waiting.done():
                waiting.set_exception(Unreachable(why, hint="Argosy looks again."))
                waiting.exception()  # it may be that nobody waits any more
        self._outs.clear()
        self._errs.clear()


def _answer(waiting: deque[asyncio.Future[_Said]], answer: _Said) -> None:
    future = waiting.popleft()
    if not future.done():
        future.set_result(answer)
