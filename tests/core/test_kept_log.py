"""What is kept of the output of a job that is over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.kept_log import HEAD_BYTES, KeptLog, ends_of, read_kept_log, written
from argosy.core.parcel import Piece
from tests.core.cases import NOW


def tail_of(data: bytes, count: int) -> Piece:
    start = max(len(data) - count, 0)
    return Piece(data=data[start:], start=start, size=len(data))


def test_a_small_stream_is_kept_byte_for_byte() -> None:
    assert ends_of(Piece(data=b"a\0\xff\n", start=0, size=4)) == b"a\0\xff\n"
    assert ends_of(Piece(data=b"", start=0, size=0)) == b""
    assert ends_of(None) == b""


def test_of_a_long_stream_both_ends_are_kept_and_it_is_said_how_much_is_missing() -> None:
    data = b"0123456789" * 10_000
    head = Piece(data=data[:20], start=0, size=len(data))
    kept = ends_of(tail_of(data, 30), head)
    assert kept == data[:20] + b"\n[argosy: 99,950 bytes are left out here]\n" + data[-30:]
    assert ends_of(tail_of(data, 30)) == b"\n[argosy: 99,970 bytes are left out here]\n" + data[-30:]


@given(st.integers(0, 200), st.integers(1, 100))
def test_nothing_is_shown_twice_where_beginning_and_end_meet(size: int, count: int) -> None:
    data = bytes(place % 256 for place in range(size))
    head = Piece(data=data[:HEAD_BYTES], start=0, size=size)
    assert ends_of(tail_of(data, count), head) == data


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_what_is_kept_is_read_again_as_it_was(stdout: bytes, stderr: bytes) -> None:
    log = KeptLog(read=NOW, stdout=stdout, stderr=stderr)
    document = written(log)
    assert read_kept_log(document) == log
    assert read_kept_log(document[:-1]) is None
    assert read_kept_log(document + b"x") is None


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\n",
        b"[]\n",
        b"{}\n",
        b'{"read": 1, "stdout": 0, "stderr": 0}\n',
        b'{"read": "2026-01-02T03:04:05", "stdout": 0, "stderr": 0}\n',
        b'{"read": "2026-01-02T03:04:05+00:00", "stdout": -1, "stderr": 1}\n',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_kept_log_counts_as_nothing_kept(document: bytes) -> None:
    assert read_kept_log(document) is None
