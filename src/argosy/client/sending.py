"""Local files on their way to a job: found, read, hashed, and sent when the server does not know them."""

import hashlib
import os
import stat
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from argosy.client import calls
from argosy.client.progress import Step, Told, unheard
from argosy.client.road import Road
from argosy.core.errors import BadInput
from argosy.core.names import relative, spell
from argosy.core.spec import Content, InputFile

_READ_BYTES = 1 << 20
_ASK_AT_ONCE = 10_000


@dataclass(frozen=True)
class LocalFile:
    """A file of this machine for a job: where it lies, its spelled name in the work directory, and its role if any."""

    path: Path
    name: str
    role: str = ""
    mutable: bool = False


@dataclass(frozen=True)
class _Seen:
    """What a file was when it was read; ``mark`` changes when somebody writes to it."""

    local: LocalFile
    content: Content
    executable: bool
    mark: tuple[int, int, int]


def send(road: Road, files: Sequence[LocalFile], *, told: Told = unheard) -> tuple[InputFile, ...]:
    """The server holds all these files; returns them as inputs of a job, in order.

    Every file is read before anything is sent. Raises BadInput that names the files which are missing or cannot be
    read, or one that changed while it was read.
    """
    _refuse_unreadable(files)
    seen = [_read(file, told) for file in files]
    unknown = set(_unknown(road, [one.content.sha256 for one in seen]))
    for one in seen:
        if one.content.sha256 in unknown:
            road.upload(one.content, _pieces(one, told))
            unknown.discard(one.content.sha256)
    return tuple(_input(one) for one in seen)


def find(
    path: Path, *, below: Path = Path(), name: str | None = None, role: str = "", mutable: bool = False
) -> tuple[LocalFile, ...]:
    """The file, or all files below a directory, as they are to lie in the work directory.

    A file lies under ``name``, by default the path if it is relative and does not climb, else its last part. The files
    of a directory lie below that name. A relative path counts from ``below``. Raises BadInput for directories without
    files; whether a file can be read is found when it is sent.
    """
    place = relative(name) if name else _place(path, below)
    found = below / path
    if not found.is_dir():
        return (LocalFile(found, place, role, mutable),)
    if role:
        raise BadInput(f"{shown(found)} is a directory, and {role} must be one file", hint=f"--file {role}=PATH")
    inside = sorted(one for one in found.rglob("*") if one.is_file())
    if not inside:
        raise BadInput(f"there are no files below the directory {shown(found)}")
    return tuple(LocalFile(one, f"{place}/{_spelled(one.relative_to(found))}", "", mutable) for one in inside)


def shown(path: Path) -> str:
    """A path for people: on one line, whatever is in it."""
    return spell(os.fsencode(path))


def _place(path: Path, below: Path) -> str:
    plain = Path(os.path.normpath(path))
    if not plain.is_absolute() and plain.parts[:1] != ("..",) and plain != Path():
        return relative(_spelled(plain))
    last = (below / path).resolve().name
    if not last:
        raise BadInput(f"{shown(path)} has no name of its own", hint="Give it one: --file name=PATH.")
    return relative(_spelled(Path(last)))


def _spelled(path: Path) -> str:
    return spell(os.fsencode(path.as_posix()))


def _refuse_unreadable(files: Iterable[LocalFile]) -> None:
    complaints = [complaint for file in files if (complaint := _complaint(file.path))]
    if complaints:
        more = f"; and {len(complaints) - 5} more" if len(complaints) > 5 else ""
        raise BadInput("; ".join(complaints[:5]) + more, hint="Nothing was sent. Check the paths and permissions.")


def _complaint(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            return f"{shown(path)} is not a regular file"
        with path.open("rb"):
            return ""
    except (OSError, ValueError) as trouble:
        return f"{shown(path)}: {getattr(trouble, 'strerror', None) or trouble}"


def _read(file: LocalFile, told: Told) -> _Seen:
    digest, size = hashlib.sha256(), 0
    try:
        with file.path.open("rb") as source:
            before = os.fstat(source.fileno())
            while piece := source.read(_READ_BYTES):
                digest.update(piece)
                size += len(piece)
                if size > before.st_size:  # reading on could go on for ever
                    raise _changed(file)
                told(Step(f"reading {shown(file.path)}", size, before.st_size))
            after = os.fstat(source.fileno())
    except OSError as trouble:
        raise BadInput(f"{shown(file.path)}: {trouble.strerror}", hint="Nothing was sent.") from None
    if _mark(before) != _mark(after) or size != after.st_size:
        raise _changed(file)
    content = Content(sha256=digest.hexdigest(), size=size)
    return _Seen(file, content, bool(after.st_mode & stat.S_IXUSR), _mark(after))


def _pieces(seen: _Seen, told: Told) -> Generator[bytes]:
    """The bytes once more, for sending; raises BadInput when the file is not the one that was read."""
    sent = 0
    with seen.local.path.open("rb") as source:
        while piece := source.read(_READ_BYTES):
            if _mark(os.fstat(source.fileno())) != seen.mark:
                raise _changed(seen.local)
            yield piece
            sent += len(piece)
            told(Step(f"sending {shown(seen.local.path)}", sent, seen.content.size))
    if sent != seen.content.size:
        raise _changed(seen.local)


def _unknown(road: Road, hashes: Sequence[str]) -> list[str]:
    distinct = list(dict.fromkeys(hashes))
    starts = range(0, len(distinct), _ASK_AT_ONCE)
    return [one for start in starts for one in road.send(calls.missing(distinct[start : start + _ASK_AT_ONCE]))]


def _input(seen: _Seen) -> InputFile:
    local = seen.local
    return InputFile(
        name=local.name, source=seen.content, role=local.role, executable=seen.executable, mutable=local.mutable
    )


def _mark(facts: os.stat_result) -> tuple[int, int, int]:
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


def _changed(file: LocalFile) -> BadInput:
    return BadInput(
        f"{shown(file.path)} changed while it was read",
        hint="Wait until whatever writes it has finished, then submit again.",
    )
