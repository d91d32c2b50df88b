"""The files of a job: listed, read, followed, streamed; from its target, or from what was brought home."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from argosy.contracts import Piece, Store, Transport
from argosy.core import ids, layout
from argosy.core.errors import BadInput, Denied, NotFound, TargetError
from argosy.core.home import Home
from argosy.core.job import Attempt, Closed
from argosy.core.names import relative
from argosy.core.outputs import FileEntry
from argosy.core.views import Chunk, Files
from argosy.service import kept_logs
from argosy.service.jobs import chosen_attempt
from argosy.service.outputs import glance_at
from argosy.service.reconcile import Reconciler
from argosy.service.targets import Targets

PIECE_BYTES = 1 << 20
LIST_LIMIT = 10_000

_KEPT = ("stdout", "stderr")
_STREAMS = {"stdout": layout.STDOUT, "stderr": layout.STDERR, "script": layout.SCRIPT}


@dataclass(frozen=True)
class Stream:
    """The bytes of a file from ``start`` on, that was ``size`` bytes long. ``over`` when no more will ever come.

    ``kept`` is when they were read, if they are what was kept of a stream that its target does not show now.
    """

    start: int
    size: int
    over: bool
    kept: datetime | None
    pieces: AsyncIterator[bytes]


@dataclass(frozen=True)
class JobFiles:
    """What a job has on disk."""

    store: Store
    targets: Targets
    reconciler: Reconciler
    home: Home

    async def listing(self, job: str, *, attempt: int | None = None, limit: int = LIST_LIMIT) -> Files:
        """The work directory of an attempt, at most ``limit`` files of it, and what was brought home.

        ``reachable`` tells whether the target answered, ``complete`` whether these are all files.
        """
        chosen = await self._attempt(job, attempt)
        work = await self._work(chosen)
        kept = tuple(file.path for file in await self.store.kept_files(job, chosen.number) if file.kind == "home")
        home = str(self.home.attempt_home(job, chosen.number) / layout.WORK) if kept else ""
        there = getattr(chosen.state, "directory", None) or work or ""
        try:
            found = await self._found(chosen, work, limit)
        except TargetError:
            return Files(directory=there, files=(), home=home, at_home=kept, reachable=False)
        return Files(directory=there, files=found[:limit], home=home, at_home=kept, complete=len(found) <= limit)

    async def hollows(self, job: str, *, attempt: int | None = None) -> tuple[str, ...]:
        """The empty directories below the work directory; none before there is one. Raises TargetError."""
        chosen = await self._attempt(job, attempt)
        work = await self._work(chosen)
        return () if work is None else tuple(await (await self._transport(chosen)).hollows(work))

    async def chunk(
        self, job: str, path: str, *, attempt: int | None = None, start: int = 0, limit: int = 65_536
    ) -> Chunk:
        """Part of a text file: ``stdout``, ``stderr``, ``script``, or ``work/`` and a path in the work directory.

        A stream that is not there yet has no text so far. ``over`` tells that the job is closed and this is the end.
        """
        chosen = await self._attempt(job, attempt)
        over = isinstance(chosen.state, Closed)
        try:
            piece, kept = await self._piece_or_kept(chosen, path, start, limit)
        except Denied:
            if path not in _STREAMS:
                raise _no_such_file(job, path) from None
            return Chunk(text="", start=max(start, 0), next=max(start, 0), over=over)
        data = piece.data if over and piece.start + len(piece.data) >= piece.size else _whole_characters(piece.data)
        end = piece.start + len(data)
        text, is_end = data.decode("utf-8", "replace"), over and end >= piece.size
        return Chunk(text=text, start=piece.start, next=end, over=is_end, kept=kept)

    async def stream(self, job: str, path: str, *, attempt: int | None = None, start: int = 0) -> Stream:
        """A file from byte ``start`` up to the size that it has now. Raises NotFound when it is not there.

        Of stdout and stderr of a job that is over, what was kept is enough. What was not kept yet is kept now.
        """
        chosen = await self._attempt(job, attempt)
        try:
            first, kept = await self._piece_or_kept(chosen, path, start, PIECE_BYTES)
        except Denied:
            raise _no_such_file(job, path) from None
        over = isinstance(chosen.state, Closed)
        if over and kept is None and path in _KEPT:
            await self._have_kept(chosen)
        return Stream(first.start, first.size, over, kept, self._pieces(chosen, path, first))

    async def _have_kept(self, attempt: Attempt) -> None:
        """Keep the streams of an attempt that is over, unless they are: it closed elsewhere, or long ago."""
        directory = getattr(attempt.state, "directory", None)
        if directory is None or await kept_logs.kept(self.home, attempt) is not None:
            return
        with suppress(TargetError, NotFound):
            transport = await self._transport(attempt)
            (seen,) = await glance_at(transport, [directory])
            looked = kept_logs.Seen(attempt, directory, seen)
            await kept_logs.keep(self.home, transport, [looked], self.reconciler.clock())

    async def _piece_or_kept(
        self, attempt: Attempt, path: str, start: int, limit: int
    ) -> tuple[Piece, datetime | None]:
        """Part of a file; of a stream that its target does not show, part of what was kept, and when that was read."""
        try:
            return await self._piece(attempt, path, start, limit), None
        except (TargetError, NotFound):
            log = await kept_logs.kept(self.home, attempt) if path in _KEPT else None
            if log is None or not isinstance(attempt.state, Closed):
                raise
            return _part(getattr(log, path), start, limit), log.read

    async def _pieces(self, attempt: Attempt, path: str, first: Piece) -> AsyncIterator[bytes]:
        """Pieces of 1 MiB, the first of which was read already."""
        piece, at, size = first, first.start, first.size
        while piece.data and at < size:
            yield piece.data
            at += len(piece.data)
            if at < size:
                piece = await self._piece(attempt, path, at, min(PIECE_BYTES, size - at))

    async def _attempt(self, job: str, number: int | None) -> Attempt:
        return chosen_attempt(await self.store.attempts(job), number)

    async def _transport(self, attempt: Attempt) -> Transport:
        return self.reconciler.transport(await self.targets.target(attempt.target))

    async def fetched(
        self, job: str, paths: Sequence[str], into: Path, *, attempt: int | None = None
    ) -> tuple[str, ...]:
        """Bring files of the work directory into a directory of ours; returns those that came."""
        chosen = await self._attempt(job, attempt)
        work = await self._work(chosen)
        return () if work is None else tuple(await (await self._transport(chosen)).fetch(work, paths, into))

    async def _found(self, attempt: Attempt, work: str | None, limit: int) -> tuple[FileEntry, ...]:
        return () if work is None else tuple(await (await self._transport(attempt)).files(work, limit=limit + 1))

    async def _work(self, attempt: Attempt) -> str | None:
        """Where the program of an attempt runs; of an adopted job that is where it was handed in."""
        if directory := getattr(attempt.state, "directory", None):
            return layout.work_directory(directory)
        adopted = (await self.store.job(attempt.job)).adopted
        return adopted.directory if adopted else None

    async def _piece(self, attempt: Attempt, path: str, start: int, limit: int) -> Piece:
        below, work = _below(path), await self._work(attempt)
        if work is None:
            raise Denied("the job has no directory yet")
        top = getattr(attempt.state, "directory", None)
        if not top and path in _STREAMS:
            raise Denied("it was adopted, so nobody knows which of its files this is")
        try:
            transport = await self._transport(attempt)
            there = f"{top}/{below}" if top else f"{work}/{below.removeprefix(layout.WORK + '/')}"
            return await transport.read(there, start=start, limit=limit)
        except (TargetError, NotFound):
            at_home = self.home.attempt_home(attempt.job, attempt.number) / below
            if not at_home.is_file():
                raise
            return await asyncio.to_thread(_read_home, at_home, start, limit)


def _below(path: str) -> str:
    """Where a file that a window names lies below the attempt's directory."""
    if path in _STREAMS:
        return _STREAMS[path]
    if not path.startswith(f"{layout.WORK}/"):
        hint = "Name stdout, stderr, script, or work/ and a path in the work directory."
        raise BadInput(f"{path!r} is no file of a job", hint=hint)
    return f"{layout.WORK}/{relative(path.removeprefix(f'{layout.WORK}/'))}"


def _read_home(path: Path, start: int, limit: int) -> Piece:
    with path.open("rb") as file:
        size = path.stat().st_size
        begin = max(size + start, 0) if start < 0 else start
        file.seek(min(begin, size))
        return Piece(data=file.read(limit) if begin < size else b"", start=begin, size=size)


def _part(data: bytes, start: int, limit: int) -> Piece:
    begin = max(len(data) + start, 0) if start < 0 else start
    return Piece(data=data[begin : begin + limit], start=begin, size=len(data))


def _whole_characters(data: bytes) -> bytes:
    """The bytes without a UTF-8 character that is cut at their end; the rest of it comes with the next chunk."""
    for back in range(1, min(4, len(data)) + 1):
        lead = data[-back]
        if lead & 0b1100_0000 != 0b1000_0000:
            needed = 4 if lead >= 0xF0 else 3 if lead >= 0xE0 else 2 if lead >= 0xC0 else 1
            return data[:-back] if needed > back and len(data) > back else data
    return data


def _no_such_file(job: str, path: str) -> NotFound:
    """Named as the list of files names it: from the work directory on."""
    short = ids.short(job)
    return NotFound(f"job {short} has no file {path.removeprefix('work/')!r}", hint=f"See 'argosy files {short}'.")
