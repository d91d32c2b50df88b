"""The transport ``local``: this machine."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from argosy.contracts import Parcel, Piece
from argosy.core.command import Answer, Command
from argosy.core.errors import Denied, TargetError, Unreachable
from argosy.core.names import unspell
from argosy.core.outputs import FileEntry
from argosy.core.target import Target
from argosy.transports import local_files


class Local:
    """This machine: commands are child processes, files are moved by the kernel. Blocking file work runs in threads."""

    async def run(self, command: Command) -> Answer:
        """Run a command in a session of its own, so that a Ctrl-C at the server's terminal does not reach it."""
        try:
            process = await asyncio.create_subprocess_exec(
                *command.argv,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as fault:
            if isinstance(fault, FileNotFoundError):
                raise Denied(f"{os.fsdecode(command.argv[0])}: there is no such program on this machine") from None
            raise Unreachable(f"this machine cannot start a process now: {fault.strerror}") from None
        return await _answer(process, command)

    async def place(self, parcels: Sequence[Parcel]) -> Sequence[Denied | None]:
        """Place each parcel; what lies there already is left alone."""
        return await asyncio.to_thread(lambda: [_placed(parcel) for parcel in parcels])

    async def write(self, path: str, data: bytes) -> None:
        """Replace a small file by rename."""
        await asyncio.to_thread(_translated, path, local_files.write_whole, unspell(path), data)

    async def read(self, path: str, *, start: int = 0, limit: int = 65_536) -> Piece:
        """Read part of a regular file."""
        return await asyncio.to_thread(_translated, path, local_files.read_piece, unspell(path), start, limit)

    async def files(self, directory: str, *, limit: int = 100_000) -> Sequence[FileEntry]:
        """List a tree without following links."""
        return await asyncio.to_thread(_translated, directory, local_files.list_tree, unspell(directory), limit)

    async def fetch(self, directory: str, paths: Sequence[str], into: Path) -> Sequence[str]:
        """Copy files; a block clone where the file system can."""
        return await asyncio.to_thread(_translated, str(into), local_files.fetch, unspell(directory), paths, into)

    async def remove(self, directory: str, *, marker: str, holds: str) -> bool:
        """Remove a marked tree."""
        return await asyncio.to_thread(
            _translated, directory, local_files.remove_marked, unspell(directory), marker, holds
        )

    async def close(self) -> None:
        """There is nothing to let go of."""


def open_local(target: Target) -> Local:
    """The transport of a target on this machine."""
    del target
    return Local()


async def _answer(process: asyncio.subprocess.Process, command: Command) -> Answer:
    try:
        async with asyncio.timeout(command.timeout_s):
            stdout, stderr = await process.communicate(command.stdin)
    except TimeoutError:
        message = f"a command on this machine gave no answer within {command.timeout_s:g} s"
        raise Unreachable(message, hint="The machine may be overloaded; Argosy tries again.") from None
    finally:
        if process.returncode is None:
            process.kill()
    return Answer(code=process.returncode if process.returncode is not None else -1, stdout=stdout, stderr=stderr)


def _placed(parcel: Parcel) -> Denied | None:
    try:
        _translated(parcel.directory, local_files.place, parcel)
    except Denied as refusal:
        return refusal
    return None


def _translated(path: str, act, *arguments):
    try:
        return act(*arguments)
    except TargetError:
        raise
    except OSError as fault:
        raise local_files.translated(fault, path) from None
