"""A transport with manners: every call waits for its turn, is counted, and is not made where a person must act first.

Rounds go first; windows wait behind them in a short line, and share the answers to the same questions.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from argosy.contracts import Doomed, Glance, Glanced, Parcel, Piece, Transport
from argosy.core.command import Answer, Command
from argosy.core.connection import Connection, Person
from argosy.core.errors import Denied, NoRoom
from argosy.core.outputs import FileEntry

T = TypeVar("T")


class Gate(Protocol):
    """What stands in front of a machine."""

    @property
    def connection(self) -> Connection:
        """How the connection stands now."""
        ...

    async def admitted(self, *, first: bool) -> Transport:
        """The transport, when it is this call's turn; raises NeedsLogin, Unreachable and Busy."""
        ...

    async def shared(self, question: tuple[object, ...], act: Callable[[], Awaitable[T]]) -> T:
        """The answer to a question that changes nothing: others who ask the same get the same."""
        ...

    async def connect(self, person: Person) -> None:
        """Log in with a person's help."""
        ...

    async def leave(self) -> None:
        """Log out and stay so."""
        ...


class Polite:
    """The transport of a target as rounds (``first``) or windows use it. Raises Busy besides what transports raise."""

    def __init__(self, gate: Gate, *, first: bool) -> None:
        self._gate = gate
        self._first = first

    @property
    def connection(self) -> Connection:
        """How the connection stands now."""
        return self._gate.connection

    async def connect(self, person: Person) -> None:
        """Log in with a person's help."""
        await self._gate.connect(person)

    async def disconnect(self) -> None:
        """Log out and stay so."""
        await self._gate.leave()

    async def run(self, command: Command) -> Answer:
        """Run a command."""
        return await (await self._admitted()).run(command)

    async def place(self, parcels: Sequence[Parcel]) -> Sequence[Denied | None]:
        """Place parcels."""
        return await (await self._admitted()).place(parcels)

    async def write(self, files: Mapping[str, bytes]) -> Mapping[str, Denied | NoRoom]:
        """Replace small files."""
        return await (await self._admitted()).write(files)

    async def read(self, path: str, *, start: int = 0, limit: int = 65_536) -> Piece:
        """Part of a file; windows that want the same part get it from one call."""

        async def act() -> Piece:
            return await (await self._admitted()).read(path, start=start, limit=limit)

        return await (act() if self._first else self._gate.shared(("read", path, start, limit), act))

    async def glance(self, glances: Sequence[Glance]) -> Sequence[Glanced]:
        """Lists of files and ends of files."""
        return await (await self._admitted()).glance(glances)

    async def files(self, directory: str, *, limit: int = 100_000) -> Sequence[FileEntry]:
        """The files below a directory; windows that want the same list get it from one call."""

        async def act() -> Sequence[FileEntry]:
            return await (await self._admitted()).files(directory, limit=limit)

        return await (act() if self._first else self._gate.shared(("files", directory, limit), act))

    async def hollows(self, directory: str) -> Sequence[str]:
        """The empty directories below a directory."""
        return await (await self._admitted()).hollows(directory)

    async def fetch(self, directory: str, paths: Sequence[str], into: Path) -> Sequence[str]:
        """Bring files home."""
        return await (await self._admitted()).fetch(directory, paths, into)

    async def remove(self, doomed: Sequence[Doomed]) -> Sequence[int | Denied | NoRoom | None]:
        """Remove marked directories, or all that is in them."""
        return await (await self._admitted()).remove(doomed)

    async def close(self) -> None:
        """Nothing: the connection belongs to all who use it."""

    async def _admitted(self) -> Transport:
        return await self._gate.admitted(first=self._first)
