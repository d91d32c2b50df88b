"""Clearing away by itself what targets keep for no longer, at quiet times."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from argosy.core.cleaning import by_itself
from argosy.core.errors import ArgosyError
from argosy.core.quantities import spell_size
from argosy.core.target import Target
from argosy.service.cleanings import Cleanings

_log = logging.getLogger("argosy.housekeeping")


@dataclass(frozen=True)
class Housekeeping:
    """Cleans each target whose retention says something, once nothing has moved there for ``quiet``, every so often.

    A machine that is not connected is left alone: nobody is asked to log in for this.
    """

    cleanings: Cleanings
    quiet: timedelta = timedelta(minutes=1)
    every: timedelta = timedelta(hours=6)
    look: timedelta = timedelta(seconds=20)
    _cleaned: dict[str, datetime] = field(default_factory=dict[str, datetime])

    async def keep(self, stopping: asyncio.Event) -> None:
        """Until the server stops: look for targets whose time has come."""
        while not stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), self.look.total_seconds())
                return
            await until(stopping, self._look())

    async def _look(self) -> None:
        try:
            for target in await self.cleanings.store.targets():
                await self._look_at(target)
        except ArgosyError as trouble:
            _log.warning("the targets cannot be read: %s", trouble.message)
        except Exception:  # noqa: BLE001  a flaw of ours here must not end the server
            _log.exception("a look at what could be cleared away failed")

    async def _look_at(self, target: Target) -> None:
        now = self.cleanings.clock()
        if not by_itself(target.retention).are_any or not self._is_time(target, now):
            return
        self._cleaned[target.name] = now
        try:
            done = await self.cleanings.clean_by_itself(target)
        except ArgosyError as trouble:
            _log.warning("%s was not cleaned: %s", target.name, trouble.message)
            return
        for finding in done.findings:
            _log.warning("%s: %s: %s", target.name, finding.where, finding.what)
        if done.stale:
            _log.info("%s: cleared away %d things, %s", target.name, len(done.stale), spell_size(done.size))

    def _is_time(self, target: Target, now: datetime) -> bool:
        last = self._cleaned.get(target.name)
        if last is not None and timedelta() <= now - last < self.every:
            return False
        reconciler = self.cleanings.reconciler
        moved = reconciler.standing(target.name).moved
        quiet = moved is None or not timedelta() <= now - moved < self.quiet
        return quiet and reconciler.connections.connected(target)


async def until(stopping: asyncio.Event, act: Coroutine[Any, Any, None]) -> None:
    """Do it, or as much of it as is done when the server stops: what was begun is finished another time."""
    working, stop = asyncio.ensure_future(act), asyncio.ensure_future(stopping.wait())
    await asyncio.wait({working, stop}, return_when=asyncio.FIRST_COMPLETED)
    for task in (working, stop):
        task.cancel()
    await asyncio.gather(working, stop, return_exceptions=True)
