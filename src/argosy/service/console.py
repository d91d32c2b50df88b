"""The console of one connection: what was said and done lately, numbered, in memory only."""

import asyncio
import contextlib
from collections import deque

from argosy.core.connection import ConsoleLine, ConsolePage, Heard

CONSOLE_LINES = 2_000
"""How many lines of a target's console are kept."""


class Stir:
    """Wakes all who wait at once."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def stir(self) -> None:
        """Something is new."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, at_most_s: float) -> None:
        """Return at the next stir, or when the time is over."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), at_most_s)


class Console:
    """The last lines."""

    def __init__(self) -> None:
        self._lines: deque[ConsoleLine] = deque(maxlen=CONSOLE_LINES)
        self._told = 0
        self._news = Stir()

    def add(self, heard: Heard) -> None:
        """Keep a line; the oldest one goes when there are too many."""
        self._told += 1
        self._lines.append(ConsoleLine(number=self._told, **heard.model_dump()))
        self._news.stir()

    async def page(self, target: str, *, after: int, limit: int, wait_s: float) -> ConsolePage:
        """The next lines behind a number; when there are none yet, those that come within ``wait_s``.

        A number that this console has not reached belongs to a server before this one: the page begins anew.
        """
        seen = after if after <= self._told else 0
        if seen == self._told and wait_s > 0:
            await self._news.wait(wait_s)
        lines = [line for line in self._lines if line.number > seen][:limit]
        return ConsolePage(target=target, lines=tuple(lines), next=lines[-1].number if lines else seen)
