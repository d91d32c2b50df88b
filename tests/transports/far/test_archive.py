"""The headers of the tar stream are those of the library, which is too slow to write thousands of them."""

from tarfile import DIRTYPE, GNU_FORMAT, LNKTYPE, REGTYPE, TarInfo

import pytest

from argosy.transports.far import archive


def by_the_library(name: bytes, kind: bytes, *, mode: int, size: int = 0, goal: bytes = b"") -> bytes:
    about = TarInfo(name.decode("utf-8", "surrogateescape"))
    about.type, about.mode, about.size = kind, mode, size
    about.linkname = goal.decode("utf-8", "surrogateescape")
    return about.tobuf(GNU_FORMAT, "utf-8", "surrogateescape")


@pytest.mark.parametrize(
    "name", [b"a", b"deep/er", b"\xff\xe9", *(b"x" * length for length in (98, 99, 100, 101, 300))]
)
def test_a_header_is_what_the_library_writes(name: bytes) -> None:
    assert archive.directory(name) == by_the_library(name, DIRTYPE, mode=0o755)
    assert archive.link(name, b"goal" * 10) == by_the_library(name, LNKTYPE, mode=0o444, goal=b"goal" * 10)
    assert archive.link(name, b"g" * 100) == by_the_library(name, LNKTYPE, mode=0o444, goal=b"g" * 100)
    for size in (0, 1, 0o77777777777, 0o77777777777 + 1):
        assert archive.file(name, size, mode=0o755) == by_the_library(name, REGTYPE, mode=0o755, size=size)
