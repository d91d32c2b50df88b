"""The server file: how windows find the running server."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from argosy.core.server_file import ServerFile

_OWNER_ONLY = 0o600


def announce(path: Path, server: ServerFile) -> None:
    """The file tells of this server, whole, and is readable by its owner only from its first moment."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(server.model_dump_json())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def announced(path: Path) -> ServerFile | None:
    """The server that the file tells of; None without a file, and for one that is not ours or cannot be understood."""
    try:
        if hasattr(os, "getuid") and path.stat().st_uid != os.getuid():
            return None
        return ServerFile.model_validate_json(path.read_bytes())
    except (OSError, ValueError):
        return None


def withdraw(path: Path, server: ServerFile) -> None:
    """The file is gone if it told of this server; another's is left alone."""
    if announced(path) == server:
        path.unlink(missing_ok=True)


@contextmanager
def announcing(path: Path, server: ServerFile) -> Generator[None]:
    """The file tells of this server while the block runs."""
    announce(path, server)
    try:
        yield
    finally:
        withdraw(path, server)
