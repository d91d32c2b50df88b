"""Wrapper, program or both killed, a reboot, a vanished directory: told apart, and never taken for success."""

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.faults.running import Running, runs, until, witness

pytestmark = [pytest.mark.faults, pytest.mark.infra]


def _start(server: Running, name: str = "job", *then: str) -> tuple[str, Path]:
    """A running job and its directory."""
    server.start()
    (job,) = server.submit(witness(server.top, name, then or ("sleep", "600")))
    until(lambda: server.fate(job) == "running", "the job runs")
    return job, Path(server.attempt(job)["state"]["directory"])


def _pid(directory: Path, key: str) -> int:
    lines = dict(line.split("=", 1) for line in (directory / "start").read_text().splitlines())
    return int(lines[key])


def test_a_killed_program_is_failed_by_its_signal(server: Running) -> None:
    job, directory = _start(server)
    os.kill(_pid(directory, "program_pid"), signal.SIGKILL)
    outcome = server.outcome(job)
    assert (outcome["kind"], outcome["signature"]) == ("failed", "killed")
    assert "signal 9" in outcome["explanation"]


def test_a_killed_wrapper_with_a_living_program_keeps_the_job_running_until_the_program_ends(server: Running) -> None:
    job, directory = _start(server)
    os.kill(_pid(directory, "pid"), signal.SIGKILL)
    until(lambda: not _alive(_pid(directory, "pid")), "the wrapper is dead")
    assert server.fate(job) == "running"
    os.kill(_pid(directory, "program_pid"), signal.SIGKILL)
    outcome = server.outcome(job)
    assert outcome["kind"] == "lost"
    assert "without an exit report" in outcome["explanation"]


def test_wrapper_and_program_killed_at_once_is_lost_not_failed(server: Running) -> None:
    job, directory = _start(server)
    for key in ("pid", "program_pid"):
        os.kill(_pid(directory, key), signal.SIGKILL)
    assert server.outcome(job)["kind"] == "lost"


def test_everything_killed_while_no_server_looks_is_told_apart_from_success(server: Running) -> None:
    job, directory = _start(server)
    server.kill()
    for key in ("pid", "program_pid"):
        os.kill(_pid(directory, key), signal.SIGKILL)
    server.start()
    assert server.outcome(job)["kind"] == "lost"


def test_a_job_that_ends_while_no_server_looks_is_judged_by_its_report(server: Running) -> None:
    job, directory = _start(server, "short", "sleep", "1")
    server.kill()
    until((directory / "exit").exists, "the job ends by itself")
    server.start()
    assert server.outcome(job)["kind"] == "succeeded"
    assert runs(server.top, "short") == 1


def test_a_reboot_is_recognised_by_the_boot_id(server: Running) -> None:
    job, directory = _start(server)
    server.kill()
    for key in ("pid", "program_pid"):
        os.kill(_pid(directory, key), signal.SIGKILL)
    start = directory / "start"
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    start.write_text(start.read_text().replace(boot, "00000000-0000-0000-0000-000000000000"))
    server.start()
    outcome = server.outcome(job)
    assert (outcome["kind"], outcome["cause"]) == ("failed", "node_failure")


def test_a_vanished_directory_is_lost_with_the_reason(server: Running) -> None:
    job, directory = _start(server)
    shutil.rmtree(directory.parent)
    outcome = server.outcome(job)
    assert outcome["kind"] == "lost"
    assert "is gone" in outcome["explanation"]


def test_a_lost_job_is_tried_again_when_its_owner_allowed_it(server: Running) -> None:
    server.start()
    (job,) = server.submit(
        witness(server.top, "again", ["sh", "-c", "test -f $HOME_MARK && exit 0; sleep 600"])
        | {"retries": 1, "environment": {"HOME_MARK": str(server.top / "second")}}
    )
    until(lambda: server.fate(job) == "running", "the job runs")
    directory = Path(server.attempt(job)["state"]["directory"])
    (server.top / "second").touch()
    for key in ("pid", "program_pid"):
        os.kill(_pid(directory, key), signal.SIGKILL)
    until(lambda: server.attempt(job)["number"] == 2, "there is a second attempt")
    assert server.outcome(job)["kind"] == "succeeded"
    assert runs(server.top, "again") == 2


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except FileNotFoundError:
        return False


def test_a_server_that_a_job_starts_outlives_that_job(server: Running, tmp_path: Path) -> None:
    server.start()
    other = Running(tmp_path / "other")
    command = [sys.executable, "-m", "argosy", "server", "start"]
    (job,) = server.submit({"argv": command, "environment": {"ARGOSY_HOME": str(other.top)}})
    try:
        assert server.outcome(job)["kind"] == "succeeded"
        assert other.ask("GET", "/health")["status"] == "ok"
    finally:
        other.argosy("server", "stop")
