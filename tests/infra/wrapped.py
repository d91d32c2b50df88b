"""One attempt directory with a real script in it, run by a real shell."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from argosy.core.wrapper import ExitReport, Launch, StartRecord, parse_exit, parse_start, script

PATIENCE_S = 30.0


def until(true: Callable[[], object], what: str, *, within_s: float = PATIENCE_S) -> None:
    """Wait for a condition that no descriptor announces."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, f"waited {within_s:.0f} s in vain: {what}"
        time.sleep(0.01)


def state_of(pid: int) -> str:
    """The state letter of a process, or nothing when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def alive(pid: int) -> bool:
    """True while the process could still do something."""
    return state_of(pid) not in {"", "Z", "X"}


class Wrapped:
    """An attempt; ``shell`` is the argv that runs scripts.

    Its token is nobody else's: when a program has ended, the whole machine is searched for what carries its token, and
    the attempts of tests that run at the same time are on it too.
    """

    def __init__(self, shell: tuple[str, ...], directory: Path) -> None:
        self.shell = shell
        self.directory = directory
        self.token = f"argosy-j{uuid4().hex}-1"
        self.wrappers: list[subprocess.Popen[bytes]] = []

    def prepare(self, *argv: str, **facts: object) -> None:
        """Write the script."""
        self.directory.mkdir(parents=True, exist_ok=True)
        given = {"token": self.token, "directory": str(self.directory), "argv": argv}
        text = script(Launch.model_validate(given | facts))
        (self.directory / "run.sh").write_bytes(os.fsencode(text))

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        """Run the script and return at once."""
        wrapper = subprocess.Popen(
            [*self.shell, str(self.directory / "run.sh")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=os.environ | environment,
        )
        self.wrappers.append(wrapper)
        return wrapper

    def run(self, *argv: str, **facts: object) -> ExitReport:
        """Write the script, run it to its end, and read its report."""
        self.prepare(*argv, **facts)
        self.finish(self.start())
        return self.report()

    @staticmethod
    def finish(wrapper: subprocess.Popen[bytes]) -> tuple[int, str]:
        """Exit code and standard error of a wrapper."""
        _, stderr = wrapper.communicate(timeout=PATIENCE_S)
        return wrapper.returncode, stderr.decode()

    def report(self) -> ExitReport:
        """The exit report."""
        return parse_exit((self.directory / "exit").read_text())

    def record(self) -> StartRecord:
        """The start record, as soon as it is there."""
        self.await_text("start", "complete=1")
        return parse_start((self.directory / "start").read_text())

    def text(self, name: str) -> str:
        """A text file of the attempt, empty when it is not there."""
        path = self.directory / name
        return path.read_text() if path.exists() else ""

    def names(self) -> list[str]:
        """What lies in the attempt directory."""
        return sorted(path.name for path in self.directory.iterdir())

    def await_text(self, name: str, words: str) -> None:
        """Wait until a file holds these words."""
        until(lambda: words in self.text(name), f"{words!r} in {name}")

    def clean_up(self) -> None:
        """Nothing of a failed test stays behind."""
        for wrapper in self.wrappers:
            if wrapper.poll() is None:
                wrapper.kill()
            wrapper.communicate()
        if self.text("start"):
            pid = self.record().program_pid
            for target in (-pid, pid):
                try:
                    os.kill(target, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        shutil.rmtree(self.directory, ignore_errors=True)


SHELLS = {"dash": ("dash",), "bash": ("bash",), "ash": ("busybox", "ash")}


def demanded(program: str) -> str:
    """The path of a program that these tests need. Its absence fails them in CI and skips them elsewhere."""
    path = shutil.which(program)
    if path is None:
        message = f"{program} is not installed; 'apt-get install {program}' brings it"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Each shell that a target may have as its sh."""
    command = SHELLS[request.param]
    demanded(command[0])
    return command


@pytest.fixture
def attempt(shell: tuple[str, ...], tmp_path: Path) -> Iterator[Wrapped]:
    wrapped = Wrapped(shell, tmp_path / "attempt-1")
    yield wrapped
    wrapped.clean_up()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("mounting a small file system needs root on Linux")
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=128k", "argosy-test", place], capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"this machine mounts no tmpfs: {done.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)
