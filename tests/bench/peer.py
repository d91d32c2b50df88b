"""The programs that Argosy is compared with, each in an environment of its own and asked by a small script there."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.server.running import soon

_ROOT = Path(__file__).parents[2]
SCRIPTS = Path(__file__).parent / "peers"
_VERSION = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"


@dataclass(frozen=True)
class Peer:
    """The environment of one peer: ``.venv-NAME``, which ``make bench`` has made."""

    name: str
    extra: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def programs(self) -> Path:
        return _ROOT / f".venv-{self.name}" / "bin"

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}", **self.extra}

    def __post_init__(self) -> None:
        if not self.programs.is_dir():
            sys.exit(f"{self.programs.parent} is missing: 'make bench-peers' makes the environments of all peers.")

    def ask(self, script: str, *arguments: str, there: Path | None = None) -> Any:
        """What one of the scripts says, in the last line that it prints. It runs in the directory ``there``."""
        argv = [self.programs / "python", SCRIPTS / script, *arguments]
        done = subprocess.run(argv, check=True, cwd=there, env=self.environment, stdout=subprocess.PIPE, text=True)
        return json.loads(done.stdout.splitlines()[-1])

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its own programs; what it prints is shown only when it fails."""
        argv = [self.programs / program, *arguments]
        done = subprocess.run(argv, check=False, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def version(self, package: str) -> str:
        argv = [self.programs / "python", "-c", _VERSION, package]
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()


class Aiida(Peer):
    """AiiDA with a directory and a profile of its own."""

    @classmethod
    def made(cls, top: Path, *, home: Path | None = None) -> "Aiida":
        """A fresh profile on SQLite. With another ``home`` its ssh finds what it needs there."""
        aiida = cls("aiida", {"AIIDA_PATH": str(top), **({"HOME": str(home)} if home else {})})
        aiida.run("verdi", "presto", "--use-zeromq", "--non-interactive", "--profile-name", "bench")
        return aiida

    @property
    def _top(self) -> Path:
        return Path(self.extra["AIIDA_PATH"])

    @contextmanager
    def daemon(self) -> Iterator[int]:
        """Its daemon with one worker, which is its default; gives the process id of the first of its processes."""
        self.run("verdi", "daemon", "start", "--timeout", "60", "1")
        pid = int((self._top / ".aiida/daemon/circus-bench.pid").read_text(encoding="ascii"))
        try:
            yield pid
        finally:
            self.run("verdi", "daemon", "stop", "--timeout", "60")
            soon(lambda: not Path(f"/proc/{pid}").exists(), "the daemon of AiiDA has ended")
