"""The lock that a running server holds, seen from outside."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


def is_free(path: Path) -> bool:
    """Whether no server holds the lock just now."""
    with kept_out(path) as ours:
        return ours


@contextmanager
def kept_out(path: Path) -> Generator[bool]:
    """No server starts while the block runs; False when one runs already."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        yield True
        return
    try:
        yield _taken(descriptor)
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)  # where the server locks
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
