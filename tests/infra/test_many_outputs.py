"""What many jobs leave comes home by few calls, and trouble with one of them is trouble of that one."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from argosy.core.names import spell
from tests.faults.running import Running, until
from tests.infra.ssh.calling import ssh_of
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.sshd import Sshd

pytestmark = pytest.mark.infra

JOBS = 30
CALLS = 20
"""What 30 jobs may cost at most: placing, handing in, bringing home and writing once each, and some looks."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "argosy").start()
    yield running
    running.kill()
    running.end_jobs()


def copying(number: int) -> dict[str, Any]:
    return {
        "argv": ["sh", "-c", "cat in.txt > out.txt; cat in.txt > 'sub dir'"],
        "rendered": [{"name": "in.txt", "text": f"{number}\n"}],
        "outputs": ["out.txt", "sub*"],
    }


def waiting(start: Path) -> dict[str, Any]:
    script = f"until [ -e {start} ]; do sleep 0.02; done; echo well > out.txt"
    return {"argv": ["sh", "-c", script], "outputs": ["out.txt"]}


def home_of(server: Running, job: str) -> Path:
    return server.top / "home" / job


def test_many_jobs_over_ssh_cost_one_login_and_far_fewer_calls_than_jobs(
    server: Running, sshd: Sshd, laptop: Laptop
) -> None:
    laptop.add_host("far", sshd)
    ground = sshd.person.folder(sshd.person.home / f"many-{os.getpid()}")
    try:
        root = spell(os.fsencode(ground))
        target = {"name": "far", "transport": "ssh", "root": root, "ssh": ssh_of(laptop).model_dump(mode="json")}
        server.ask("PUT", "/targets/far", json=target)
        jobs = server.submit(*({**copying(number), "target": "far"} for number in range(JOBS)))
        assert {row["fate"] for row in server.all_closed()} == {"succeeded"}
        for number, job in enumerate(jobs):
            work = home_of(server, job) / "attempt-1/work"
            assert {path.name: path.read_text() for path in work.iterdir()} == dict.fromkeys(
                ("out.txt", "sub dir"), f"{number}\n"
            )
        (hour,) = server.ask("GET", "/targets/far/usage")["hours"][-1:]
        assert hour["commands"] <= CALLS
        assert (hour["logins"], sshd.logins()) == (1, 1)
    finally:
        shutil.rmtree(ground)


def test_outputs_that_cannot_come_home_put_off_their_own_job_alone(server: Running, tmp_path: Path) -> None:
    blocked, free = server.submit(waiting(tmp_path / "go"), waiting(tmp_path / "go"))
    home_of(server, blocked).parent.mkdir(exist_ok=True)
    home_of(server, blocked).write_text("in the way")
    (tmp_path / "go").touch()
    assert server.outcome(free)["kind"] == "succeeded"
    until(lambda: server.attempt(blocked)["trouble"], "the other one says what keeps it")
    home_of(server, blocked).unlink()
    assert server.outcome(blocked)["kind"] == "succeeded"
    assert (home_of(server, blocked) / "attempt-1/work/out.txt").read_text() == "well\n"
