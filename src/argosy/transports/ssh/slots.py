"""How many channels are open on one connection, and how many may be."""

import asyncio
from collections import deque
from collections.abc import Callable

MOST = 6
"""Enough to keep a connection full, and below what servers allow (MaxSessions 10), beside the user's own."""


class Slots:
    """Places for channels, first come first served. The bound falls when the machine refuses a channel.

    Channels that are ``lent`` stay open at rest. When somebody waits and all places are lent, ``crowded`` is called.
    """

    def __init__(self, bound: int = MOST, crowded: Callable[[], None] = lambda: None) -> None:
        self.bound = bound
        self.open = 0
        self._used = self._lent = 0
        self._crowded = crowded
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        """Wait for a place and have it."""
        while self._used >= self.bound:
            if self._lent >= self._used:
                self._crowded()
            place = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            try:
                await place
            except asyncio.CancelledError:
                if place.done() and not place.cancelled():
                    self._wake()  # the place was for this one, which does not want it any more
                raise
            finally:
                if place in self._waiting:
                    self._waiting.remove(place)
        self._used += 1

    def give(self) -> None:
        """A place is free again; no channel came of it."""
        self._used -= 1
        self._wake()

    def opened(self, *, lent: bool = False) -> None:
        """The channel of a place is open."""
        self.open += 1
        self._lent += lent
        if self._waiting and self._lent >= self._used:
            self._crowded()

    def closed(self, *, lent: bool = False) -> None:
        """A channel is closed, and its place is free again."""
        self.open -= 1
        self._lent -= lent
        self.give()

    def fewer(self, most: int) -> None:
        """The machine goes on refusing with so many open: never more than these."""
        self.bound = max(1, min(self.bound, most))

    def _wake(self) -> None:
        while self._waiting and self._used < self.bound:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
