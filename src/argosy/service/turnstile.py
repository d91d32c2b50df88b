"""How often a target is asked: a bucket of tokens, one line for rounds and a short one for windows."""

import asyncio
from collections import deque
from collections.abc import Callable

from argosy.core.errors import Busy
from argosy.core.target import Rates

ROUNDS_IN_A_ROW = 4
"""So many calls of rounds go ahead of a window that waits; then one of the windows' goes."""


class Turnstile:
    """Lets one call through for each token. Tokens come at the rate of the target, and at most ``burst`` are saved up.

    Calls of rounds wait as long as it takes. Those of windows wait behind them, and only so many.
    """

    def __init__(self, target: str, rates: Rates, now: Callable[[], float]) -> None:
        self._target = target
        self._rates = rates
        self._now = now
        self._tokens = float(rates.burst)
        self._counted = now()
        self._rounds: deque[asyncio.Future[None]] = deque()
        self._windows: deque[asyncio.Future[None]] = deque()
        self._in_a_row = 0
        self._planned: asyncio.TimerHandle | None = None
        self.refused = 0

    @property
    def waiting(self) -> int:
        """How many calls stand in line."""
        return len(self._rounds) + len(self._windows)

    async def turn(self, *, first: bool) -> None:
        """Return when it is this call's turn. Raises Busy when too many windows wait already."""
        self._count()
        if self._tokens >= 1 and not self.waiting:
            self._tokens -= 1
            return
        line = self._rounds if first else self._windows
        if not first and len(line) >= self._rates.waiting:
            self.refused += 1
            raise Busy(
                f"{len(line)} requests wait for target {self._target} already, so this one was turned away",
                hint=f"Ask again in a few seconds. Its profile says how often it may be asked: "
                f"argosy target edit {self._target} --set rates.commands_per_s=...",
            )
        turn = asyncio.get_running_loop().create_future()
        line.append(turn)
        self._plan()
        try:
            await turn
        except asyncio.CancelledError:
            self._leave(line, turn)
            raise

    def _leave(self, line: deque[asyncio.Future[None]], turn: asyncio.Future[None]) -> None:
        if turn in line:
            line.remove(turn)
        else:  # its turn had come, and nobody uses it
            self._tokens += 1
            self._let_through()

    def _count(self) -> None:
        now = self._now()
        self._tokens = min(self._tokens + (now - self._counted) * self._rates.commands_per_s, self._rates.burst)
        self._counted = now

    def _let_through(self) -> None:
        self._planned = None
        self._count()
        while self._tokens >= 1 and self.waiting:
            turn = self._next()
            if not turn.done():
                self._tokens -= 1
                turn.set_result(None)
        if self.waiting:
            self._plan()

    def _next(self) -> asyncio.Future[None]:
        if self._rounds and (not self._windows or self._in_a_row < ROUNDS_IN_A_ROW):
            self._in_a_row += 1
            return self._rounds.popleft()
        self._in_a_row = 0
        return self._windows.popleft()

    def _plan(self) -> None:
        if self._planned is None:
            lacking_s = max(1 - self._tokens, 0) / self._rates.commands_per_s
            self._planned = asyncio.get_running_loop().call_later(lacking_s, self._let_through)
