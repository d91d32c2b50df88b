"""The master processes of the system's ssh that this test process has started."""

import contextlib
import os
import tempfile
from pathlib import Path

from tests.infra.wrapped import alive


def masters() -> list[int]:
    """Those that live; their folders are named after us."""
    return [pid for pid in _named("ssh") if f"/{os.getpid()}-".encode() in everything_about(pid)]


def everything_about(pid: int) -> bytes:
    """What other accounts, or other programs of this one, can see of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def all_files_below(home: Path) -> bytes:
    """What lies in the files of a home, and in the folders of our masters."""
    runtime = Path(tempfile.gettempdir(), f"argosy-{os.getuid()}")
    files = [*home.rglob("*"), *runtime.glob(f"{os.getpid()}-*/*")]
    return b"\0".join(path.read_bytes() for path in files if path.is_file())


def _named(name: str) -> list[int]:
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):
            if entry.read_text() == f"{name}\n" and alive(int(entry.parent.name)):
                found.append(int(entry.parent.name))
    return found
