"""Files on their way home: small ones as one tar stream, large ones each by itself, going on where they were cut."""

import asyncio
import contextlib
import hashlib
import os
import shutil
import tarfile
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any

from argosy.core.command import Answer
from argosy.core.errors import BadInput, Denied, Garbled, Unreachable
from argosy.core.names import relative, spell, unspell
from argosy.sparse import append
from argosy.transports.far.line import Line, Starter
from argosy.transports.far.spoken import called, quoted
from argosy.transports.far.streams import Count, Opened

LARGE = 16 << 20
"""From this size on a file travels alone, and its part is kept when it is cut."""
_NAMES_BYTES = 60_000
"""How many bytes of names one tar is called with: xargs makes one command of them."""
_PIECE = 1 << 20
_PACK = b"""export LC_ALL=C
cd -- "$dir" && xargs -0 tar -chf -
"""
# What has no beginning at home needs no search for where to go on, and "cat" moves the largest pieces.
_TAKE = b"""export LC_ALL=C
if [ "$start" -eq 0 ]; then exec cat -- "$file"; fi
[ "$start" -ge "$size" ] || exec tail -c "+$((start + 1))" -- "$file"
"""
_FACTS = b"""cd -- "$1" 2>/dev/null || exit 0
shift
for name; do [ -f "./$name" ] && [ -r "./$name" ] && printf '%s\\0' "./$name"; done |
if stat -L --printf='' / 2>/dev/null; then xargs -0 stat -L --printf='%s %Y %n\\0' --
else xargs -0 sh -c 'for name; do
  facts=$(stat -L -c "%s %Y" -- "$name" 2>/dev/null || stat -L -f "%z %m" -- "$name") || continue
  printf "%s %s\\0" "$facts" "$name"
done' sh; fi 2>/dev/null
"""

Ask = Callable[[bytes], Awaitable[Answer]]


@dataclass(frozen=True)
class _Found:
    """A file there as it was when it was looked at."""

    name: bytes
    size: int
    modified: int


@dataclass(frozen=True)
class Fetching:
    """Brings files of a machine home, through a line and the shell that stays."""

    line: Line
    ask: Ask
    received: Count

    async def fetch(self, directory: str, paths: Sequence[str], into: Path) -> list[str]:
        """Bring them; returns those that are home now, in the order in which they were asked for."""
        try:
            names = [unspell(relative(path)) for path in paths]
        except BadInput as fault:
            raise Denied(fault.message, hint=fault.hint) from None
        top = unspell(directory)
        found = await self._facts(top, names)
        came: set[bytes] = set()
        for batch in _batches([one.name for one in found if one.size < LARGE]):
            came |= await self._many(top, batch, into)
        large = [one for one in found if one.size >= LARGE]
        if large:
            by = await self.line.for_much(sum(one.size for one in large))
            came |= {one.name for one in large if await self._one(top, one, into, by)}
        return [path for path, name in zip(paths, names, strict=True) if name in came]

    async def _facts(self, top: bytes, names: Sequence[bytes]) -> list[_Found]:
        """Those that are regular files that can be read."""
        found: list[_Found] = []
        for batch in _batches(names):
            answer = await self.ask(b"set -- " + called(top, *batch) + b"\n" + _FACTS)
            for record in answer.stdout.split(b"\0")[:-1]:
                size, modified, name = record.split(b" ", 2)
                found.append(_Found(name.removeprefix(b"./"), int(size), int(modified)))
        return found

    async def _many(self, top: bytes, batch: Sequence[bytes], into: Path) -> set[bytes]:
        channel = await Opened.of(self.line, b"dir=" + quoted(top) + b"\n" + _PACK)
        complaining = asyncio.create_task(_drained(channel))
        try:
            await channel.send(b"\0".join(b"./" + name for name in batch) + b"\0")
            await channel.end()
            came = await _unpacked(channel, set(batch), into, self.received)
            code = await channel.code()
            complaint = await complaining
        finally:
            complaining.cancel()
            await channel.close()
        if code not in {0, 1, 2, 123} or (not came and b"tar" in complaint and b"not found" in complaint):
            raise Denied(complaint.decode("utf-8", "replace").strip()[:500], hint="Argosy needs tar on the target.")
        return {name for name in came if b"./" + name + b": File shrank" not in complaint}

    async def _one(self, top: bytes, one: _Found, into: Path, by: Starter) -> bool:
        goal = into / os.fsdecode(one.name)
        await asyncio.to_thread(lambda: goal.parent.mkdir(parents=True, exist_ok=True))
        version = hashlib.blake2s(b"%d %d " % (one.size, one.modified) + one.name, digest_size=8).hexdigest()
        part = goal.with_name(f".argosy-part-{version}")
        start = min(await asyncio.to_thread(_size, part), one.size)
        path = top + b"/" + one.name
        facts = {b"file": path, b"start": b"%d" % start, b"size": b"%d" % one.size}
        head = b"".join(name + b"=" + quoted(fact) + b"\n" for name, fact in facts.items())
        channel = await Opened.of(by, head + _TAKE)
        try:
            with await asyncio.to_thread(part.open, "r+b" if start else "wb", buffering=0) as file:
                file.seek(start)
                await self._written(channel, file, one.size - start)
        finally:
            await channel.close()
        if await asyncio.to_thread(_size, part) != one.size:
            raise Unreachable(f"{spell(path)} did not come whole", hint="Argosy goes on where it stopped.")
        if start and not await self._same(path, one.size, part):
            await asyncio.to_thread(part.unlink)
            raise Unreachable(f"{spell(path)} is not what it was when it was begun", hint="Argosy begins it anew.")
        await asyncio.to_thread(part.replace, goal)
        return True

    async def _written(self, channel: Opened, file: RawIOBase, left: int) -> None:
        """Write what comes, in large pieces: each is handed to a thread, while the next one is on its way."""
        writing: asyncio.Future[None] | None = None
        try:
            while left and (piece := await _piece(channel, min(_PIECE, left))):
                left -= len(piece)
                self.received(len(piece))
                if writing is not None:
                    await writing
                writing = asyncio.ensure_future(asyncio.to_thread(append, file.fileno(), piece))
            if writing is not None:
                await writing
        finally:
            if writing is not None:
                await asyncio.wait({writing})  # the file is closed behind it

    async def _same(self, path: bytes, size: int, part: Path) -> bool:
        """Whether two halves that came at different times belong together."""
        script = b"{ sha256sum || shasum -a 256 || openssl dgst -sha256 -r; } 2>/dev/null"
        answer = await self.ask(b"head -c %d <" % size + quoted(path) + b" | " + script)
        return answer.stdout.split()[:1] == [(await asyncio.to_thread(_digest, part)).encode("ascii")]


