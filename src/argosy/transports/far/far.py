"""A machine elsewhere as a transport, whatever line leads to it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from argosy.contracts import Parcel, Piece, Surroundings
from argosy.core.command import Answer, Command
from argosy.core.connection import Connection, Heard, Person
from argosy.core.errors import Denied, Garbled, NoRoom, TargetError, Unreachable
from argosy.core.names import unspell
from argosy.core.outputs import FileEntry
from argosy.core.parcel import Doomed, Glance, Glanced
from argosy.transports.far.answers import denied, refused
from argosy.transports.far.docking import Docking
from argosy.transports.far.fetching import Fetching
from argosy.transports.far.line import Line
from argosy.transports.far.looking import Reader, answered, asks
from argosy.transports.far.shells import Shells
from argosy.transports.far.spoken import called
from argosy.transports.freight import Counted, Freight

FILES_S = 600.0
"""How long one look at files may take: file systems of clusters can be slow."""


class Far:
    """Commands and files of one machine. ``root`` is where jobs lie there, and the cache of contents beside them."""

    def __init__(self, line: Line, root: str, around: Surroundings) -> None:
        self._line, self._around = line, around
        self._shells = Shells(line)
        self._docking = Docking(line, self._ask, unspell(root).rstrip(b"/"), lambda _: None)
        self._fetching = Fetching(line, self._ask, lambda _: None)

    @property
    def connection(self) -> Connection:
        """How the line stands."""
        return self._line.connection

    async def connect(self, person: Person) -> None:
        """Log in with a person's help."""
        await self._line.connect(person)

    async def disconnect(self) -> None:
        """Close the shells and log out."""
        await self._shells.close()
        await self._line.disconnect()

    async def close(self) -> None:
        """Close the shells and let go of the line."""
        await self._shells.close()
        await self._line.close()

    async def run(self, command: Command) -> Answer:
        """Run a command, through the shell that stays unless it is given input or much time."""
        try:
            return await self._shells.run(command)
        except TimeoutError:
            message = f"a command on {self.connection.target} gave no answer within {command.timeout_s:g} s"
            raise Unreachable(message, hint="The machine may be overloaded; Argosy tries again.") from None

    async def place(self, parcels: Sequence[Parcel]) -> Sequence[Denied | None]:
        """Send what is missing, and place everything."""
        if not parcels:
            return []
        begin = asyncio.get_running_loop().time()
        freight = Freight(self._around)
        docking = Docking(self._line, self._ask, self._docking.root, freight.add, freight.due)
        try:
            answers = await docking.place(parcels)
        finally:
            freight.over()
        self._tell(f"placed {len(parcels)} parcels", begin, sent=freight.bytes)
        return answers

    async def write(self, files: Mapping[str, bytes]) -> Mapping[str, Denied | NoRoom]:
        """Replace small files."""
        if not files:
            return {}
        script = b"\n".join(called("argosy_write", unspell(path), _escaped(data)) for path, data in files.items())
        lines = (await self._ask(script)).stdout.decode("utf-8", "replace").splitlines()
        if len(lines) != len(files):
            raise Garbled(f"writing {len(files)} files was answered with {len(lines)} lines")
        said = zip(files, lines, strict=True)
        return {path: _either(path, line.removeprefix("no ")) for path, line in said if line != "ok"}

    async def read(self, path: str, *, start: int = 0, limit: int = 65_536) -> Piece:
        """Part of a regular file."""
        answer = await self._ask(called("argosy_read", unspell(path), str(start), str(limit)))
        return Reader(answer.stdout).piece(path)

    async def glance(self, glances: Sequence[Glance]) -> Sequence[Glanced]:
        """Many looks by one command."""
        if not glances:
            return []
        answer = await self._ask(b"\n".join(asks(glance) for glance in glances) + b"\n:")
        return answered(glances, answer.stdout)

    async def files(self, directory: str, *, limit: int = 100_000) -> Sequence[FileEntry]:
        """The files and links below a directory."""
        (seen,) = await self.glance([Glance(directory=directory, below="")])
        return seen.files[:limit]

    async def hollows(self, directory: str) -> Sequence[str]:
        """The empty directories below a directory."""
        return Reader((await self._ask(called("argosy_hollows", unspell(directory)))).stdout).names()

    async def fetch(self, directory: str, paths: Sequence[str], into: Path) -> Sequence[str]:
        """Bring files home."""
        if not paths:
            return []
        begin = asyncio.get_running_loop().time()
        received = Counted()
        fetching = Fetching(self._line, self._ask, received.add)
        try:
            came = await fetching.fetch(directory, paths, into)
        except OSError as fault:
            raise refused(str(into), fault.strerror or str(fault)) from None
        self._tell(f"brought {len(came)} files home", begin, received=received.bytes)
        return came

    async def remove(self, doomed: Sequence[Doomed]) -> Sequence[int | Denied | NoRoom | None]:
        """Remove marked trees."""
        if not doomed:
            return []
        script = b"\n".join(_removal(one) for one in doomed)
        lines = (await self._ask(script)).stdout.decode("utf-8", "replace").splitlines()
        if len(lines) != len(doomed):
            raise Garbled(f"the removal of {len(doomed)} directories was answered with {len(lines)} lines")
        return [_removed(one, line) for one, line in zip(doomed, lines, strict=True)]

    async def _ask(self, script: bytes) -> Answer:
        """Run our own functions in the shell that stays."""
        try:
            return await self._shells.ask(script, timeout_s=FILES_S)
        except TimeoutError:
            message = f"{self.connection.target} gave no answer about files within {FILES_S:g} s"
            raise Unreachable(message, hint="Its file system may be overloaded; Argosy tries again.") from None

    def _tell(self, words: str, begin: float, *, sent: int = 0, received: int = 0) -> None:
        took_s = asyncio.get_running_loop().time() - begin
        now = datetime.now(UTC)
        self._around.hear(Heard(at=now, kind="files", words=words, took_s=took_s, sent=sent, received=received))


def _escaped(data: bytes) -> bytes:
    """Bytes as ``printf %b`` puts them back."""
    return data.replace(b"\\", b"\\\\").replace(b"\0", b"\\0000")


def _removal(doomed: Doomed) -> bytes:
    marker, keep = unspell(doomed.marker), "keep" if doomed.keep_marker else ""
    return called("argosy_remove", unspell(doomed.directory), marker, doomed.holds, keep)


def _removed(doomed: Doomed, said: str) -> int | Denied | NoRoom | None:
    match said.partition(" "):
        case "removed", _, size if size.isdecimal():
            return int(size)
        case "absent", _, _:
            return None
        case "unmarked", _, _:
            message = f"{doomed.directory} is not marked as the directory of this job, so it is not removed"
            return Denied(message, hint="Look at it yourself, and remove it by hand if it is not needed.")
        case "no", _, why:
            return _either(doomed.directory, why)
        case _:
            raise Garbled(f"the removal of {doomed.directory} was answered with {said[:200]!r}")


def _either(path: str, said: str) -> Denied | NoRoom:
    trouble: TargetError = refused(path, said)
    return trouble if isinstance(trouble, NoRoom) else denied(path, said)
