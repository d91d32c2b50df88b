"""Input files by what is in them: received once, verified, kept read-only."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from argosy.core.errors import BadInput, NoRoom
from argosy.core.spec import Content

_WRITE_BYTES = 1 << 20


def content_path(contents: Path, sha256: str) -> Path:
    """Where a content lies."""
    return contents / sha256[:2] / sha256


class Contents:
    """The server's store of input files."""

    def __init__(self, contents: Path) -> None:
        self._contents = contents

    async def missing(self, hashes: Sequence[str]) -> tuple[str, ...]:
        """Those of the hashes that must be sent."""
        distinct = dict.fromkeys(hashes)
        return await asyncio.to_thread(lambda: tuple(one for one in distinct if not self._path(one).is_file()))

    async def receive(self, sha256: str, pieces: AsyncIterator[bytes]) -> Content:
        """Take in one content. Afterwards it is whole on disk, or not there at all; a second time changes nothing.

        Raises BadInput when the bytes do not have this hash, and NoRoom when the disk is full.
        """
        goal = self._path(sha256)
        try:
            handle, part = await asyncio.to_thread(_begin, goal)
        except OSError as fault:
            raise _full(goal, fault) from None
        try:
            size, digest = await _written(handle, pieces)
            if digest != sha256:
                message = f"the bytes that arrived have the hash {digest[:12]}..., not {sha256[:12]}..."
                hint = "The file changed while it was sent, or was damaged on the way: send it again."
                raise BadInput(message, hint=hint)
            await asyncio.to_thread(_keep, part, goal)
        except OSError as fault:
            raise _full(goal, fault) from None
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)
        return Content(sha256=sha256, size=size)

    def size(self, sha256: str) -> int | None:
        """The size of a content in bytes; None when it is not here."""
        try:
            return self._path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def text(self, sha256: str) -> str:
        """A content as text, with marks where it is none; empty when it is not here."""
        try:
            return self._path(sha256).read_text("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def _path(self, sha256: str) -> Path:
        return content_path(self._contents, sha256)


async def _written(handle: int, pieces: AsyncIterator[bytes]) -> tuple[int, str]:
    """Write what arrives, in threads and in large pieces; returns its size and hash once it is on the disk."""
    size, waiting, digest = 0, bytearray(), hashlib.sha256()
    with os.fdopen(handle, "wb") as file:

        def append(data: bytes) -> int:
            digest.update(data)
            return file.write(data)

        def to_disk() -> None:
            file.flush()
            os.fsync(file.fileno())

        async for piece in pieces:
            waiting += piece
            if len(waiting) >= _WRITE_BYTES:
                size += await asyncio.to_thread(append, bytes(waiting))
                waiting.clear()
        size += append(bytes(waiting))
        await asyncio.to_thread(to_disk)
    return size, digest.hexdigest()


def _keep(part: Path, goal: Path) -> None:
    part.chmod(0o444)
    part.replace(goal)


def _begin(goal: Path) -> tuple[int, Path]:
    goal.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=goal.parent, prefix=".part-")
    return handle, Path(name)


def _full(goal: Path, fault: OSError) -> NoRoom:
    return NoRoom(f"{goal.parent}: {fault.strerror}", hint="Make room on this disk and send the file again.")
