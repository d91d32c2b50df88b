"""Jobs whose walltime or size somebody else changes at a real cluster, while they wait and while they run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.running import Running, until
from tests.infra.slurm.cluster import Cluster
from tests.infra.test_slurm_site import described

pytestmark = pytest.mark.infra


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, slurm_cluster: Cluster) -> Iterator[Running]:
    """A home that knows the cluster, and looks at it often."""
    running = Running(tmp_path_factory.mktemp("home"))
    running.start()
    often = {"polling": {"floor_s": 1, "ceiling_s": 2}}
    running.ask("PUT", "/targets/cluster", json=described(running, slurm_cluster) | often)
    yield running
    running.kill()


@pytest.fixture
def server(home: Running, slurm: Cluster) -> Iterator[Running]:
    """That home, with the cluster beside other tests; nothing of a test stays there."""
    assert slurm
    yield home
    left = [job["id"] for job in home.jobs() if home.fate(job["id"]) not in OVER]
    for job in left:
        home.ask("POST", f"/jobs/{job}/cancel")
    for job in left:
        home.outcome(job, within_s=100)


OVER = {"succeeded", "failed", "cancelled", "lost"}


def started(server: Running, kind: str, *, count: int = 1, **facts: Any) -> dict[str, str]:
    """Jobs that have come so far, each with its number at Slurm."""
    jobs = server.submit(*[{"target": "cluster", **facts}] * count)
    until(lambda: {server.fate(job) for job in jobs} == {kind}, f"they are {kind}", within_s=100)
    return {job: server.attempt(job)["state"]["handle"] for job in jobs}


def given(server: Running, job: str) -> dict[str, Any] | None:
    return server.attempt(job)["granted"]


def listed(server: Running, job: str) -> str:
    return next(row["words"] for row in server.jobs() if row["id"] == job)


def test_a_walltime_that_somebody_raised_is_shown_and_the_program_has_all_of_it(
    server: Running, slurm: Cluster
) -> None:
    later = {"slurm": {"begin": "now+1hour"}, "resources": {"walltime": "2s"}}
    jobs = started(server, "submitted", count=2, argv=["sleep", "6"], **later)
    for job, number in jobs.items():
        assert given(server, job) is None
        assert "_" in number, "equal jobs are tasks of an array"
        assert slurm.run_as_root("scontrol", "update", f"jobid={number}", "TimeLimit=3").returncode == 0
    for job, number in jobs.items():
        until(lambda job=job: given(server, job) == {"walltime_s": 180, "nodes": None}, "it is seen", within_s=100)
        assert listed(server, job).endswith("it may run 3m")
        slurm.run_as_root("scontrol", "update", f"jobid={number}", "StartTime=now")
    for job in jobs:
        assert server.outcome(job, within_s=100)["kind"] == "succeeded"


def test_a_running_job_that_lost_a_node_and_some_of_its_time_is_shown_so(
    server: Running, slurm: Cluster, tmp_path: Path
) -> None:
    wide = {"resources": {"nodes": 2, "tasks": 2, "walltime": "20m"}}
    ((job, number),) = started(server, "running", argv=["sleep", "600"], **wide).items()
    assert given(server, job) is None
    # scontrol leaves a script where it is called.
    change = ("env", f"--chdir={tmp_path}", "scontrol", "update", f"jobid={number}")
    assert slurm.run_as_root(*change, "NumNodes=1").returncode == 0
    assert slurm.run_as_root(*change, "TimeLimit=9").returncode == 0
    until(lambda: given(server, job) == {"walltime_s": 540, "nodes": 1}, "the change is seen", within_s=100)
    assert listed(server, job) == "it may run 9m, it has 1 node"
    shown = server.argosy("show", job).stdout.decode()
    assert "of 9m" in shown
