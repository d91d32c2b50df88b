from hypothesis import given
from hypothesis import strategies as st

from argosy.cli.letters import cut_end, cut_middle, harmless, harmless_lines, padded, width

ANY = st.text(alphabet=st.characters(), max_size=60)


@given(ANY)
def test_nothing_that_a_terminal_could_obey_is_left(text: str) -> None:
    assert harmless(text).isprintable()
    assert all(line.isprintable() for line in harmless_lines(text))


@given(st.text(alphabet=st.characters(exclude_categories=("C", "Z")), max_size=60))
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_escapes_bidi_marks_and_raw_bytes_are_spelled() -> None:
    assert harmless("a\x1b[31mb\u202ec\udce9\n") == r"a\x1b[31mb\xe2\x80\xaec\xe9\n"


@given(ANY, st.integers(2, 40))
def test_a_cut_text_fits(text: str, columns: int) -> None:
    plain = harmless(text)
    for cut in (cut_end, cut_middle):
        assert width(cut(plain, columns)) <= columns
        assert width(padded(cut(plain, columns), columns)) == columns


def test_both_ends_of_a_long_name_are_kept() -> None:
    assert cut_middle("production-of-water-at-310K", 13) == "produc…t-310K"
    assert cut_end("production-of-water", 6) == "produ…"


def test_wide_letters_take_two_columns() -> None:
    assert width("水") == 2
    assert cut_end("水水水", 4) == "水…"
