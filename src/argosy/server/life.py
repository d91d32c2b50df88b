"""The life of a server: it finds that it is the only one, opens the house, listens, and leaves everything in order."""

import asyncio
import gc
import getpass
import logging
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from argosy.api.app import create_app
from argosy.api.door import Door
from argosy.core.errors import ArgosyError, ServerDown
from argosy.core.home import Home
from argosy.core.server_file import ServerFile
from argosy.core.version import VERSION
from argosy.lock import held, holder
from argosy.server.announce import announced, announcing
from argosy.server.doctor import look_over
from argosy.server.listener import Listener, listen
from argosy.server.logs import open_log
from argosy.server.numbers import numbers
from argosy.server.places import make_directories, secrets_in
from argosy.server.settings import current_settings
from argosy.server.vigil import keep_vigil
from argosy.server.wiring import House, open_house
from argosy.service.housekeeping import Housekeeping
from argosy.service.marks import Pass, pass_by

_PATIENCE_S = 30.0
_YOUNG_OBJECTS = 10_000
"""How many new objects there may be before the collector of garbage looks at them; Python's own number is 700."""
_LOOK_EVERY_S = 0.05
_STEPS_MAY_TAKE_S = 60.0

_log = logging.getLogger("argosy.server")


def serve(home: Home, *, foreground: bool = False, at: Pass = pass_by) -> str:
    """Run the server of this home to its end and say so; or, when one runs already, say which one.

    A server that is just stopping is waited for. Raises Conflict when the port is taken, ServerDown when another
    process holds the lock for half a minute without becoming a server, and what the store raises when it cannot open.
    """
    _prepare(home)
    give_up = time.monotonic() + _PATIENCE_S
    while True:
        with held(home.server_lock) as ours:
            if ours:
                _run(home, foreground=foreground, at=at)
                return "the argosy server has stopped"
        other = announced(home.server_file)
        if other is not None and other.pid == holder(home.server_lock):
            return f"argosy server {other.version} runs already: pid {other.pid}, port {other.port}"
        if time.monotonic() > give_up:
            raise ServerDown(
                f"process {holder(home.server_lock)} holds {home.server_lock} but does not answer as a server",
                hint=f"Look into {home.server_log}; end that process if it hangs.",
            )
        time.sleep(_LOOK_EVERY_S)


def _prepare(home: Home) -> None:
    try:
        make_directories(home)
    except OSError as fault:
        raise ServerDown(
            f"{fault.filename} cannot be made or closed to others: {fault.strerror}",
            hint="Set ARGOSY_HOME to a directory that is yours and has room.",
        ) from fault


def _run(home: Home, *, foreground: bool, at: Pass) -> None:
    # We hold the lock, so whatever the file tells of is over: killed, or from before a reboot.
    home.server_file.unlink(missing_ok=True)
    token = secrets.token_urlsafe(32)
    open_log(home.server_log, secrets=(token, *secrets_in(home.database_url)), foreground=foreground)
    _log.info("argosy server %s starts, pid %d, home %s", VERSION, os.getpid(), home.data)
    os.chdir(home.state)  # else the directory of the first command could not be unmounted while the server runs
    try:
        asyncio.run(_live(home, token, at))
    except ArgosyError as trouble:
        _log.error("the server ends: %s (%s)", trouble.message, trouble.hint)
        raise
    except BaseException:
        _log.exception("the server ends because of an error")
        raise
    _log.info("the server has stopped")


async def _live(home: Home, token: str, at: Pass) -> None:
    async with open_house(home, at=at) as house:
        settings = await current_settings(home, house.services.store)
        listening = listen(settings.port)
        door = _door(house, token, listening.getsockname()[1])
        record = ServerFile(pid=os.getpid(), port=door.port, token=token, version=VERSION, started=door.started)
        _heed_signals(door.stop)
        _log.info("listening at %s", record.address)
        listener = Listener(create_app(house.services, door), door.stopping, announcing(home.server_file, record))
        _collect_less_often()
        async with asyncio.TaskGroup() as tasks:
            driving = tasks.create_task(house.services.reconciler.run(), name="reconciler")
            tasks.create_task(keep_vigil(home, record, door, house.services.store), name="vigil")
            tasks.create_task(Housekeeping(house.services.cleanings).keep(door.stopping), name="housekeeping")
            tasks.create_task(house.services.chains.keep(door.stopping), name="chains")
            await listener.serve([listening])
            house.services.reconciler.stop()
            await _ended(driving)


def _collect_less_often() -> None:
    """What has been loaded stays, so the collector of garbage need not look through it.

    With thousands of jobs in hand it would do so again and again, for an eighth of the processor time of a large sweep.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS)


def _door(house: House, token: str, port: int) -> Door:
    stopping = asyncio.Event()
    started = datetime.now(UTC)
    return Door(
        token=token,
        port=port,
        version=VERSION,
        started=started,
        owner=getpass.getuser(),
        backups=house.home.backups,
        stop=stopping.set,
        stopping=stopping,
        doctor=partial(look_over, house),
        numbers=partial(numbers, house, started),
    )


async def _ended(driving: asyncio.Task[None]) -> None:
    """The reconciler is over. A step that does not end, its target hanging, is cut: each may be entered again."""
    done, _ = await asyncio.wait({driving}, timeout=_STEPS_MAY_TAKE_S)
    if not done:
        _log.warning(
            "a step did not end within %.0f s and is cut; the next server takes it up again", _STEPS_MAY_TAKE_S
        )
        driving.cancel()


def _heed_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
        else:
            loop.add_signal_handler(number, stop)
    if sys.platform != "win32":
        # The terminal of the first command may go. Ignoring the signal would be passed on to every program started.
        loop.add_signal_handler(signal.SIGHUP, lambda: None)
