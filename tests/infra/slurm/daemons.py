"""Programs in the background that outlive the process that started them, and are stopped by their recorded pid."""

import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.infra.wrapped import alive, until


@dataclass(frozen=True)
class Daemon:
    """One program; ``record`` keeps its pid and the moment of its start, so that no stranger's process is stopped."""

    name: str
    command: Sequence[str]
    record: Path
    log: Path

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it unless it runs."""
        if self.pid() is not None:
            return
        with self.log.open("ab") as log, Path(os.devnull).open() as nothing:
            actions = [(os.POSIX_SPAWN_DUP2, nothing.fileno(), 0)]
            actions += [(os.POSIX_SPAWN_DUP2, log.fileno(), number) for number in (1, 2)]
            # Not subprocess: its objects complain when the program outlives them.
            pid = os.posix_spawnp(self.command[0], self.command, environment, file_actions=actions, setsid=True)
        self.record.write_text(f"{pid} {_moment(pid)}")

    def pid(self) -> int | None:
        """The pid, while it runs."""
        if not self.record.exists():
            return None
        pid, moment = self.record.read_text().split()
        return int(pid) if _moment(int(pid)) == moment and alive(int(pid)) else None

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """An orderly end."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, number)
        try:
            until(lambda: self.pid() is None, f"{self.name} ends")
        except AssertionError:
            os.kill(pid, signal.SIGKILL)


def _moment(pid: int) -> str:
    """When a process started, in ticks since the boot; nothing when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[19]
    except (FileNotFoundError, ProcessLookupError):
        return "gone"
