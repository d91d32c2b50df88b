"""The private folders of logins: control sockets must have short names, in a directory that is nobody else's."""

import contextlib
import os
import secrets
import shutil
import stat
import tempfile
from pathlib import Path

from argosy.core.errors import NeedsLogin

CONTROL = "c"
"""The name of the control socket in its folder."""

_LONGEST = 103
"""Bytes in the name of a socket, on the strictest system."""
_DRAFT = 17
"""How much longer the name is while ssh makes the socket."""
_FOLDER = len("/4194304-123456/")


def made(state: Path) -> Path:
    """A new folder that only we may enter. Blocks. Raises NeedsLogin where there is no safe place for it.

    Its name begins with our process id, so that what a killed server has left behind is known, and is removed.
    """
    top = _top(state)
    _swept(top)
    folder = top / f"{os.getpid()}-{secrets.token_hex(3)}"
    folder.mkdir(mode=0o700)
    return folder


def removed(folder: Path) -> None:
    """Remove a folder. Blocks."""
    shutil.rmtree(folder, ignore_errors=True)


def _top(state: Path) -> Path:
    """Argosy's own state, where that is not too deep; else the directories that systems keep for this."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    places = [state / "run", *([Path(runtime) / "argosy"] if runtime else [])]
    places.append(Path(tempfile.gettempdir()) / f"argosy-{os.getuid()}")
    for top in places:
        if len(os.fsencode(top)) + _FOLDER + len(CONTROL) + _DRAFT > _LONGEST:
            continue
        with contextlib.suppress(OSError):
            top.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_ours(top):
                return top
    names = ", ".join(map(str, places))
    raise NeedsLogin(
        f"there is no private directory with a short name for the sockets of ssh: {names}",
        hint="Set XDG_RUNTIME_DIR to a directory that is yours alone, and restart: argosy server stop",
    )


def _is_ours(top: Path) -> bool:
    about = top.lstat()
    return stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid() and not about.st_mode & 0o077


def _swept(top: Path) -> None:
    for folder in top.iterdir():
        pid = folder.name.partition("-")[0]
        if pid.isdigit() and not _lives(int(pid)):
            removed(folder)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
