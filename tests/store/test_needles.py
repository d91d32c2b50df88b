"""What words become for the search."""

from hypothesis import given
from hypothesis import strategies as st

from argosy.store.needles import GRAM, folded, grams, needles, terms


def test_long_words_are_found_anywhere_and_short_ones_where_words_begin() -> None:
    found = terms(["water-box nvt_300K"])
    assert all(needle in found for needle in needles("ater-b 300 w wa b bo n nv 30 3"))
    assert not any(needle in found for needle in needles("at te ox vt 00 k zzz"))


@given(st.text())
def test_folding_twice_changes_nothing_and_case_does_not_matter(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert folded(text.swapcase()).split() == folded(text.swapcase().casefold()).split()


@given(st.text())
def test_ascii_is_folded_as_everything_else_is(text: str) -> None:
    plain = "".join(mark for mark in text if mark.isascii())
    assert folded(plain) == folded(plain + "\N{COMBINING ACUTE ACCENT}")


@given(st.text())
def test_every_word_is_found_in_its_own_text(text: str) -> None:
    found = terms([text])
    for needle in needles(text):
        assert len(needle) >= GRAM
        assert needle in found
        assert all(gram in found and len(gram) == GRAM for gram in grams(needle))
