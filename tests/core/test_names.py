import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from argosy.core.errors import BadInput
from argosy.core.names import absolute, relative, spell, unspell

names = st.binary(max_size=60) | st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass"))


@given(names)
@example(b"\\")
@example(b"\\x41")
@example("é\u00a0\u202e\n".encode())
@example(b"\xff\xfe\\\\x")
def test_any_bytes_come_back_from_their_spelling(name: bytes) -> None:
    assert unspell(spell(name)) == name


@given(names)
def test_a_spelling_is_printable_and_fits_one_line(name: bytes) -> None:
    spelled = spell(name)
    assert spelled.isprintable()
    assert len(spelled.splitlines()) <= 1


@given(names, names)
def test_two_names_never_share_a_spelling(one: bytes, other: bytes) -> None:
    assert (spell(one) == spell(other)) == (one == other)


@pytest.mark.parametrize("name", ["input.pdb", "my file (2).txt", "Übung/Größe.dat", 'it\'s "here"', "-rf", "日本語"])
def test_usual_names_are_spelled_as_they_are(name: str) -> None:
    assert spell(name.encode()) == name


@pytest.mark.parametrize(
    ("name", "spelled"),
    [(b"a\nb", r"a\x0ab"), (b"\xff", r"\xff"), (b"a\\b", r"a\\b"), ("\u202e".encode(), r"\xe2\x80\xae")],
)
def test_what_a_terminal_would_garble_is_escaped(name: bytes, spelled: str) -> None:
    assert spell(name) == spelled


@pytest.mark.parametrize("text", ["\\", "a\\b", "\\x4", "\\xGG", "\\xAB", "\\\\\\"])
def test_a_lone_backslash_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="lone backslash"):
        unspell(text)


@pytest.mark.parametrize("text", ["\ud800", "a\udcff"])
def test_text_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not text"):
        unspell(text)


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "./a", ".", "..", r"\x2e\x2e/x", r"\x2fetc", r"a\x2f..\x2fb"],
)
def test_a_path_that_leaves_its_directory_is_refused(path: str) -> None:
    with pytest.raises(BadInput, match="stays inside"):
        relative(path)


def test_names_that_no_file_system_takes_are_refused() -> None:
    with pytest.raises(BadInput, match="NUL"):
        relative(r"a\x00b")
    with pytest.raises(BadInput, match="255 bytes"):
        relative("é" * 128)
    assert relative("é" * 127 + "x") == "é" * 127 + "x"


def test_a_path_has_one_spelling_however_it_was_written() -> None:
    assert relative(r"\x61/b") == relative("a/b") == "a/b"
    assert absolute(r"/\x61") == "/a"


@given(names)
def test_a_relative_path_is_spelled_inside_or_refused(name: bytes) -> None:
    spelled = spell(name)
    parts = name.split(b"/")
    inside = not any(part in {b"", b".", b".."} or b"\0" in part or len(part) > 255 for part in parts)
    if inside:
        assert relative(spelled) == spelled
    else:
        with pytest.raises(BadInput):
            relative(spelled)


def test_an_absolute_path_begins_at_the_root() -> None:
    with pytest.raises(BadInput, match="not an absolute path"):
        absolute("data")
