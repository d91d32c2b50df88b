import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.toml import toml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SINGLE = st.one_of(TEXTS, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.floats(allow_nan=False))
VALUES: st.SearchStrategy[Any] = st.one_of(SINGLE, st.lists(SINGLE, max_size=12))
TABLES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.dictionaries(TEXTS, VALUES, max_size=4),
    lambda inner: st.dictionaries(TEXTS, st.one_of(VALUES, inner, st.lists(inner, min_size=1, max_size=3)), max_size=4),
    max_leaves=8,
)


@given(TABLES)
def test_what_is_written_is_read_back_as_it_was(table: dict[str, Any]) -> None:
    assert tomllib.loads(toml(table)) == table


def test_a_file_is_laid_out_for_people() -> None:
    table = {"below": {"port": 22}, "name": "lab/desk", "none": None, "list": [{"a": 1}, {"a": "two words"}]}
    assert toml(table) == ('name = "lab/desk"\n\n[below]\nport = 22\n\n[[list]]\na = 1\n\n[[list]]\na = "two words"\n')


def test_a_long_list_has_a_line_for_each_item() -> None:
    lines = [f"module load something/{number}" for number in range(5)]
    written = toml({"prologue": lines})
    assert len(written.splitlines()) == len(lines) + 2
    assert tomllib.loads(written) == {"prologue": lines}


def test_what_toml_has_no_word_for_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes"):
        toml({"a": b"x"})
