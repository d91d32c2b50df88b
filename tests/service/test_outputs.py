"""How many texts are read by one call."""

from datetime import UTC, datetime

from argosy.contracts import Glanced
from argosy.core.outputs import FileEntry
from argosy.service.outputs import TEXT_BYTES, Remains, in_batches

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def remains(*sizes: int) -> Remains:
    files = tuple(FileEntry(path=f"{number}.log", size=size, modified=NOW) for number, size in enumerate(sizes))
    return Remains("/root/jobs/a/attempt-1", ("*.log",), Glanced(files=files))


def test_texts_are_read_together_as_long_as_they_fit_in_memory() -> None:
    half = TEXT_BYTES // 2
    assert in_batches([remains(half), remains(half), remains(1), remains()]) == [[0, 1], [2, 3]]


def test_what_alone_is_too_large_is_read_alone() -> None:
    assert in_batches([remains(1), remains(TEXT_BYTES, TEXT_BYTES), remains(1)]) == [[0], [1], [2]]


def test_of_a_huge_text_only_its_end_counts() -> None:
    assert in_batches([remains(TEXT_BYTES * 10), remains()]) == [[0, 1]]
