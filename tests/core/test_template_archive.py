"""Archives from strangers: whatever is in them, nothing leads out of the folder and nothing grows without bound."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.errors import BadInput
from argosy.core.template_archive import MAX_FILES, packed, unpacked

GOOD = {"template.toml": 'name = "t"\n', "sub/in.txt": "x"}


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", kind) as file:
        for name, data in entries:
            file.writestr(name, data)
    return made.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o120777 << 16
    return entry


def test_what_was_packed_is_unpacked_and_packs_the_same_again() -> None:
    assert unpacked(packed(GOOD)) == GOOD
    assert packed(GOOD) == packed(dict(reversed(GOOD.items())))


def test_a_folder_around_all_files_is_taken_off() -> None:
    assert unpacked(archive(("top/template.toml", b"a"), ("top/in.txt", b"b"))) == {"template.toml": "a", "in.txt": "b"}


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "a/../../b", "..", "a//b", "a/./b", "C:/x/../../y"]
)
def test_a_name_that_leads_out_of_the_folder_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="no place inside the template"):
        unpacked(archive(("template.toml", b""), (name, b"x")))


def test_a_link_is_refused() -> None:
    with pytest.raises(BadInput, match="is a link"):
        unpacked(archive((link("template.toml"), b"/etc/passwd")))


def test_a_bomb_is_refused_before_it_has_grown() -> None:
    with pytest.raises(BadInput, match="too large once it is unpacked"):
        unpacked(archive(("template.toml", b"\0" * (64 << 20))))


def test_many_files_that_are_each_small_enough_are_refused_together() -> None:
    with pytest.raises(BadInput, match="too large once it is unpacked"):
        unpacked(archive(*((f"{number}.txt", b" " * (3 << 20)) for number in range(10))))
    with pytest.raises(BadInput, match=f"{MAX_FILES + 1} files"):
        unpacked(archive(*((f"{number}.txt", b"") for number in range(MAX_FILES + 1))))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no archive"),
        (b"PK\x03\x04 not really", "no archive"),
        (archive(("a.txt", b"\xff\xfe")), "not UTF-8"),
        (archive(("a.txt", b"x"), kind=zipfile.ZIP_BZIP2), "packed in a way"),
    ],
    ids=["empty", "torn", "not-utf8", "bzip2"],  # an archive holds the time, and a test's name must not
)
def test_what_is_no_archive_of_texts_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        unpacked(data)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_for_two_files_is_refused() -> None:
    with pytest.raises(BadInput, match="twice"):
        unpacked(archive(("a.txt", b"1"), ("a.txt", b"2")))


def flipped(place: int, value: int) -> bytes:
    data = bytearray(packed(GOOD))
    data[place % len(data)] = value
    return bytes(data)


def cut(place: int, _value: int) -> bytes:
    data = packed(GOOD)
    return data[: place % len(data)]


@given(st.sampled_from([flipped, cut]), st.integers(0, 10_000), st.integers(0, 255))
def test_a_damaged_archive_is_read_or_refused_and_nothing_else(
    damage: Callable[[int, int], bytes], place: int, value: int
) -> None:
    with suppress(BadInput):
        unpacked(damage(place, value))


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(BadInput):
        unpacked(b"PK" + data)
