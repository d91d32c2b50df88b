"""Events as they come, to as many listeners as like, from one reader of the store."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from argosy.contracts import Store
from argosy.core.views import Event

LOOK_EVERY_S = 0.5
"""How long a listener waits before it looks for itself: other servers write to the same store."""

_PAGE = 500


class Feed:
    """The events of the store, in order, without a gap."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stir = asyncio.Event()

    def stir(self) -> None:
        """Something was written here: whoever listens looks at once."""
        self._stir.set()
        self._stir = asyncio.Event()

    async def events(self, *, after: int, job: str | None = None) -> AsyncIterator[Event]:
        """Every event with a higher number, those that exist and those that come. Endless."""
        while True:
            stir = self._stir
            page = await self._store.events(after=after, job=job, limit=_PAGE)
            for event in page:
                after = event.seq
                yield event
            if len(page) < _PAGE:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stir.wait(), LOOK_EVERY_S)

    async def page(self, *, after: int, job: str | None = None, limit: int = _PAGE) -> tuple[Event, ...]:
        """The next events that exist."""
        return await self._store.events(after=after, job=job, limit=limit)

    async def last(self) -> int:
        """The number of the newest event."""
        return await self._store.last_event()
