"""Many small files of a job on their way to this machine, as one stream: a request for each would take far longer."""

import os
import tarfile
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, Any

from argosy.client import calls
from argosy.client.arriving import explained, finish
from argosy.client.progress import Step, Told
from argosy.client.road import Road
from argosy.client.wire import Broken
from argosy.core.errors import Garbled
from argosy.core.names import spell
from argosy.core.outputs import FileEntry
from argosy.sparse import append

FEW = 4
"""Fewer files than this come by themselves as fast."""
SMALL_BYTES = 1 << 20
"""Larger files come by themselves: they go on where they broke off."""
AT_ONCE = 10_000
"""How many one request names, at most."""

_PIECE = 1 << 20


@dataclass(frozen=True)
class Coming:
    """A file as it was listed, and where it is to lie here."""

    entry: FileEntry
    place: Path

    @property
    def travels_with_others(self) -> bool:
        """Whether it is one of the small ones."""
        return self.entry.size < SMALL_BYTES and not self.entry.link


@dataclass
class _Load:
    """What still has to come, by its path, and how much has come in all."""

    waiting: dict[str, Coming]
    told: Told
    total: int
    done: int = 0

    def came(self, one: Coming) -> None:
        """It lies at its place."""
        del self.waiting[one.entry.path]
        self.done += one.entry.size
        self.told(Step("getting small files", min(self.done, self.total), self.total))


def bring_together(
    road: Road, job: str, *, attempt: int | None, coming: Sequence[Coming], told: Told
) -> Sequence[Coming]:
    """Each file lies at its place, whole; returns those that did not come: they are gone, or cannot be read by now.

    After a break it goes on with those that are missing, as long as something has come before it; else the refusal
    tells why.
    """
    load = _Load({}, told, sum(one.entry.size for one in coming))
    missing: list[Coming] = []
    for first in range(0, len(coming), AT_ONCE):
        load.waiting = {one.entry.path: one for one in coming[first : first + AT_ONCE]}
        while load.waiting:
            before = len(load.waiting)
            try:
                _flow(road, job, attempt, load)
                break
            except Broken:
                if len(load.waiting) == before:
                    raise
        missing += load.waiting.values()
    return missing


def _flow(road: Road, job: str, attempt: int | None, load: _Load) -> None:
    with road.flow(calls.pick(job, list(load.waiting), attempt)) as flow:
        stream: IO[Any] = BufferedReader(_Stream(flow.pieces), _PIECE)
        try:
            with tarfile.open(fileobj=stream, mode="r|", encoding="utf-8", errors="surrogateescape") as archive:
                for member in archive:
                    one = load.waiting.get(_path(member))
                    data = archive.extractfile(member) if one else None
                    if one and data:
                        _lay(data, one)
                        load.came(one)
        except tarfile.ReadError as fault:
            raise Garbled(f"the stream of files cannot be read: {fault}") from None


def _path(member: tarfile.TarInfo) -> str:
    """The spelled path below the archive's one directory."""
    return spell(member.name.encode("utf-8", "surrogateescape").partition(b"/")[2])


def _lay(data: IO[bytes], one: Coming) -> None:
    part = one.place.with_name(f".argosy-{os.getpid()}-{threading.get_ident()}.part")
    with explained(one.place):
        one.place.parent.mkdir(parents=True, exist_ok=True)
        try:
            size = 0
            with part.open("wb", buffering=0) as file:
                while piece := data.read(_PIECE):
                    append(file.fileno(), piece)
                    size += len(piece)
            finish(part, one.entry, size)
            part.replace(one.place)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


class _Stream(RawIOBase):
    """Pieces as a file that can be read once."""

    def __init__(self, pieces: Generator[bytes]) -> None:
        self._pieces = pieces
        self._held = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held = memoryview(piece)
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        self._held = self._held[count:]
        return count
