"""How many channels are open on one connection, and how many may be."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

MOST = 6
"""Enough to keep a connection full, and below what servers allow (MaxSessions 10), beside the user's own."""


FEWER_S = 60.0
"""For so long the machine is believed; then one channel more is tried, and twice as late after each time in vain."""
LONGEST_S = 3600.0
STEP_S = 1.0
"""One more at a time, with so much between them: a refusal comes at once."""


class Slots:
    """Places for channels, first come first served. The bound falls when the machine refuses a channel, for a while.

    Channels that are ``lent`` stay open at rest. When somebody waits and all places are lent, ``crowded`` is called.
    """

    def __init__(
        self,
        bound: int = MOST,
        crowded: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.bound = self._most = bound
        self._clock = clock
        self._pause_s = FEWER_S
        self._more_at = 0.0
        self.open = 0
        self._used = self._lent = 0
        self._crowded = crowded
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        """Wait for a place and have it."""
        while self._used >= self.bound and not self._may_have_more():
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
        """The machine goes on refusing with so many open: no more than these, until it is time to try again."""
        self.bound = max(1, min(self.bound, most))
        self._more_at = self._clock() + self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_S)

    def _may_have_more(self) -> bool:
        """Raise a bound that has fallen by one, when it is time."""
        if self.bound >= self._most or self._clock() < self._more_at:
            return False
        self.bound += 1
        self._more_at = self._clock() + STEP_S
        if self.bound == self._most:
            self._pause_s = FEWER_S
        return True

    def _wake(self) -> None:
        while self._waiting and self._used < self.bound:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
