"""Input files by what is in them: received once, verified, kept read-only."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from argosy.core.errors import BadInput, NoRoom
from argosy.core.spec import Content

_PIECES_BEFORE_WRITE = 1 << 20


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
            await asyncio.to_thread(goal.parent.mkdir, mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=goal.parent, prefix=".part-")
        except OSError as fault:
            raise NoRoom(
                f"{goal.parent}: {fault.strerror}", hint="Make room on this disk and send the file again."
            ) from None
        part = Path(name)
        try:
            size, digest = await _written(handle, pieces)
            if digest != sha256:
                message = f"the bytes that arrived have the hash {digest[:12]}..., not {sha256[:12]}..."
                raise BadInput(
                    message, hint="The file changed while it was sent, or was damaged on the way: send it again."
                )
            await asyncio.to_thread(_keep, part, goal)
        except OSError as fault:
            raise NoRoom(
                f"{goal.parent}: {fault.strerror}", hint="Make room on this disk and send the file again."
            ) from None
        finally:
            part.unlink(missing_ok=True)
        return Content(sha256=sha256, size=size)

    def size(self, sha256: str) -> int | None:
        """The size of a content in bytes; None when it is not here."""
        try:
            return self._path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def _path(self, sha256: str) -> Path:
        return content_path(self._contents, sha256)


async def _written(handle: int, pieces: AsyncIterator[bytes]) -> tuple[int, str]:
    digest, size, waiting = hashlib.sha256(), 0, bytearray()
    with os.fdopen(handle, "wb") as file:
        async for piece in pieces:
            waiting += piece
            if len(waiting) >= _PIECES_BEFORE_WRITE:
                size += await asyncio.to_thread(_append, file, digest, bytes(waiting))
                waiting.clear()
        size += await asyncio.to_thread(_append, file, digest, bytes(waiting))
        await asyncio.to_thread(_to_disk, file)
    return size, digest.hexdigest()


def _append(file: "os.PathLike[str] | object", digest: "hashlib._Hash", data: bytes) -> int:
    digest.update(data)
    return file.write(data)


def _to_disk(file) -> None:
    file.flush()
    os.fsync(file.fileno())


def _keep(part: Path, goal: Path) -> None:
    part.chmod(0o444)
    part.replace(goal)
