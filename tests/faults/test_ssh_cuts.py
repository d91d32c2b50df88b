"""The connection to a machine breaks in the middle of everything that is done there; nothing is lost, doubled or wrong.

It breaks in three ways: the server's processes there are killed, the network resets it, or nothing passes any more and
nobody is told; what was under way then arrives late, when it has long been given up.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from argosy.cli.exits import Exit
from argosy.transports.ssh.channel import WINDOW
from tests.faults.breaking import LARGE, MIB, MOMENTS, MOST_OF_IT, WAYS, Breaking
from tests.faults.halting_server import HALTED
from tests.faults.running import PATIENCE_S, Running, runs, until, witness
from tests.infra.ssh.proxy import Proxy
from tests.infra.ssh.sshd import Sshd

pytestmark = [pytest.mark.faults, pytest.mark.infra]

UNDER_WAY = WINDOW + MIB
"""What may have been on its way when the connection broke: all that may be sent unread, and new greetings."""


@pytest.fixture
def breaking(proxied_server: Running, sshd: Sshd, proxy: Proxy) -> Breaking:
    return Breaking(proxied_server, sshd, proxy)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_connection_that_breaks_in_the_middle_costs_no_job(breaking: Breaking, moment: str, way: str) -> None:
    server, proxy = breaking.server, breaking.proxy
    mark, direction, count, size = MOMENTS[moment]
    server.start("tests.faults.halting_server", str(server.top), mark)
    data = os.urandom(size)
    job = _copies(server, "job", data)
    until((server.top / HALTED).exists, f"the server passes the mark {mark}")
    if direction == "up":
        proxy.after("stall", up=count)
    else:
        proxy.after("stall", down=count)
    (server.top / HALTED).unlink()
    until(lambda: proxy.stalled, "the network stands still")
    if moment == "start-answered":
        until(lambda: runs(server.ground, "job"), "the job runs, and the server does not know")
    before = dict(proxy.moved)
    WAYS[way](breaking)
    assert server.outcome(job)["kind"] == "succeeded"
    assert runs(server.ground, "job") == 1
    assert [row["id"] for row in server.jobs()] == [job]
    assert _at_home(server, job) == data
    if size == LARGE:
        again = proxy.moved[direction] - before[direction]
        assert again < LARGE - MOST_OF_IT + UNDER_WAY, "what had come already was sent again"


@pytest.mark.parametrize("way", WAYS)
def test_a_connection_that_breaks_while_it_is_made_is_made_again(breaking: Breaking, way: str) -> None:
    server, proxy = breaking.server, breaking.proxy
    server.start()
    proxy.after("stall", down=500)
    job = _copies(server, "job", b"data")
    until(lambda: proxy.stalled, "the network stands still")
    if way == "hung":
        until(lambda: server.attempt(job)["trouble"], "the server gives it up", within_s=PATIENCE_S)
        proxy.resume()
    else:
        WAYS[way](breaking)
    assert server.outcome(job)["kind"] == "succeeded"
    assert runs(server.ground, "job") == 1
    assert _at_home(server, job) == b"data"


@pytest.mark.parametrize("way", WAYS)
def test_output_is_followed_across_a_break_without_a_gap(breaking: Breaking, way: str, tmp_path: Path) -> None:
    server, proxy = breaking.server, breaking.proxy
    server.start()
    script = "i=0; while [ $i -lt 60 ]; do echo line $i; i=$((i+1)); sleep 0.05; done"
    (job,) = server.submit(witness(server.ground, "talks", ["sh", "-c", script]))
    heard = tmp_path / "heard"
    with heard.open("wb") as out:
        following = _begun(server, out, "logs", "-f", job)
    until(lambda: b"line 5" in heard.read_bytes(), "it is followed")
    proxy.stall()
    WAYS[way](breaking)
    assert following.wait(PATIENCE_S) == 0
    assert heard.read_text() == "".join(f"line {number}\n" for number in range(60))
    assert server.outcome(job)["kind"] == "succeeded"
    assert runs(server.ground, "talks") == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_download_that_breaks_goes_on_where_it_stopped(breaking: Breaking, way: str, tmp_path: Path) -> None:
    server, proxy = breaking.server, breaking.proxy
    server.start()
    data = os.urandom(LARGE)
    job = _copies(server, "job", data, outputs=[])
    assert server.outcome(job)["kind"] == "succeeded"
    proxy.after("stall", down=MOST_OF_IT)
    getting = _begun(server, subprocess.DEVNULL, "get", job, "out.dat", "--into", str(tmp_path / "home"))
    until(lambda: proxy.stalled, "the network stands still")
    WAYS[way](breaking)
    assert getting.wait(PATIENCE_S) == 0
    assert (tmp_path / "home" / "out.dat").read_bytes() == data
    assert proxy.moved["down"] < 2 * LARGE - MOST_OF_IT + UNDER_WAY
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["out.dat"]


def test_a_download_from_a_machine_that_stays_away_says_so_and_a_second_one_goes_on(
    breaking: Breaking, tmp_path: Path
) -> None:
    server, sshd, proxy = breaking.server, breaking.sshd, breaking.proxy
    server.start()
    data = os.urandom(LARGE)
    job = _copies(server, "job", data, outputs=[])
    assert server.outcome(job)["kind"] == "succeeded"
    begun = proxy.moved["down"]
    proxy.after("stall", down=MOST_OF_IT)
    said = tmp_path / "said"
    with said.open("wb") as err:
        getting = _begun(server, subprocess.DEVNULL, "get", job, "out.dat", "--into", str(tmp_path / "home"), err=err)
    until(lambda: proxy.stalled, "the network stands still")
    sshd.stop()
    proxy.resume()
    try:
        assert getting.wait(PATIENCE_S) == Exit.TARGET
    finally:
        sshd.start()
    assert "hung up before the login began" in said.read_text(), "not Argosy's server, but the machine is away"
    until(lambda: server.argosy("get", job, "out.dat", "--into", str(tmp_path / "home")).returncode == 0, "it goes on")
    assert (tmp_path / "home" / "out.dat").read_bytes() == data
    assert proxy.moved["down"] - begun < LARGE + UNDER_WAY
    assert "Traceback" not in (server.top / "state" / "server.log").read_text()


def _copies(server: Running, name: str, data: bytes, **fields: Any) -> str:
    """A job with a file of these bytes, that leaves the same bytes."""
    sha256 = hashlib.sha256(data).hexdigest()
    server.ask("PUT", f"/content/{sha256}", content=data)
    source = {"kind": "content", "sha256": sha256, "size": len(data)}
    submission = witness(server.ground, name, ["cp", "in.dat", "out.dat"])
    inputs = [{"name": "in.dat", "source": source}]
    return server.submit(submission | {"inputs": inputs, "outputs": ["out.dat"]} | fields)[0]


def _at_home(server: Running, job: str) -> bytes:
    files = server.ask("GET", f"/jobs/{job}/files")
    assert files["at_home"] == ["work/out.dat"] or files["at_home"] == ["out.dat"]
    return (Path(files["home"]) / "out.dat").read_bytes()


def _begun(server: Running, out: Any, *words: str, err: Any = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """A command of the CLI that is not waited for."""
    command = [sys.executable, "-m", "argosy", *words]
    return subprocess.Popen(command, env=server.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
