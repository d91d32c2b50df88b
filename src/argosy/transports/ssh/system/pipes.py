"""Descriptors that do not block, waited for on the loop."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field

from argosy.core.errors import Unreachable

_Future = asyncio.Future[None]


@dataclass
class End:
    """Our end of a pipe or socket. Whoever waits for it when it is closed gets Unreachable."""

    number: int
    _waits: set[_Future] = field(default_factory=set[_Future])

    async def read(self, limit: int) -> bytes:
        """What has come, once anything has; nothing at the end."""
        while True:
            await self.readable()
            try:
                return os.read(self.number, limit)
            except BlockingIOError:
                continue

    async def write(self, data: bytes) -> None:
        """Give these bytes, and wait while there is no room. Raises BrokenPipeError when nobody reads them."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._open(), rest) :]
            except BlockingIOError:
                await self.writable()

    async def readable(self) -> None:
        """Wait until it holds something, or has ended."""
        loop = asyncio.get_running_loop()
        await self._ready(loop.add_reader, loop.remove_reader)

    async def writable(self) -> None:
        """Wait until it takes something, or nobody reads it any more."""
        loop = asyncio.get_running_loop()
        await self._ready(loop.add_writer, loop.remove_writer)

    def close(self) -> None:
        """Close it. A second time does nothing."""
        if self.number < 0:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(self.number)
        loop.remove_writer(self.number)
        os.close(self.number)
        self.number = -1
        for wait in tuple(self._waits):
            _now(wait)

    async def _ready(self, add: Callable[..., None], remove: Callable[[int], bool]) -> None:
        number = self._open()
        ready: _Future = asyncio.get_running_loop().create_future()
        add(number, _now, ready)
        self._waits.add(ready)
        try:
            await ready
        finally:
            self._waits.discard(ready)
            if self.number == number:  # else it is closed, and the number may be another's by now
                remove(number)
        self._open()

    def _open(self) -> int:
        if self.number < 0:
            raise Unreachable("the channel was closed")
        return self.number


def _now(ready: _Future) -> None:
    if not ready.done():
        ready.set_result(None)
