"""Every reader takes its good examples, and what once broke one of them breaks none any more."""

from pathlib import Path

import pytest

from tests.fuzz.reader import Reader
from tests.fuzz.readers import READERS

EXAMPLES = [(one, path) for one in READERS.values() for path in sorted(one.examples.iterdir())]
KEPT = [(one, path) for one in READERS.values() if one.kept.exists() for path in sorted(one.kept.iterdir())]


def called(what: object) -> str:
    return what.name if isinstance(what, Reader | Path) else ""


@pytest.mark.parametrize(("reader", "path"), EXAMPLES, ids=called)
def test_good_examples_are_read(reader: Reader, path: Path) -> None:
    reader.reads(path.read_bytes())


@pytest.mark.parametrize(("reader", "path"), KEPT, ids=called)
def test_what_once_broke_a_reader_is_read_or_refused_in_words(reader: Reader, path: Path) -> None:
    reader.read(path.read_bytes())


def test_every_reader_has_good_examples() -> None:
    assert {one.name for one, _ in EXAMPLES} == set(READERS)
