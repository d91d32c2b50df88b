"""What pages name must exist: tests, and commands with their options."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import REPOSITORY, pages

_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_test_that_a_page_names_exists() -> None:
    named = {match for page in pages() for match in _TEST.findall(page.read_text())}
    assert named, "no page names a test any more"
    missing = [f"{file}::{name}" for file, name in sorted(named) if not _has(REPOSITORY / file, name)]
    assert missing == []


def _has(file: Path, name: str) -> bool:
    return file.is_file() and re.search(rf"^(async )?def {name}\(", file.read_text(), re.MULTILINE) is not None


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_a_page_has_one_title(page: Path) -> None:
    prose = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    assert len(re.findall(r"^# ", prose, re.MULTILINE)) == 1