def _batches(names: Sequence[bytes]) -> list[list[bytes]]:
    batches: list[list[bytes]] = []
    room = 0
    for name in names:
        cost = len(name) + 3
        if not batches or cost > room:
            batches.append([])
            room = _NAMES_BYTES
        batches[-1].append(name)
        room -= cost
    return batches


def _size(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


async def _piece(channel: Opened, size: int) -> bytes:
    """So many bytes of its output; less at its end."""
    parts: list[bytes] = []
    while size and (part := await channel.receive(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _drained(channel: Opened) -> bytes:
    held = bytearray()
    while piece := await channel.complaints():
        held += piece[: 65_536 - len(held)]
    return bytes(held)


# --- unpacking: tarfile reads in a thread, the channel is read here ---------------------------------------------------


class _Stream(RawIOBase):
    """The output of a channel for a thread that reads it."""

    def __init__(self, channel: Opened, loop: asyncio.AbstractEventLoop, received: Count) -> None:
        self._channel, self._loop, self._received = channel, loop, received
        self._held = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._held:
            waiting: Future[bytes] = asyncio.run_coroutine_threadsafe(_received(self._channel), self._loop)
            self._held = memoryview(waiting.result())
            self._loop.call_soon_threadsafe(self._received, len(self._held))
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        self._held = self._held[count:]
        return count


async def _received(channel: Opened) -> bytes:
    return await channel.receive(_PIECE)


async def _unpacked(channel: Opened, wanted: set[bytes], into: Path, received: Count) -> set[bytes]:
    """Write the files of the tar stream as they come; returns the names of those that came whole."""
    stream = _Stream(channel, asyncio.get_running_loop(), received)
    return await asyncio.to_thread(_extracted, stream, wanted, into)


def _extracted(stream: _Stream, wanted: set[bytes], into: Path) -> set[bytes]:
    came: set[bytes] = set()
    folders: set[Path] = set()
    try:
        with tarfile.open(
            fileobj=BufferedReader(stream, _PIECE), mode="r|", encoding="utf-8", errors="surrogateescape"
        ) as archive:
            for entry in archive:
                name = os.fsencode(entry.name).removeprefix(b"./")
                if name in wanted and (entry.isreg() or entry.islnk()):
                    folder = (into / entry.name).parent
                    if folder not in folders:
                        folder.mkdir(parents=True, exist_ok=True)
                        folders.add(folder)
                    _write(archive, entry, into)
                    came.add(name)
    except tarfile.ReadError as fault:
        if came or "empty file" not in str(fault):
            raise Garbled(f"the stream of files was cut: {fault}") from None
    except EOFError:
        raise Garbled("the stream of files was cut") from None
    return came


def _write(archive: tarfile.TarFile, entry: tarfile.TarInfo, into: Path) -> None:
    """One file of the stream; the same file under a second name comes as a reference to the first."""
    goal = into / entry.name
    digest = hashlib.blake2s(os.fsencode(goal.name), digest_size=8).hexdigest()
    part = goal.with_name(f".argosy-part-{digest}")
    try:
        if entry.islnk():
            shutil.copyfile(into / entry.linkname, part)
        else:
            _write_bytes(archive, entry, part)
        part.replace(goal)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _write_bytes(archive: tarfile.TarFile, entry: tarfile.TarInfo, part: Path) -> None:
    source, left = archive.extractfile(entry), entry.size
    with part.open("wb", buffering=0) as file:
        while source and (piece := source.read(min(_PIECE, left))):
            append(file.fileno(), piece)
            left -= len(piece)
    if left:
        raise Garbled(f"{entry.name} was cut on its way home")
