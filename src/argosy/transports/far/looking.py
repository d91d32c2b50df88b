"""Files on a machine elsewhere: listed and read by the shell that stays, many at once."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from argosy.core.errors import Denied, Garbled
from argosy.core.names import spell, unspell
from argosy.core.outputs import FileEntry
from argosy.core.parcel import Glance, Glanced, Piece
from argosy.core.values import EARLIEST, LATEST
from argosy.transports.far.spoken import called

_COUNT = re.compile("[0-9]{1,19}")
_SIZE = re.compile(b"[0-9]{1,19}")
_TIME = re.compile(rb"-?[0-9]{1,19}(?:\.[0-9]*)?")


def asks(glance: Glance) -> bytes:
    """What the shell does for one glance."""
    directory = unspell(glance.directory)
    lines: list[bytes] = []
    if glance.below is not None:
        lines.append(called("argosy_files", _below(directory, glance.below)))
    lines += [
        called("argosy_read", _below(directory, tail), str(glance.first_byte), str(glance.tail_bytes))
        for tail in glance.tails
    ]
    return b"\n".join(lines)


def answered(glances: Sequence[Glance], said: bytes) -> list[Glanced]:
    """What the shell said to all glances; raises Garbled when it is cut short."""
    reader = Reader(said)
    seen = [_glanced(glance, reader) for glance in glances]
    if not reader.over:
        raise Garbled(f"a look at files did not end where it should, but said {reader.rest[:100]!r}")
    return seen


class Reader:
    """Reads the answers of the far functions one after another."""

    def __init__(self, said: bytes) -> None:
        self._said, self._at = said, 0

    @property
    def over(self) -> bool:
        """Whether all was read."""
        return self._at >= len(self._said)

    @property
    def rest(self) -> bytes:
        """What was not read yet."""
        return self._said[self._at :]

    def files(self) -> tuple[FileEntry, ...]:
        """A list of files, sorted by path."""
        entries: list[FileEntry] = []
        while record := self._until(b"\0"):
            entries.append(_entry(record))
        return tuple(sorted(entries, key=lambda entry: entry.path))

    def names(self) -> tuple[str, ...]:
        """A list of names, sorted."""
        found: list[str] = []
        while record := self._until(b"\0"):
            found.append(spell(record))
        return tuple(sorted(found))

    def piece(self, path: str) -> Piece:
        """Part of a file; raises Denied when it could not be read."""
        line = self._until(b"\n").decode("utf-8", "replace")
        word, _, rest = line.partition(" ")
        if word == "no":
            raise Denied(f"{path}: {rest}")
        numbers = rest.split()
        if word != "piece" or len(numbers) != 3 or not all(_COUNT.fullmatch(number) for number in numbers):
            raise Garbled(f"reading {path} was answered with {line[:100]!r}")
        size, begin, count = map(int, numbers)
        data = self._said[self._at : self._at + count]
        if len(data) != count:
            raise Garbled(f"{path} was cut while it was read")
        self._at += count
        return Piece(data=data, start=begin, size=size)

    def _until(self, end: bytes) -> bytes:
        at = self._said.find(end, self._at)
        if at < 0:
            raise Garbled(f"a look at files was answered with {self.rest[:100]!r}, which is not whole")
        found = self._said[self._at : at]
        self._at = at + 1
        return found


def _below(directory: bytes, path: str) -> bytes:
    return directory + b"/" + unspell(path) if path else directory


def _glanced(glance: Glance, reader: Reader) -> Glanced:
    files = reader.files() if glance.below is not None else ()
    tails: dict[str, Piece] = {}
    for tail in glance.tails:
        try:
            tails[tail] = reader.piece(tail)
        except Denied:
            continue
    return Glanced(files=files, tails=tails)


def _entry(record: bytes) -> FileEntry:
    parts = record.split(b" ", 3)
    if len(parts) != 4 or not _SIZE.fullmatch(parts[0]) or not _TIME.fullmatch(parts[1]):
        raise Garbled(f"a list of files has the line {record[:100]!r}")
    size, modified, kind, path = parts
    return FileEntry(path=spell(path), size=int(size), modified=_moment(float(modified)), link=kind == b"l")


def _moment(seconds: float) -> datetime:
    """A file's time; the nearest one that we hold, since programs write any."""
    return datetime.fromtimestamp(min(max(seconds, EARLIEST.timestamp()), LATEST.timestamp()), UTC)
