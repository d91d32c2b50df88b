"""Files with holes: the bytes are those that were written, and zeros take no room."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.sparse import BLOCK, append

LENGTHS = st.integers(min_value=0, max_value=3 * BLOCK)
RUNS = st.tuples(st.sampled_from([b"\0", b"x"]), LENGTHS)


def written(path: Path, pieces: Sequence[bytes]) -> bytes:
    """What lies in a file to which these pieces were appended."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    try:
        for piece in pieces:
            append(file, piece)
    finally:
        os.close(file)
    return path.read_bytes()


@given(st.lists(RUNS, max_size=6), st.integers(min_value=1, max_value=5 * BLOCK))
def test_whatever_is_appended_in_whatever_pieces_is_what_lies_there(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[bytes, int]], size: int
) -> None:
    data = b"".join(byte * length for byte, length in runs)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert written(tmp_path_factory.getbasetemp() / "sparse", pieces) == data


def test_zeros_take_no_room_and_count_for_the_size(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    pieces = [b"begin", bytes(64 << 20), b"end", bytes(64 << 20)]
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    for piece in pieces:
        append(file, piece)
    os.close(file)
    about = path.stat()
    assert about.st_size == sum(map(len, pieces))
    assert about.st_blocks * 512 < 1 << 20


def test_what_is_appended_goes_on_from_where_the_file_ended(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    path.write_bytes(b"first")
    file = os.open(path, os.O_RDWR)
    os.lseek(file, 5, os.SEEK_SET)
    append(file, bytes(2 * BLOCK) + b"last")
    os.close(file)
    assert path.read_bytes() == b"first" + bytes(2 * BLOCK) + b"last"
