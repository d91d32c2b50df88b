"""One answer for all who ask the same."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Sharing:
    """Questions that are under way, and answers that are not older than ``fresh_s``. An error is never kept."""

    def __init__(self, fresh_s: float, now: Callable[[], float]) -> None:
        self._fresh_s = fresh_s
        self._now = now
        self._asked: dict[Hashable, asyncio.Task[Any]] = {}
        self._answered: dict[Hashable, float] = {}
        self.shared = 0

    async def ask(self, question: Hashable, act: Callable[[], Awaitable[T]]) -> T:
        """The answer to a question. Whoever stops waiting takes it from nobody else."""
        self._forget_old()
        task = cast("asyncio.Task[T] | None", self._asked.get(question))
        if task is None:
            task = asyncio.ensure_future(self._answer(question, act))
            self._asked[question] = task
        else:
            self.shared += 1
        return await asyncio.shield(task)

    async def _answer(self, question: Hashable, act: Callable[[], Awaitable[T]]) -> T:
        try:
            answer = await act()
        except BaseException:
            del self._asked[question]
            raise
        self._answered[question] = self._now()
        return answer

    def _forget_old(self) -> None:
        now = self._now()
        for question in [one for one, at in self._answered.items() if now - at >= self._fresh_s]:
            del self._answered[question], self._asked[question]
