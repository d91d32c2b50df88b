"""Packets vanish on a real link in the middle of everything that is done over SSH; nothing is lost, doubled or wrong.

Nobody is told: no connection is reset, no address is unreachable. The link comes back once the server has given the
connection up, and with it whatever both ends had under way.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from argosy.service.marks import Mark
from tests.faults.far import ALIAS, connection, faraway
from tests.faults.halting_server import HALTED
from tests.faults.running import PATIENCE_S, Running, runs, until, witness
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.sshd import Sshd
from tests.infra.ssh.wire import Wire, running_wired_sshd

pytestmark = [pytest.mark.faults, pytest.mark.infra]

LARGE = 24 << 20
SOME_OF_IT = 8 << 20
BACKENDS = ("asyncssh", "openssh")


@dataclass(frozen=True)
class Dark:
    """A server whose machine is at the other end of a link that can go dark."""

    server: Running
    wire: Wire

    def started(self, mark: Mark) -> None:
        """A server that stands still at this mark."""
        self.server.start("tests.faults.halting_server", str(self.server.top), mark)

    def goes_on(self) -> None:
        """The server goes on from its mark."""
        (self.server.top / HALTED).unlink()

    def halted(self) -> None:
        """Returns when the server stands still."""
        until((self.server.top / HALTED).exists, "the server has come to its mark")

    def falls_after(self, way: str, begun: int, count: int = SOME_OF_IT) -> None:
        """The link goes dark once so many bytes have passed since ``begun``."""
        until(lambda: self.wire.moved(way) - begun > count, f"{count} bytes have passed")
        self.wire.fall()

    def comes_back(self) -> None:
        """The link comes back when the server has given the connection up."""
        until(lambda: connection(self.server) != "connected", "the server gives up the connection")
        self.wire.rise()

    def goes_dark_and_comes_back(self) -> None:
        """It is dark for as long as it takes until the server has noticed."""
        self.wire.fall()
        self.comes_back()

    def is_right(self, job: str, data: bytes) -> None:
        """The job ran once, succeeded, and is home with these bytes."""
        server = self.server
        assert server.outcome(job, within_s=3 * PATIENCE_S)["kind"] == "succeeded"
        assert runs(server.ground, "job") == 1
        assert [row["id"] for row in server.jobs()] == [job]
        home = server.ask("GET", f"/jobs/{job}/files")["home"]
        assert (Path(home) / "out.dat").read_bytes() == data


@pytest.fixture(scope="module")
def wired() -> Iterator[tuple[Wire, Sshd]]:
    with running_wired_sshd() as wired:
        yield wired


@pytest.fixture(params=BACKENDS)
def dark(wired: tuple[Wire, Sshd], laptop: Laptop, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Dark]:
    wire, sshd = wired
    ssh = {"host": ALIAS, "config": str(laptop.config), "backend": request.param}
    with faraway(tmp_path / "far-home", sshd, laptop, ssh=ssh) as server:
        try:
            yield Dark(server, wire)
        finally:
            wire.rise()


def test_while_a_connection_is_made(dark: Dark) -> None:
    dark.server.start()
    begun = dark.wire.moved("down")
    job = copies(dark.server, b"data")
    dark.falls_after("down", begun, count=100)
    until(lambda: connection(dark.server) in {"connecting", "disconnected"}, "it is not connected")
    until(lambda: dark.server.attempt(job)["trouble"], "the server gives it up")
    dark.wire.rise()
    dark.is_right(job, b"data")


def test_while_files_are_sent(dark: Dark) -> None:
    data = os.urandom(LARGE)
    dark.started(Mark.STAGE_BEGUN)
    job = copies(dark.server, data)
    dark.halted()
    begun = dark.wire.moved("up")
    dark.goes_on()
    dark.falls_after("up", begun)
    assert dark.wire.moved("up") - begun < LARGE, "it fell in the middle"
    dark.comes_back()
    dark.is_right(job, data)


@pytest.mark.parametrize("mark", [Mark.LAUNCH_BEGUN, Mark.WATCH_BEGUN], ids=["start", "listing"])
def test_when_what_is_asked_never_arrives(dark: Dark, mark: Mark) -> None:
    dark.started(mark)
    job = copies(dark.server, b"data")
    dark.halted()
    dark.wire.fall()
    dark.goes_on()
    dark.comes_back()
    dark.is_right(job, b"data")


@pytest.mark.parametrize("mark", [Mark.LAUNCH_BEGUN, Mark.WATCH_BEGUN], ids=["start", "listing"])
def test_when_the_answer_never_arrives(dark: Dark, mark: Mark) -> None:
    dark.started(mark)
    job = copies(dark.server, b"data")
    dark.halted()
    dark.wire.mute()
    dark.goes_on()
    until(lambda: runs(dark.server.ground, "job"), "the job runs, and the server does not know")
    dark.comes_back()
    dark.is_right(job, b"data")


def test_while_results_come_home(dark: Dark) -> None:
    data = os.urandom(LARGE)
    dark.started(Mark.COLLECT_JUDGED)
    job = copies(dark.server, data)
    dark.halted()
    begun = dark.wire.moved("down")
    dark.goes_on()
    dark.falls_after("down", begun)
    assert dark.wire.moved("down") - begun < LARGE, "it fell in the middle"
    dark.comes_back()
    dark.is_right(job, data)


def test_while_output_is_followed(dark: Dark, tmp_path: Path) -> None:
    server = dark.server.start()
    go = server.ground / "go"
    script = f"echo first; while ! [ -e {go} ]; do sleep 0.1; done; echo last"
    (job,) = server.submit(witness(server.ground, "talks", ["sh", "-c", script]))
    heard = tmp_path / "heard"
    with heard.open("wb") as out:
        following = begun_command(server, out, "logs", "-f", job)
    until(lambda: heard.read_bytes() == b"first\n", "it is followed")
    dark.wire.fall()
    go.touch()
    dark.comes_back()
    assert following.wait(3 * PATIENCE_S) == 0
    assert heard.read_text() == "first\nlast\n"
    assert server.outcome(job)["kind"] == "succeeded"
    assert runs(server.ground, "talks") == 1


def test_while_a_person_gets_a_file(dark: Dark, tmp_path: Path) -> None:
    server = dark.server.start()
    data = os.urandom(LARGE)
    job = copies(server, data, outputs=[])
    assert server.outcome(job, within_s=3 * PATIENCE_S)["kind"] == "succeeded"
    begun = dark.wire.moved("down")
    home = tmp_path / "home"
    getting = begun_command(server, subprocess.DEVNULL, "get", job, "out.dat", "--into", str(home))
    dark.falls_after("down", begun)
    dark.comes_back()
    if getting.wait(3 * PATIENCE_S):
        # It has said that the machine is away; asked again, it goes on.
        until(lambda: not server.argosy("get", job, "out.dat", "--into", str(home)).returncode, "it comes")
    assert (home / "out.dat").read_bytes() == data
    assert [path.name for path in home.iterdir()] == ["out.dat"]


def copies(server: Running, data: bytes, **fields: Any) -> str:
    """A job with a file of these bytes, that leaves the same bytes."""
    sha256 = hashlib.sha256(data).hexdigest()
    server.ask("PUT", f"/content/{sha256}", content=data)
    source = {"kind": "content", "sha256": sha256, "size": len(data)}
    submission = witness(server.ground, "job", ["cp", "in.dat", "out.dat"])
    inputs = [{"name": "in.dat", "source": source}]
    return server.submit(submission | {"inputs": inputs, "outputs": ["out.dat"]} | fields)[0]


def begun_command(server: Running, out: Any, *words: str) -> subprocess.Popen[bytes]:
    """A command of the CLI that is not waited for."""
    command = [sys.executable, "-m", "argosy", *words]
    return subprocess.Popen(
        command, env=server.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL
    )
