"""Finding the server of this home, starting it, and agreeing on a version with it."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from argosy.client import calls
from argosy.client.wire import Wire
from argosy.core.errors import ServerDown, Unauthorised, VersionMismatch
from argosy.core.home import HOME_VARIABLE, Home
from argosy.core.server_file import ServerFile
from argosy.core.version import VERSION
from argosy.lock import is_free

START_PATIENCE_S = 40.0
STOP_PATIENCE_S = 90.0
_LOOK_EVERY_S = 0.02
_TAIL_LINES = 12
_OWNER_ONLY = 0o600
_PRIVATE = 0o700


def announced(home: Home) -> ServerFile | None:
    """The server that this home's file tells of; None without a file, and for one that is no server file."""
    try:
        return ServerFile.model_validate_json(home.server_file.read_bytes())
    except (OSError, ValueError):
        return None


def running(home: Home) -> Wire | None:
    """The server of this home if it answers, of whatever version; None when there is none."""
    record = announced(home)
    if record is None:
        return None
    wire = Wire(record)
    try:
        wire.send(calls.health())
    except (ServerDown, Unauthorised):
        # Killed, or from before a reboot; its port may be another program's by now.
        return None
    return wire


def reach(home: Home) -> Wire:
    """A server of our own version: the running one, else a new one.

    A running server of another version is replaced when it is idle. Raises VersionMismatch when it is not, ServerDown
    with the end of its log when none can be started.
    """
    record = announced(home)
    if record is not None and record.version == VERSION:
        return Wire(record)
    found = running(home) if record is not None else None
    return _replaced(home, found) if found else start(home)


def start(home: Home) -> Wire:
    """A server that answers: a new one, or the one that somebody else started meanwhile.

    It runs in the background in a session of its own, and goes on when this process and its terminal are gone.
    """
    home.state.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    home.data.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    words = home.state / "server.start"
    process = _spawn(home, words)
    # A server may outlive this process; if it does not, it must not stay behind as a zombie.
    threading.Thread(target=process.wait, name="argosy-server", daemon=True).start()
    give_up = time.monotonic() + START_PATIENCE_S
    while time.monotonic() < give_up:
        if wire := running(home):
            return wire
        if process.poll() not in {None, 0}:
            raise ServerDown(
                f"the server could not be started{_told(words)}",
                hint="Run it in the foreground to see more: argosy server run",
            )
        time.sleep(_LOOK_EVERY_S)
    raise ServerDown(
        f"the server did not answer within {START_PATIENCE_S:.0f} s after its start{_told(home.server_log)}",
        hint="Look into its log: argosy server logs",
    )


def stop(home: Home) -> bool:
    """No server runs; False when there was none. Running jobs are left alone.

    Raises ServerDown when the server does not end within a minute and a half.
    """
    wire = running(home)
    if wire is None:
        return False
    wire.send(calls.stop_server())
    _until(lambda: is_free(home.server_lock), f"the server (pid {wire.server.pid}) was asked to stop and still runs")
    return True


def _replaced(home: Home, found: Wire) -> Wire:
    health = found.send(calls.health())
    if health.version == VERSION:
        return found
    if not health.idle:
        raise VersionMismatch(
            f"the running server is argosy {health.version}, this is argosy {VERSION}, and it has open jobs",
            hint="Restart it when that suits you (running jobs go on): argosy server stop && argosy server start",
        )
    stop(home)
    return start(home)


def _spawn(home: Home, words: Path) -> "subprocess.Popen[bytes]":
    environment = dict(os.environ)
    if environment.get(HOME_VARIABLE):
        environment[HOME_VARIABLE] = str(home.data)
    # A server that a job happens to start is not a part of that job, and must not be ended with it.
    for mine in ("_ARGOSY_COMPLETE", "ARGOSY_TOKEN", "ARGOSY_JOB_DIR"):
        environment.pop(mine, None)
    alone: dict[str, object] = {"start_new_session": True}
    if sys.platform == "win32":
        alone = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    descriptor = os.open(words, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "argosy.server"],
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            cwd=home.data,
            env=environment,
            **alone,  # pyright: ignore[reportArgumentType, reportCallIssue]
        )
    finally:
        os.close(descriptor)


def _until(true: Callable[[], bool], complaint: str) -> None:
    give_up = time.monotonic() + STOP_PATIENCE_S
    while not true():
        if time.monotonic() > give_up:
            raise ServerDown(complaint, hint="See what it does: argosy server logs")
        time.sleep(_LOOK_EVERY_S)


def _told(words: Path) -> str:
    """The last lines of what the server said, as the end of a message."""
    try:
        lines = words.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "".join(f"\n  {line}" for line in lines[-_TAIL_LINES:])
