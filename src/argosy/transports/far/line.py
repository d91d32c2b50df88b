"""What carries a far transport: something that starts a command on a machine elsewhere, and streams to and from it.

Everything else that a transport does (commands, files) is the same for all lines, and needs no more there than a POSIX
shell and a few old programs.
"""

from collections.abc import Callable
from typing import Protocol

from argosy.core.connection import Connection, Person

Crowded = Callable[[], None]


class Channel(Protocol):
    """A running command there: bytes in, bytes out. Its methods raise Unreachable once the line is cut."""

    async def send(self, data: bytes) -> None:
        """Give it these bytes on standard input; returns when there is room for more. One that is over drops them."""
        ...

    async def end(self) -> None:
        """Close its standard input."""
        ...

    async def receive(self, limit: int = 1 << 18) -> bytes:
        """At least one and at most ``limit`` bytes of its standard output; nothing at its end."""
        ...

    async def complaints(self, limit: int = 1 << 16) -> bytes:
        """The same of its standard error."""
        ...

    async def code(self) -> int:
        """Its exit code, once it has ended; negative for a signal."""
        ...

    async def kill(self) -> bool:
        """Ask the machine to kill the process group of the command; True once it is over. Not every machine does it."""
        ...

    async def close(self) -> None:
        """Let go of it at once, whether it has ended or not. A second call does nothing."""
        ...


class Starter(Protocol):
    """What starts commands on a machine."""

    async def open(self, command: bytes, *, lent: bool = False) -> Channel:
        """Start a command, which the login shell there reads: it holds nothing but what all shells agree on.

        While all channels that there is room for are open it waits for one to close, but not for ever. One that is
        ``lent`` stays open at rest, and is closed by its holder when the line is ``crowded``. Raises Unreachable (no
        answer, or no channel to be had), and NeedsLogin.
        """
        ...


class Line(Starter, Protocol):
    """The connection to one machine. A line that is down comes up by itself where no person is needed for that."""

    crowded: Crowded | None
    """Whom to tell that somebody waits for a channel while all that are open are lent."""

    @property
    def connection(self) -> Connection:
        """How it stands now."""
        ...

    @property
    def room(self) -> int:
        """How many channels may be open at once, at least 1. It falls when the machine refuses one (MaxSessions)."""
        ...

    async def for_much(self, size: int) -> Starter:
        """What starts the commands that move so many bytes: a faster way to the same machine where there is one.

        Else the line itself. Raises nothing: what is wrong with a faster way is told, and the usual one taken.
        """
        ...

    async def connect(self, person: Person) -> None:
        """Come up, asking the person whatever has to be asked. Raises NeedsLogin and Unreachable."""
        ...

    async def disconnect(self) -> None:
        """Go down, and forget all secrets."""
        ...

    async def close(self) -> None:
        """Let go of it: the last one that uses a connection takes it down. A second call does nothing."""
        ...
