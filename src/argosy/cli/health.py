"""What a look at this side can find: Python, the clock, shells, disk space, extras."""

import importlib.util
import os
import platform
import shutil
import sys
import tempfile
import time
from pathlib import Path

from argosy.core.findings import Finding, Severity, error, warning
from argosy.core.home import Home
from argosy.core.version import VERSION

_OLDEST = (3, 11)
_SKEW_S = 5.0
_LITTLE_BYTES = 1024**3
_EARLIEST_YEAR = 2025
_EXTRAS = {
    "openmm": ("OpenMM jobs on this machine", "pip install 'argosy[openmm]'"),
    "matplotlib": ("pictures of results", "pip install 'argosy[plots]'"),
}


def words() -> str:
    """Which Argosy on which Python this is."""
    return f"argosy {VERSION}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"


def own_findings(home: Home) -> tuple[Finding, ...]:
    """What is wrong on this side, or soon will be."""
    return (*_python(), *_shell(), *_clock(home), *_disk(home), *_extras())


def _python() -> list[Finding]:
    if sys.version_info >= _OLDEST:
        return []
    return [error("python", f"Python {platform.python_version()} is too old", remedy="Install Python 3.11 or newer.")]


def _shell() -> list[Finding]:
    if shutil.which("sh"):
        return []
    return [error("shell", "there is no program sh on the PATH, and jobs are started by it", remedy="Mend the PATH.")]


def _clock(home: Home) -> list[Finding]:
    """The clock must be sane, and that of the disk the same: it may be another machine's."""
    if time.gmtime().tm_year < _EARLIEST_YEAR:
        return [error("clock", f"it says {time.strftime('%Y-%m-%d')}, which is long ago", remedy="Set the clock.")]
    try:
        home.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=home.state) as file:
            skew_s = abs(os.fstat(file.fileno()).st_mtime - time.time())
    except OSError as trouble:
        return [error(str(home.state), f"files cannot be written here: {trouble.strerror}", remedy="Set ARGOSY_HOME.")]
    if skew_s <= _SKEW_S:
        return []
    return [warning("clock", f"the disk of {home.state} is {skew_s:.0f} s off", remedy="Synchronise both clocks.")]


def _disk(home: Home) -> list[Finding]:
    place = next((one for one in (home.data, *home.data.parents) if one.exists()), Path("/"))
    free = shutil.disk_usage(place).free
    if free >= _LITTLE_BYTES:
        return []
    return [warning(str(place), f"only {free // 1024**2} MiB are free", remedy="Make room: results come home to it.")]


def _extras() -> list[Finding]:
    return [
        Finding(severity=Severity.SUGGESTION, where=name, what=f"is not installed; it is for {use}", remedy=remedy)
        for name, (use, remedy) in _EXTRAS.items()
        if importlib.util.find_spec(name) is None
    ]
