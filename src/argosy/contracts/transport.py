"""What a transport promises: the input and output of one machine."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from argosy.core.command import Answer, Command
from argosy.core.connection import Connection, Heard, Person
from argosy.core.errors import Denied, NoRoom
from argosy.core.home import Home
from argosy.core.outputs import FileEntry
from argosy.core.parcel import Doomed, Glance, Glanced, Parcel, Piece, Stored, Text, There

Item = Text | Stored | There
"""One file of a parcel."""


class Surroundings(Protocol):
    """What a transport is given with its target: where it may keep things, and who listens."""

    @property
    def home(self) -> Home:
        """Where Argosy keeps its own things."""
        ...

    def hear(self, heard: Heard) -> None:
        """Note what was said or done, for the console and the counts. Never a secret."""
        ...

    def changed(self, connection: Connection) -> None:
        """The connection is in another state now."""
        ...

    def another_login(self) -> bool:
        """Count one more login beside the one that connects the target; False, and not counted, when it is too many."""
        ...

    def on_the_way(self, sent: int, total: int) -> None:
        """How many bytes of what is being placed there have been sent; 0 of 0 when nothing is on its way any more."""
        ...


class Transport(Protocol):
    """One machine. Paths are absolute and spelled.

    A machine elsewhere is connected to at the first call that needs it, as long as no person is needed for that; else
    the call raises NeedsLogin, and so do all that follow, until ``connect`` has succeeded with a person's help.

    Every method raises Unreachable (no answer: change nothing), NeedsLogin (a person must act), Denied (refused:
    permission, no such file or directory, an impossible name) or NoRoom (full, over quota or read-only: all must wait);
    nothing else. Cancelling a call leaves no process of its own and no half-written file in place.
    """

    @property
    def connection(self) -> Connection:
        """How the connection stands now; this machine is always connected."""
        ...

    async def connect(self, person: Person) -> None:
        """Log in, and ask the person whatever has to be asked; nothing when the connection stands already.

        Raises NeedsLogin when the login was refused or nobody answered, Unreachable when the machine does not answer.
        A secret that was refused is never tried again.
        """
        ...

    async def disconnect(self) -> None:
        """Log out and forget all secrets of this connection. Running jobs there are not touched."""
        ...

    async def run(self, command: Command) -> Answer:
        """Run a command to its end. A failing command is an Answer; one that outlasts its time is Unreachable."""
        ...

    async def place(self, parcels: Sequence[Parcel]) -> Sequence[Denied | None]:
        """Make each parcel's directory hold all its items, each file whole and verified or not there at all.

        Files that are already in place are left alone, so a second call changes nothing. A large file may be a hard
        link to its source unless it is mutable or executable. One answer per parcel, in order: None, or why this one
        could not be placed; the others are placed all the same.
        """
        ...

    async def write(self, files: Mapping[str, bytes]) -> Mapping[str, Denied | NoRoom]:
        """Replace small files, each atomically: a reader sees the old or the new bytes, never a part.

        One call, and one round trip, for all of them. Returns those that were refused, and why; all others are
        written.
        """
        ...

    async def read(self, path: str, *, start: int = 0, limit: int = 65_536) -> Piece:
        """At most ``limit`` bytes from ``start``; a negative ``start`` counts from the end.

        Raises Denied for a missing file, and for one that is not regular.
        """
        ...

    async def glance(self, glances: Sequence[Glance]) -> Sequence[Glanced]:
        """Lists of files, and ends or beginnings of files, of many directories: one call, and one round trip, for all.

        One answer per glance, in order. What is missing, cannot be looked into or is not regular is left out, as
        ``files`` and ``read`` would refuse it.
        """
        ...

    async def files(self, directory: str, *, limit: int = 100_000) -> Sequence[FileEntry]:
        """The regular files and links below a directory, at most ``limit``, sorted by path.

        A missing directory has none, and what cannot be looked into is left out. Links are not followed.
        """
        ...

    async def hollows(self, directory: str) -> Sequence[str]:
        """The empty directories below a directory, sorted; a missing one has none. Links are not followed."""
        ...

    async def fetch(self, directory: str, paths: Sequence[str], into: Path) -> Sequence[str]:
        """Bring files of a directory into a local one, under the same relative paths; returns those that are home now.

        Each arrives under a temporary name, is whole, and is renamed; one that is there already is replaced. A file
        that is gone, cannot be read or is not regular is left out.
        """
        ...

    async def remove(self, doomed: Sequence[Doomed]) -> Sequence[int | Denied | NoRoom | None]:
        """Remove directory trees that carry their marker: one call, and one round trip, for all of them.

        One answer per tree, in order: how many bytes its files had, None when it was not there, or why it was not
        removed. Where the marker is missing or says something else it is Denied, and nothing of that tree is removed.
        Links are removed, not followed.
        """
        ...

    async def close(self) -> None:
        """Let go of the machine; running jobs there are not touched."""
        ...
