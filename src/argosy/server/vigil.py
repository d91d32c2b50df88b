"""What a server looks after besides jobs: that it can be found, and that it does not stay without need."""

import asyncio
import contextlib
import logging
import os
import time

from argosy.api.door import Door
from argosy.contracts import Store
from argosy.core.errors import ArgosyError
from argosy.core.home import Home
from argosy.core.server_file import ServerFile
from argosy.lock import holder
from argosy.server.announce import announce, announced
from argosy.server.settings import current_settings

_LONGEST_PAUSE_S = 30.0
_SHORTEST_PAUSE_S = 0.1

_log = logging.getLogger("argosy.server")


async def keep_vigil(home: Home, record: ServerFile, door: Door, store: Store) -> None:
    """Until the server stops: end it when its home is gone or another's, or when nobody has needed it for long."""
    needed = time.monotonic()
    pause_s = _SHORTEST_PAUSE_S
    while not await _stopped_within(door.stopping, pause_s):
        if holder(home.server_lock) != os.getpid():
            _log.warning("%s is gone or another server's: this one ends", home.server_lock)
            door.stop()
            return
        _stay_announced(home, record)
        allowed_s = await _allowed_s(home, store)
        pause_s = min(max(allowed_s / 20, _SHORTEST_PAUSE_S), _LONGEST_PAUSE_S) if allowed_s else _LONGEST_PAUSE_S
        if await _needed(store):
            needed = time.monotonic()
        # Nothing is awaited from here on: a request that comes now finds the door either open or stopping.
        idle_s = min(time.monotonic() - needed, door.traffic.quiet_s())
        if allowed_s and idle_s >= allowed_s:
            _log.info("nothing to do for %.0f s: the server ends", idle_s)
            door.stop()
            return


async def _stopped_within(stopping: asyncio.Event, pause_s: float) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), pause_s)
    return stopping.is_set()


def _stay_announced(home: Home, record: ServerFile) -> None:
    """A server file that somebody took away is put back, as soon as there is room for it."""
    try:
        if announced(home.server_file) != record:
            announce(home.server_file, record)
    except OSError:
        _log.exception("the server file cannot be written")


async def _needed(store: Store) -> bool:
    """Whether a job is open; as long as the store does not tell, one may be."""
    try:
        return await store.open_count() > 0
    except ArgosyError as trouble:
        _log.warning("open jobs cannot be counted: %s", trouble.message)
        return True


async def _allowed_s(home: Home, store: Store) -> float:
    try:
        return (await current_settings(home, store)).idle_exit_s
    except ArgosyError as trouble:
        _log.warning("settings: %s", trouble.message)
        return 0.0
