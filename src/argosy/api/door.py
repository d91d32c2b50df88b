"""What the door knows of the server that it belongs to."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from argosy.core.findings import Finding
from argosy.core.views import ServerView


class Traffic:
    """Who is at the door: how many requests are being answered, and since when there was none."""

    def __init__(self) -> None:
        self.open = 0
        self._last = time.monotonic()

    @contextmanager
    def one(self) -> Generator[None]:
        """Counts one request for as long as it is being answered."""
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1
            self._last = time.monotonic()

    def quiet_s(self) -> float:
        """Seconds since the last request was answered; 0 while one is being answered."""
        return 0.0 if self.open else time.monotonic() - self._last


@dataclass(frozen=True)
class Door:
    """The server's side of the door.

    ``owner`` is the user whose server this is. ``stop`` asks the server to end; ``stopping`` is set once it
    takes no more requests.
    """

    token: str
    port: int
    version: str
    started: datetime
    owner: str
    backups: Path
    stop: Callable[[], None]
    doctor: Callable[[], Awaitable[tuple[Finding, ...]]]
    numbers: Callable[[], Awaitable[ServerView]]
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    traffic: Traffic = field(default_factory=Traffic)
