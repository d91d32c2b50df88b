"""A template as one file: a ZIP archive of its folder. What comes from others is read with suspicion. Pure."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from argosy.core.errors import BadInput
from argosy.core.names import relative, spell, unspell

ENDING = ".template.zip"
MAX_FILES = 200
MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_BYTES = 16 * 1024 * 1024
"""Of all files together, once they are unpacked."""

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_MAGIC = b"PK"
_HINT = "Pack templates with: argosy template export TEMPLATE"
_LINK, _KIND = 0o120000, 0o170000
_UNDERSTOOD = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What the reader of the standard library raises for bytes that are not as they should be.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def is_archive(data: bytes) -> bool:
    """Whether this looks like a ZIP archive."""
    return data.startswith(_MAGIC)


def packed(folder: Mapping[str, str]) -> bytes:
    """The archive; equal folders make equal bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(folder):
            entry = zipfile.ZipInfo(unspell(name).decode("utf-8", "surrogateescape"), _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, folder[name].encode())
    return made.getvalue()


def unpacked(data: bytes) -> dict[str, str]:
    """Names and texts of the files; a single folder around all of them is taken off.

    Raises BadInput for what is no archive, for names that lead out of the folder, links, what is no text, and more than
    ``MAX_FILES`` files, ``MAX_FILE_BYTES`` in one or ``MAX_BYTES`` in all, whatever the archive says of itself.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _without_top(dict(_texts(archive)))
    except _DAMAGED as why:
        raise BadInput(f"this is no archive that can be read: {why}", hint=_HINT) from None


def _texts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise BadInput(f"the archive has {len(entries)} files", hint=f"A template has at most {MAX_FILES}.")
    left = MAX_BYTES
    seen: set[str] = set()
    for entry in entries:
        name = _name(entry)
        if name in seen:
            raise BadInput(f"the archive has the file {name!r} twice", hint=_HINT)
        seen.add(name)
        data = _bytes(archive, entry, min(MAX_FILE_BYTES, left))
        left -= len(data)
        try:
            yield name, data.decode("utf-8")
        except UnicodeDecodeError:
            hint = "Give other files to jobs as inputs."
            raise BadInput(f"the file {name!r} in the archive is not UTF-8 text", hint=hint) from None


def _name(entry: zipfile.ZipInfo) -> str:
    """The spelled name, which stays inside the folder."""
    if (entry.external_attr >> 16) & _KIND == _LINK:
        raise BadInput(f"{entry.filename[:200]!r} in the archive is a link", hint="A template is made of plain files.")
    try:
        return relative(spell(entry.filename.encode("utf-8", "surrogateescape")))
    except BadInput:
        what = f"the archive would write to {entry.filename[:200]!r}, which is no place inside the template"
        raise BadInput(what, hint="Nothing was unpacked. Do not trust this archive.") from None


def _bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """The content, of which never more than ``most`` is unpacked."""
    if entry.compress_type not in _UNDERSTOOD:
        raise BadInput(f"the file {entry.filename[:200]!r} is packed in a way that is not read here", hint=_HINT)
    with archive.open(entry) as source:
        data = source.read(most + 1)
    if len(data) > most:
        what = f"the file {entry.filename[:200]!r} in the archive is too large once it is unpacked"
        hint = f"A template has at most {MAX_FILE_BYTES >> 20} MiB in a file and {MAX_BYTES >> 20} MiB in all."
        raise BadInput(what, hint=hint)
    return data


def _without_top(folder: dict[str, str]) -> dict[str, str]:
    tops = {name.split("/", 1)[0] for name in folder}
    if len(tops) != 1 or any("/" not in name for name in folder):
        return folder
    return {name.split("/", 1)[1]: text for name, text in folder.items()}
