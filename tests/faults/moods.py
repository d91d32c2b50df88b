"""Commands of Slurm that are in a mood: programs of the same names, found first, that a test lets misbehave."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.faults.running import until

NAMES = ("squeue", "sacct", "sbatch", "scancel", "scontrol")
_PROGRAM = r"""#!/bin/sh
here={here} name={name} real={real}
read -r mood < "$here/$name.mood"
echo "$mood" >> "$here/$name.calls"
timed_out="error: Socket timed out on send/recv operation"
case $mood in
  noise)
    printf '*** Maintenance on Sunday ***\n\n  2026 | odd | banner |\n'
    echo 'warning: your quota is nearly reached' >&2
    "$real" "$@"
    code=$?
    echo 'Have a nice day, 4711.'
    exit $code ;;
  hang) while [ "$mood" = hang ]; do sleep 0.1; read -r mood < "$here/$name.mood"; done ;;
  'timed out') echo "$name: $timed_out" >&2; exit 1 ;;
  'done, but timed out')
    "$real" "$@" > /dev/null 2>&1
    echo "$name: $timed_out" >&2
    exit 1 ;;
  half) "$real" "$@" | head -c 30; echo "$name: $timed_out" >&2; exit 1 ;;
  garbled) "$real" "$@" | tr '|' '?'; exit 0 ;;
  crash) kill -s SEGV $$ ;;
  'nothing at all') exit 0 ;;
esac
exec "$real" "$@"
"""


@dataclass(frozen=True)
class Moods:
    """The moods of the commands; at first they do what they should."""

    here: Path

    @property
    def setup(self) -> str:
        """The line with which a target finds these commands."""
        return f"export PATH={self.here}:$PATH"

    def make(self) -> "Moods":
        """The programs are there afterwards."""
        self.here.mkdir()
        for name in NAMES:
            real = shutil.which(name)
            assert real, f"{name} is not installed"
            program = self.here / name
            program.write_text(_PROGRAM.format(here=self.here, name=name, real=real))
            program.chmod(0o755)
            self.calm(name)
        return self

    def set(self, name: str, mood: str) -> None:
        """Let a command misbehave from now on, and wait until it has done so."""
        before = len(self._calls(name))
        self.put(name, mood)
        until(lambda: mood in self._calls(name)[before:], f"{name} is called while its mood is {mood!r}")

    def calm(self, name: str) -> None:
        """Let a command do what it should; one that hangs goes on."""
        self.put(name, "")

    def called(self, name: str) -> int:
        """How often a command has been called."""
        return len(self._calls(name))

    def misbehaved(self, name: str, times: int, *, since: int | None = None) -> None:
        """Returns when a command has been called so many times more than ``since``, or than now."""
        before = self.called(name) if since is None else since
        until(lambda: len(self._calls(name)) >= before + times, f"{name} is called {times} times more")

    def put(self, name: str, mood: str) -> None:
        """Let a command misbehave from now on."""
        draft = self.here / f"{name}.new"
        draft.write_text(f"{mood}\n")
        draft.replace(self.here / f"{name}.mood")

    def _calls(self, name: str) -> list[str]:
        path = self.here / f"{name}.calls"
        return path.read_text().splitlines() if path.exists() else []
