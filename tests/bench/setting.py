"""What all rows need: a directory of their own, how much to measure, the peers, and servers of Argosy."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.bench.machine import processors
from tests.bench.peer import Aiida, Peer
from tests.server.running import Place, end, soon

HERE = Path(sys.executable).parent
"""The programs of the environment that Argosy is installed in."""


@dataclass(frozen=True)
class Setting:
    """One run of the bench. A ``quick`` one measures less, to try the bench itself; its numbers mean nothing."""

    directory: Path
    quick: bool = False

    @property
    def slots(self) -> int:
        """How many jobs run at once, with whatever runs them."""
        return processors()

    def times(self, wanted: int) -> int:
        """How often to measure, if ``wanted`` is right for a full run."""
        return max(1, wanted // 10) if self.quick else wanted

    def place(self, name: str) -> Place:
        """An empty directory."""
        top = self.directory / name
        top.mkdir(parents=True)
        return Place(top)

    def fresh(self) -> Path:
        """A directory that is empty, and has a name of its own."""
        return Path(tempfile.mkdtemp(dir=self.directory))

    @cached_property
    def psij(self) -> Peer:
        return Peer("psij")

    @cached_property
    def hyperqueue(self) -> Peer:
        return Peer("hyperqueue")

    @cached_property
    def dpdispatcher(self) -> Peer:
        return Peer("dpdispatcher")

    @cached_property
    def parmed(self) -> Peer:
        return Peer("parmed")

    @cached_property
    def empty_aiida(self) -> Aiida:
        """AiiDA with a fresh profile on SQLite."""
        return Aiida.made(self.place("aiida-empty").top)

    @cached_property
    def full_aiida(self) -> Aiida:
        """AiiDA with 10,000 finished processes."""
        made = Aiida.made(self.place("aiida-full").top)
        made.ask("aiida_fill.py", str(self.times(10_000)))
        return made


def environment(place: Place) -> dict[str, str]:
    """The environment of a program of Argosy that uses this home."""
    return {**os.environ, "ARGOSY_HOME": str(place.top)}


@contextmanager
def serving(place: Place) -> Iterator[int]:
    """A server of this home; gives its process id."""
    process = place.start()
    try:
        soon(lambda: place.announces(process), "the server announces itself")
        yield process.pid
    finally:
        end(process)
