"""The headers of a tar stream that we write: GNU's format, which all of tar's kinds read and which holds any name."""

from tarfile import DIRTYPE, GNU_FORMAT, LNKTYPE, REGTYPE, TarInfo

BLOCK = 512
END = bytes(2 * BLOCK)
"""What closes an archive."""


def directory(name: bytes) -> bytes:
    """A directory."""
    return _header(name, kind=DIRTYPE, mode=0o755)


def file(name: bytes, size: int, *, mode: int = 0o644) -> bytes:
    """A file, whose ``size`` bytes and ``padding`` follow."""
    return _header(name, kind=REGTYPE, mode=mode, size=size)


def whole(name: bytes, data: bytes, *, mode: int = 0o644) -> bytes:
    """A file with all that is in it."""
    return file(name, len(data), mode=mode) + data + padding(len(data))


def link(name: bytes, goal: bytes) -> bytes:
    """A hard link to what lies there already."""
    return _header(name, kind=LNKTYPE, mode=0o444, goal=goal)


def padding(size: int) -> bytes:
    """What fills up the last block of a file."""
    return bytes(-size % BLOCK)


def _header(name: bytes, *, kind: bytes, mode: int, size: int = 0, goal: bytes = b"") -> bytes:
    about = TarInfo(name.decode("utf-8", "surrogateescape"))
    about.type, about.mode, about.size = kind, mode, size
    about.linkname = goal.decode("utf-8", "surrogateescape")
    return about.tobuf(GNU_FORMAT, "utf-8", "surrogateescape")
