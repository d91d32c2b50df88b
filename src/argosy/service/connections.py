"""How each target is connected: its console and its state, kept in memory for as long as the server runs."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from argosy.core.connection import Connection, Heard
from argosy.core.home import Home

CONSOLE_LINES = 2_000
"""How many lines of a target's console are kept."""


@dataclass(frozen=True)
class Ear:
    """The surroundings of one target's transport."""

    home: Home
    lines: deque[Heard] = field(default_factory=lambda: deque[Heard](maxlen=CONSOLE_LINES))

    def hear(self, heard: Heard) -> None:
        """Keep a line of the console."""
        self.lines.append(heard)

    def changed(self, connection: Connection) -> None:
        """Keep the change of state as a line of the console."""
        self.lines.append(Heard(at=connection.since, kind="state", words=f"{connection.state}: {connection.words}"))


@dataclass(frozen=True)
class Connections:
    """All connections of this server."""

    home: Home
    _ears: dict[str, Ear] = field(default_factory=dict[str, Ear])

    def ear(self, target: str) -> Ear:
        """The surroundings of a target's transport; the same for as long as the server runs."""
        return self._ears.setdefault(target, Ear(self.home))

    def console(self, target: str) -> Sequence[Heard]:
        """What was said and done on the connection of a target, oldest first."""
        return tuple(self.ear(target).lines)
