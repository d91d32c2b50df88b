"""How a file or directory of this machine comes into place: whole, or not at all.

Thousands of jobs are placed in a few seconds. A ``Path`` for each of their files would take longer than all else, so
paths stay text here.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path


def clear(part: str) -> None:
    """Take away what was left there, if anything."""
    try:
        os.unlink(part)  # noqa: PTH108  a Path is slow
    except FileNotFoundError:
        pass
    except (IsADirectoryError, PermissionError):  # a directory is refused with either, depending on the system
        if Path(part).is_symlink() or not Path(part).is_dir():
            raise
        shutil.rmtree(part)


@contextmanager
def arriving(path: str, make: Callable[[str], object] = clear) -> Generator[str]:
    """The temporary path of a file or directory, which comes into place whole when the block ends well, else not.

    ``make`` makes it, or way for it; it fails with FileExistsError where something was left there.
    """
    part = _part_of(path)
    try:
        try:
            make(part)
        except FileExistsError:
            if not os.path.lexists(part):  # it is a file that lies where a directory is needed
                raise
            clear(part)
            make(part)
        yield part
        os.replace(part, path)  # noqa: PTH105  a Path is slow
    except BaseException:
        with suppress(OSError):  # what went wrong first is what tells
            clear(part)
        raise


def make_folder(path: str) -> None:
    """Make a directory, and those above it where they are missing."""
    try:
        os.mkdir(path)  # noqa: PTH102  a Path is slow
    except (FileNotFoundError, NotADirectoryError):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        os.mkdir(path)  # noqa: PTH102  a Path is slow


def write_new(path: str, data: bytes, mode: int) -> None:
    """Write a file that is not there yet. Raises FileExistsError where one is."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)


def _part_of(path: str) -> str:
    """The name itself may have all the 255 bytes that a name can have, so that nothing can be added to it."""
    above, slash, name = path.rstrip("/").rpartition("/")
    digest = hashlib.blake2s(os.fsencode(name), digest_size=8).hexdigest()
    return f"{above}{slash}.argosy-part-{digest}"
