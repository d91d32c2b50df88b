import io
import tarfile
import tracemalloc
import zipfile
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.errors import BadInput
from argosy.core.values import EARLIEST, LATEST
from argosy.service.packing import MEDIA, Form, Member, packer, refuse_unspeakable, whole

FORMS: tuple[Form, ...] = get_args(Form)
MOMENT = datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC)

_part = st.binary(min_size=1, max_size=255).filter(lambda part: not set(part) & {0, 0x2F} and part not in (b".", b".."))
names = st.lists(_part, min_size=1, max_size=3).map(b"/".join)


@given(st.dictionaries(names, st.binary(max_size=2000), max_size=5))
def test_a_tar_file_holds_any_names(files: dict[bytes, bytes]) -> None:
    to = packer("tar")
    packed = b"".join(whole(to, Member(name, len(data), MOMENT), data) for name, data in files.items()) + to.finish()
    came: dict[bytes, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(packed), encoding="utf-8", errors="surrogateescape") as archive:
        for entry in archive:
            opened = archive.extractfile(entry)
            assert opened
            came[entry.name.encode("utf-8", "surrogateescape")] = opened.read()
            assert entry.mtime == MOMENT.timestamp()
    assert came == {name.rstrip(b"/"): data for name, data in files.items()}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("moment", [EARLIEST, MOMENT, LATEST])
def test_each_form_is_read_by_others(form: Form, moment: datetime) -> None:
    to = packer(form)
    files = {"a b": b"", "Größe/ü": b"x" * 100_000, "-n": bytes(range(256))}
    pieces = [
        whole(to, Member(name.encode(), len(data), moment, executable=True), data) for name, data in files.items()
    ]
    packed = io.BytesIO(b"".join([*pieces, to.finish()]))
    if form == "zip":
        with zipfile.ZipFile(packed) as zipped:
            assert {entry.filename: zipped.read(entry) for entry in zipped.infolist()} == files
            assert {entry.external_attr >> 16 for entry in zipped.infolist()} == {0o755}
        return
    with tarfile.open(fileobj=packed) as archive:
        for entry in archive:
            opened = archive.extractfile(entry)
            assert opened
            assert (opened.read(), entry.mode) == (files[entry.name], 0o755)


@pytest.mark.parametrize("form", FORMS)
def test_a_large_file_takes_no_memory(form: Form) -> None:
    piece = bytes(1 << 20)
    to = packer(form)
    tracemalloc.start()
    try:
        to.begin(Member(b"large", 200 * len(piece), MOMENT))
        for _ in range(200):
            to.add(piece)
        to.end()
        to.finish()
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_only_zip_cannot_hold_names_that_are_no_text() -> None:
    odd = [b"good", b"caf\xe9", b"\xff"]
    for form in MEDIA:
        if form == "zip":
            with pytest.raises(BadInput, match=r"caf\\xe9, \\xff") as refused:
                refuse_unspeakable("zip", odd)
            assert "tar" in refused.value.hint
    refuse_unspeakable("tar", odd)
    refuse_unspeakable("zip", odd[:1])
