"""A TCP proxy before a server that stalls, cuts, delays and refuses when a test says so."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

PIECE = 64 * 1024
START_TIMEOUT_S = 10
RESET = struct.pack("ii", 1, 0)
"""The linger option with which a closed socket sends a reset and forgets what it had to send."""

Fate = Literal["stall", "cut"]
Way = Literal["up", "down"]
Side = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(eq=False)
class Pair:
    """One connection: the client's side and the server's."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter

    def reset(self) -> None:
        """End both sides at once."""
        for writer in (self.client, self.server):
            _reset(writer)


@dataclass
class Proxy:
    """Bytes from ``port`` to ``target`` and back. All methods are for the test's thread and take effect at once.

    It listens on ``door``, or else on a free port of loopback.
    """

    target: int
    port: int = 0
    door: socket.socket | None = None
    delay_s: float = 0.0
    """How long each piece is held back in each direction."""
    connections: int = 0
    """How many were taken so far."""
    moved: dict[Way, int] = field(default_factory=lambda: {"up": 0, "down": 0})
    """Bytes that have passed so far, up to the server and down from it."""
    _limits: dict[Way, tuple[int, Fate]] = field(default_factory=dict)
    _pairs: set[Pair] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._open = True
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="proxy")

    @property
    def stalled(self) -> bool:
        """Whether nothing passes."""
        return not self._flowing.is_set()

    def stall(self) -> None:
        """Nothing passes any more, no connection ends, and new ones are taken and hang: a dead link."""
        self._do(self._set_flowing(flowing=False))

    def resume(self) -> None:
        """Everything passes again, what was held back first. Limits of ``after`` are forgotten."""
        self._limits.clear()
        self._do(self._set_flowing(flowing=True))

    def cut(self) -> None:
        """Reset every connection that there is; new ones are taken."""
        self._do(self._cut())

    def refuse(self) -> None:
        """Reset every connection, and each new one at once."""
        self._open = False
        self.cut()

    def accept(self) -> None:
        """Take connections again."""
        self._open = True

    def after(self, fate: Fate, *, up: int | None = None, down: int | None = None) -> None:
        """Stall or cut once so many more bytes have passed in a direction; the bytes beyond do not pass."""
        for way, count in (("up", up), ("down", down)):
            if count is not None:
                self._limits[way] = (self.moved[way] + count, fate)

    def start(self) -> "Proxy":
        """Listen."""
        self._thread.start()
        self._do(self._listen())
        return self

    def stop(self) -> None:
        """Reset everything and end the thread."""
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(START_TIMEOUT_S)

    async def _listen(self) -> None:
        door = self.door or socket.create_server(("127.0.0.1", self.port))
        self._server = await asyncio.start_server(self._take, sock=door)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        self._server.close()
        await self._cut()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _set_flowing(self, *, flowing: bool) -> None:
        if flowing:
            self._flowing.set()
        else:
            self._flowing.clear()

    async def _cut(self) -> None:
        for pair in tuple(self._pairs):
            pair.reset()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        try:
            if self._open:
                far = await asyncio.open_connection("127.0.0.1", self.target)
                await self._join((reader, writer), far)
        except* OSError:
            pass  # one of the two sides has gone; so does the other
        finally:
            await _ended(writer)

    async def _join(self, near: Side, far: Side) -> None:
        pair = Pair(near[1], far[1])
        self._pairs.add(pair)
        try:
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(self._pump(near[0], far[1], "up"))
                pumps.create_task(self._pump(far[0], near[1], "down"))
        finally:
            self._pairs.discard(pair)
            await _ended(far[1])

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        while piece := await reader.read(PIECE):
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            while piece:
                await self._flowing.wait()
                now, piece = self._allowed(piece, way)
                writer.write(now)
                await writer.drain()
                self.moved[way] += len(now)
                if piece:
                    await self._meet_fate(way)
        with contextlib.suppress(OSError):
            writer.write_eof()

    def _allowed(self, piece: bytes, way: Way) -> tuple[bytes, bytes]:
        """What may pass now, and what is beyond the limit."""
        if way not in self._limits:
            return piece, b""
        room = max(0, self._limits[way][0] - self.moved[way])
        return piece[:room], piece[room:]

    async def _meet_fate(self, way: Way) -> None:
        fate = self._limits.pop(way)[1] if way in self._limits else None
        if fate == "cut":
            await self._cut()
            raise ConnectionResetError
        if fate == "stall":
            self._flowing.clear()


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None and not writer.is_closing():
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.transport.abort()


async def _ended(writer: asyncio.StreamWriter) -> None:
    _reset(writer)
    with contextlib.suppress(OSError):
        await writer.wait_closed()


@contextmanager
def running_proxy(target: int, door: socket.socket | None = None) -> Iterator[Proxy]:
    """A proxy before the server at this port of loopback."""
    proxy = Proxy(target, door=door).start()
    try:
        yield proxy
    finally:
        proxy.stop()
