"""The inputs or outputs of a job as one archive, packed while it is sent."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from argosy.contracts import Store
from argosy.core import ids, layout
from argosy.core.errors import Garbled, NotFound, TooMuch, Unreachable
from argosy.core.job import Job
from argosy.core.names import unspell
from argosy.core.outputs import MOST_FILES
from argosy.core.patterns import chosen, holds
from argosy.core.spec import Content, InputFile
from argosy.service.contents import content_path
from argosy.service.files import PIECE_BYTES, JobFiles
from argosy.service.packing import Form, Member, Packer, packer, refuse_unspeakable, whole

What = Literal["outputs", "inputs"]

SMALL_BYTES = 1 << 20
"""Smaller files come from the target many at once."""
TOGETHER = 2_000
TOGETHER_BYTES = 32 << 20


@dataclass(frozen=True)
class Wanted:
    """Which files of a job, and in which form: those that fit a pattern, or exactly ``paths``; without both, all."""

    form: Form = "tar.gz"
    what: What = "outputs"
    patterns: tuple[str, ...] = ()
    attempt: int | None = None
    paths: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Archive:
    """The bytes of an archive as they are made; ``size`` is how long the files in it are together."""

    name: str
    size: int
    pieces: AsyncIterator[bytes]


@dataclass(frozen=True)
class _File:
    """A file that goes in. ``held`` is where it lies on this machine, ``text`` what is in it, if that is known."""

    path: str
    size: int
    modified: datetime
    executable: bool = False
    link: bool = False
    held: Path | None = None
    text: bytes | None = None

    @property
    def travels_with_others(self) -> bool:
        """Whether it is one of the many small ones that lie on the target."""
        return self.held is None and self.text is None and not self.link and self.size < SMALL_BYTES


@dataclass
class _Packed:
    """An archive in the making: its files lie in one directory, and what could not be read is named beside that."""

    to: Packer
    top: str
    hollows: Sequence[str] = ()
    left_out: list[str] = field(default_factory=list[str])

    def member(self, file: _File, size: int) -> Member:
        """The file as it is called in the archive."""
        return Member(self.name(file.path), size, file.modified, file.executable)

    def name(self, path: str) -> bytes:
        """How something is called in the archive."""
        return f"{self.top}/".encode() + unspell(path)


@dataclass(frozen=True)
class Archives:
    """Packs what jobs have."""

    store: Store
    files: JobFiles

    async def archive(self, job: str, wanted: Wanted) -> Archive:
        """The files that are wanted, below a directory named after the job.

        Links are packed as the files that they lead to; empty directories go in, too, where no files are named singly.
        Each file is as long as it was when its turn came: of one that grows, what was there then. What is gone or
        cannot be read by then is left out and named in a text file at the end. Raises NotFound when a pattern fits
        nothing, Unreachable when the target does not answer, and BadInput for names that the form cannot hold. Reading
        ``pieces`` raises when a file gets shorter while it is read.
        """
        spec = await self.store.job(job)
        found = await (self._inputs(spec, wanted) if wanted.what == "inputs" else self._outputs(job, wanted))
        picked = [file for file in found if file.path in wanted.paths]
        going = picked if wanted.paths else chosen(job, found, wanted.patterns)
        hollows = await self._hollows(job, wanted)
        refuse_unspeakable(wanted.form, [unspell(path) for path in (*(file.path for file in going), *hollows)])
        top = ids.short(job)
        packed = _Packed(packer(wanted.form), top, hollows)
        pieces = self._pieces(spec, wanted, going, packed)
        return Archive(f"{top}.{wanted.form}", sum(file.size for file in going), pieces)

    # --- what goes in -----------------------------------------------------------------------------------------------

    async def _outputs(self, job: str, wanted: Wanted) -> list[_File]:
        listed = await self.files.listing(job, attempt=wanted.attempt, limit=MOST_FILES)
        if not listed.complete:
            hint = "Have a job pack them, or some of them, into one file; then get that."
            raise TooMuch(f"job {ids.short(job)} has more than {MOST_FILES} files", hint=hint)
        if not listed.reachable:
            raise Unreachable(
                f"the target of job {ids.short(job)} does not answer, so its files cannot be packed",
                hint="Ask again when it answers: argosy target check.",
            )
        return [_File(one.path, one.size, one.modified, link=one.link) for one in listed.files]

    async def _hollows(self, job: str, wanted: Wanted) -> list[str]:
        if wanted.what == "inputs" or wanted.paths:
            return []
        found = await self.files.hollows(job, attempt=wanted.attempt)
        return [path for path in found if holds(path, wanted.patterns)]

    async def _inputs(self, job: Job, wanted: Wanted) -> list[_File]:
        """Rendered texts and contents that this server holds; what came from elsewhere lies with the job."""
        texts = [
            _File(file.name, len(data), job.created, file.executable, text=data)
            for file in job.spec.rendered
            for data in [file.text.encode()]
        ]
        held = [self._held(file, job.created) for file in job.spec.inputs]
        known = [file for file in held if file is not None]
        elsewhere = {file.name for file in job.spec.inputs} - {file.path for file in known}
        there = [one for one in await self._outputs(job.id, wanted) if one.path in elsewhere] if elsewhere else []
        return [*texts, *known, *there]

    def _held(self, file: InputFile, created: datetime) -> _File | None:
        """An input whose content this server has."""
        if not isinstance(file.source, Content):
            return None
        path = content_path(self.files.home.contents, file.source.sha256)
        if not path.is_file():
            return None
        return _File(file.name, file.source.size, created, file.executable, held=path)

    # --- packing ----------------------------------------------------------------------------------------------------

    async def _pieces(self, job: Job, wanted: Wanted, going: Sequence[_File], packed: _Packed) -> AsyncIterator[bytes]:
        for path in packed.hollows:
            yield packed.to.folder(packed.name(path), job.created)
        for batch in _batches(going):
            if batch[0].travels_with_others:
                async for piece in self._together(job.id, wanted, batch, packed):
                    yield piece
            else:
                async for piece in self._alone(job.id, wanted, batch[0], packed):
                    yield piece
        if packed.left_out:
            text = ("These files could not be read:\n" + "".join(f"{path}\n" for path in packed.left_out)).encode()
            name = f"{packed.top}.left-out.txt".encode()
            yield whole(packed.to, Member(name, len(text), job.created), text)
        yield packed.to.finish()

    async def _together(
        self, job: str, wanted: Wanted, batch: Sequence[_File], packed: _Packed
    ) -> AsyncIterator[bytes]:
        """Many small files: brought at once into a directory of ours, and packed from there."""
        with tempfile.TemporaryDirectory(prefix="argosy-", dir=self.files.home.state) as folder:
            into = Path(folder)
            came = frozenset(await self.files.fetched(job, [file.path for file in batch], into, attempt=wanted.attempt))
            packed.left_out += [file.path for file in batch if file.path not in came]
            async for piece in _in_thread(_packed_from(into, [file for file in batch if file.path in came], packed)):
                yield piece

    async def _alone(self, job: str, wanted: Wanted, file: _File, packed: _Packed) -> AsyncIterator[bytes]:
        if file.text is not None:
            yield whole(packed.to, packed.member(file, file.size), file.text)
        elif file.held is not None:
            async for piece in _in_thread(_packed_file(file.held, file, packed)):
                yield piece
        else:
            async for piece in self._streamed(job, wanted, file, packed):
                yield piece

    async def _streamed(self, job: str, wanted: Wanted, file: _File, packed: _Packed) -> AsyncIterator[bytes]:
        """A large file, as it comes."""
        try:
            stream = await self.files.stream(job, f"{layout.WORK}/{file.path}", attempt=wanted.attempt)
        except NotFound:
            packed.left_out.append(file.path)
            return
        yield packed.to.begin(packed.member(file, stream.size))
        left = stream.size
        async for data in stream.pieces:
            some = data[:left]
            left -= len(some)
            if piece := await asyncio.to_thread(packed.to.add, some):
                yield piece
        if left:
            raise Garbled(f"{file.path} became shorter while it was read", hint="Ask again when the job is over.")
        yield packed.to.end()


async def _in_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        if piece:
            yield piece


def _batches(files: Sequence[_File]) -> Iterator[list[_File]]:
    """Files in their order, small ones that lie on the target together."""
    batch: list[_File] = []
    room = 0
    for file in files:
        fits = batch and file.travels_with_others and len(batch) < TOGETHER and file.size <= room
        if not (fits and batch[0].travels_with_others):
            if batch:
                yield batch
            batch, room = [], TOGETHER_BYTES
        batch.append(file)
        room -= file.size
    if batch:
        yield batch


def _packed_from(folder: Path, files: Sequence[_File], packed: _Packed) -> Iterator[bytes]:
    held = bytearray()
    for file in files:
        for piece in _packed_file(folder / os.fsdecode(unspell(file.path)), file, packed):
            held += piece
        if len(held) >= PIECE_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _packed_file(path: Path, file: _File, packed: _Packed) -> Iterator[bytes]:
    """A file of this machine that nobody writes to."""
    with path.open("rb") as opened:
        yield packed.to.begin(packed.member(file, os.fstat(opened.fileno()).st_size))
        while data := opened.read(PIECE_BYTES):
            yield packed.to.add(data)
        yield packed.to.end()
