"""The transport ``local``: this machine."""

import asyncio
import contextlib
import errno
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

from argosy.contracts import Doomed, Glance, Glanced, Parcel, Piece, Surroundings
from argosy.core.command import Answer, Command
from argosy.core.connection import Connection, ConnectionState, Person
from argosy.core.errors import BadInput, Denied, NoRoom, Unreachable
from argosy.core.outputs import FileEntry
from argosy.core.target import Target
from argosy.transports import local_files
from argosy.transports.freight import Freight
from argosy.transports.local_room import check_room

_Given = ParamSpec("_Given")
_Got = TypeVar("_Got")

_OVERLOADED = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE})
_REAP_S = 5.0


class Local:
    """This machine: commands are child processes, files are moved by the kernel. Blocking file work runs in threads.

    A cancelled call for files lets its thread finish: each file is whole or not there, never half in place.
    """

    def __init__(self, target: str, opened: datetime, around: Surroundings) -> None:
        self._around = around
        self._connection = Connection(
            target=target, state=ConnectionState.CONNECTED, words="it is this machine", since=opened
        )

    @property
    def connection(self) -> Connection:
        """Always connected."""
        return self._connection

    async def connect(self, person: Person) -> None:
        """Nobody has to be asked."""
        del person

    async def disconnect(self) -> None:
        """There is nothing to leave."""

    async def run(self, command: Command) -> Answer:
        """Run a command in a session of its own, so that a Ctrl-C at the server's terminal does not reach it.

        When it takes too long, or the call is cancelled, it is killed with all processes of its group.
        """
        process = await _started(command)
        try:
            async with asyncio.timeout(command.timeout_s):
                stdout, stderr = await process.communicate(command.stdin)
        except TimeoutError:
            await _kill(process)
            message = f"a command on this machine gave no answer within {command.timeout_s:g} s"
            raise Unreachable(message, hint="The machine may be overloaded; Argosy tries again.") from None
        except BaseException:
            await _kill(process)
            raise
        return Answer(code=process.returncode or 0, stdout=stdout, stderr=stderr)

    async def place(self, parcels: Sequence[Parcel]) -> Sequence[Denied | None]:
        """Place each parcel, once there is room for all; what lies there already is left alone."""
        loop, freight = asyncio.get_running_loop(), Freight(self._around)

        def due(there: int, total: int) -> None:
            loop.call_soon_threadsafe(freight.due, there, total)

        def moved(count: int) -> None:
            loop.call_soon_threadsafe(freight.add, count)

        try:
            return await asyncio.to_thread(_all_placed, parcels, due, moved)
        finally:
            freight.over()

    async def write(self, files: Mapping[str, bytes]) -> Mapping[str, Denied | NoRoom]:
        """Replace small files, each by rename."""
        return await asyncio.to_thread(_written, files)

    async def read(self, path: str, *, start: int = 0, limit: int = 65_536) -> Piece:
        """Read part of a regular file."""
        return await _in_thread(path, local_files.read_piece, path, start, limit)

    async def glance(self, glances: Sequence[Glance]) -> Sequence[Glanced]:
        """Look into all these directories in one thread."""
        return await asyncio.to_thread(lambda: [local_files.glance(one) for one in glances])

    async def files(self, directory: str, *, limit: int = 100_000) -> Sequence[FileEntry]:
        """List a tree without following links."""
        return await _in_thread(directory, local_files.list_tree, directory, limit)

    async def hollows(self, directory: str) -> Sequence[str]:
        """List the empty directories of a tree."""
        return await _in_thread(directory, local_files.list_hollows, directory)

    async def fetch(self, directory: str, paths: Sequence[str], into: Path) -> Sequence[str]:
        """Copy files; a block clone where the file system can."""
        return await _in_thread(str(into), local_files.fetch, directory, paths, into)

    async def remove(self, doomed: Sequence[Doomed]) -> Sequence[int | Denied | NoRoom | None]:
        """Remove marked trees, also where a program has closed its own directories."""
        return await asyncio.to_thread(lambda: [_removed(one) for one in doomed])

    async def close(self) -> None:
        """There is nothing to let go of."""


def _removed(doomed: Doomed) -> int | Denied | NoRoom | None:
    try:
        return _translated(doomed.directory, local_files.remove_marked, doomed)
    except (Denied, NoRoom) as refusal:
        return refusal


def open_local(target: Target, around: Surroundings) -> Local:
    """The transport of a target on this machine."""
    return Local(target.name, datetime.now(UTC), around)


async def _started(command: Command) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    try:
        return await asyncio.create_subprocess_exec(
            *command.argv, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        )
    except ValueError as fault:
        raise Denied(f"this command cannot be run: {fault}") from None
    except OSError as fault:
        said = f"{os.fsdecode(command.argv[0])} cannot be started: {fault.strerror}"
        if fault.errno in _OVERLOADED:
            raise Unreachable(said, hint="The machine may be overloaded; Argosy tries again.") from None
        raise Denied(said) from None


async def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_REAP_S):
            await process.wait()


def _all_placed(
    parcels: Sequence[Parcel], due: Callable[[int, int], object], moved: Callable[[int], object]
) -> list[Denied | None]:
    due(0, check_room(parcels))
    return [_placed(parcel, moved) for parcel in parcels]


def _placed(parcel: Parcel, moved: Callable[[int], object]) -> Denied | None:
    try:
        _translated(parcel.directory, local_files.place, parcel, moved)
    except Denied as refusal:
        return refusal
    return None


def _written(files: Mapping[str, bytes]) -> dict[str, Denied | NoRoom]:
    refused: dict[str, Denied | NoRoom] = {}
    for path, data in files.items():
        try:
            _translated(path, local_files.write_whole, path, data)
        except (Denied, NoRoom) as refusal:
            refused[path] = refusal
    return refused


async def _in_thread(path: str, act: Callable[_Given, _Got], *given: _Given.args, **named: _Given.kwargs) -> _Got:
    return await asyncio.to_thread(_translated, path, act, *given, **named)


def _translated(path: str, act: Callable[_Given, _Got], *given: _Given.args, **named: _Given.kwargs) -> _Got:
    try:
        return act(*given, **named)
    except BadInput as refusal:
        raise Denied(refusal.message, hint=refusal.hint) from None
    except OSError as fault:
        raise local_files.translated(fault, path) from None
