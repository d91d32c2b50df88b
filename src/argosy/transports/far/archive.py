"""The headers of a tar stream that we write: GNU's format, which all of tar's kinds read and which holds any name."""

from tarfile import DIRTYPE, GNU_FORMAT, LNKTYPE, REGTYPE, TarInfo

BLOCK = 512
_NAME = 100
_LARGEST = 0o77777777777
_NOBODY = b"0000000\0" * 2
_REST = b"ustar  ".ljust(255, b"\0")
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
    if len(name) < _NAME - 1 and len(goal) < _NAME and size <= _LARGEST:
        return _short(name, kind=kind, mode=mode, size=size, goal=goal)
    about = TarInfo(name.decode("utf-8", "surrogateescape"))
    about.type, about.mode, about.size = kind, mode, size
    about.linkname = goal.decode("utf-8", "surrogateescape")
    return about.tobuf(GNU_FORMAT, "utf-8", "surrogateescape")


def _short(name: bytes, *, kind: bytes, mode: int, size: int, goal: bytes) -> bytes:
    """The header of what needs no second one. There are thousands of them, and the library takes its time for each."""
    name = name + b"/" if kind == DIRTYPE else name
    before = b"%b%07o\0%b%011o\0%011o\0" % (name.ljust(_NAME, b"\0"), mode, _NOBODY, size, 0)
    after = kind + goal.ljust(_NAME, b"\0") + _REST
    checked = sum(before) + sum(after) + 8 * ord(" ")
    return before + b"%06o\0 " % checked + after
