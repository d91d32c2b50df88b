"""What a transport is given in a test: a home that it has no business in, and somebody who notes what it says."""

from dataclasses import dataclass, field
from pathlib import Path

from argosy.core.connection import Connection, Heard
from argosy.core.home import Home

NOWHERE = Home(data=Path("/nowhere"), config=Path("/nowhere"), state=Path("/nowhere"), database_url="")


@dataclass
class Noted:
    """Keeps everything that a transport says."""

    home: Home = NOWHERE
    heard: list[Heard] = field(default_factory=list[Heard])
    states: list[Connection] = field(default_factory=list[Connection])
    freight: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def hear(self, heard: Heard) -> None:
        """Keep it."""
        self.heard.append(heard)

    def changed(self, connection: Connection) -> None:
        """Keep it."""
        self.states.append(connection)

    def another_login(self) -> bool:
        """It is always allowed."""
        return True

    def on_the_way(self, sent: int, total: int) -> None:
        """Keep it."""
        self.freight.append((sent, total))
