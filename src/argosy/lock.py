"""One holder at a time, by a lock on a file: the kernel lets go of it when the holder dies, in whatever way."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from argosy.core.errors import ServerDown

_OWNER_ONLY = 0o600


def take(descriptor: int) -> bool:
    """Whether this process holds the lock of the open file now; until it is closed. Does not wait.

    Raises OSError where the file system cannot lock.
    """
    if sys.platform == "win32":
        import msvcrt

        try:
            # Far behind the content, because a locked byte cannot be read by others there.
            os.lseek(descriptor, 1 << 40, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def held(path: Path) -> Generator[bool]:
    """Whether this process now holds the lock of a server; until the block is left, or the process dies.

    The holder's pid is in the file, for others to read. The file itself stays: removing it would let two processes lock
    two files. Raises ServerDown where the file system cannot lock.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), _OWNER_ONLY)
    try:
        ours = _try(descriptor)
        if ours:
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, str(os.getpid()).encode())
        yield ours
    finally:
        os.close(descriptor)


@contextmanager
def kept_out(path: Path) -> Generator[bool]:
    """No server starts while the block runs; False when one runs already."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        yield True
        return
    try:
        yield _try(descriptor)
    finally:
        os.close(descriptor)


def is_free(path: Path) -> bool:
    """Whether no server holds the lock just now."""
    with kept_out(path) as ours:
        return ours


def holder(path: Path) -> int | None:
    """The pid that the lock's file names; it holds the lock only while nobody else gets it."""
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _try(descriptor: int) -> bool:
    try:
        return take(descriptor)
    except OSError as fault:
        why = f"this file system cannot lock files: {fault.strerror}"
        raise ServerDown(why, hint="Set ARGOSY_HOME to a directory on another disk.") from fault
