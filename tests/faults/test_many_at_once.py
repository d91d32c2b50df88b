"""One thing done to many jobs of a machine elsewhere: a few calls for all of them, and each answers for itself."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.faults.clusters import PATIENCE_S
from tests.faults.far import ALIAS
from tests.faults.running import Running, described, until, witness
from tests.infra.ssh.sshd import Sshd

pytestmark = [pytest.mark.faults, pytest.mark.infra]

MANY = 60
FEW_CALLS = 30


def commands(server: Running) -> int:
    """How many calls the machine has got."""
    return sum(hour["commands"] for hour in server.ask("GET", f"/targets/{ALIAS}/usage")["hours"])


def dealt(server: Running, deed: str, *jobs: str, **wishes: Any) -> dict[str, Any]:
    meant = {"kind": "named", "jobs": list(jobs)} if jobs else {"kind": "fitting"}
    return server.ask("POST", "/jobs/bulk", json={"which": meant, "deed": {"kind": deed, **wishes}})


def lying(server: Running) -> set[str]:
    """The jobs that have a directory there."""
    return {one.name for one in (server.ground / "argosy" / "jobs").iterdir()}


def test_many_jobs_are_removed_by_a_few_calls_and_what_is_not_ours_stays(far_server: Running) -> None:
    server = far_server.start()
    jobs = server.submit(*({"name": f"job{one}", "argv": ["true"]} for one in range(MANY)))
    server.all_closed()
    strange, gone = jobs[7], jobs[8]
    record = server.ground / "argosy" / "jobs" / strange / "job.json"
    record.write_text(record.read_text().replace(strange, "another"))
    Path(record.parents[1] / gone / "job.json").unlink()
    shutil.rmtree(record.parents[1] / jobs[9])  # as after a kill between the directory and the list
    before = commands(server)
    told = dealt(server, "remove")
    assert commands(server) - before <= FEW_CALLS
    assert {one["job"]: one["code"] for one in told["spared"]} == {strange: "denied", gone: "denied"}
    assert all("not marked" in one["why"] for one in told["spared"])
    assert {one["job"] for one in told["touched"]} == set(jobs) - {strange, gone}
    assert told["freed"] > 0
    assert lying(server) == {strange, gone} == {row["id"] for row in server.jobs()}


def test_jobs_of_a_machine_that_is_away_stay_on_the_list_and_go_when_it_is_back(
    far_server: Running, sshd: Sshd
) -> None:
    server = far_server.start()
    jobs = server.submit(*({"name": f"job{one}", "argv": ["true"]} for one in range(5)))
    server.all_closed()
    sshd.stop()
    try:
        told = dealt(server, "remove")
    finally:
        sshd.start()
    assert {one["job"] for one in told["spared"]} == set(jobs)
    assert {one["code"] for one in told["spared"]} <= {"unreachable"}
    assert {row["id"] for row in server.jobs()} == set(jobs) == lying(server)
    assert server.argosy("connect", ALIAS).returncode == 0
    assert len(dealt(server, "remove")["touched"]) == 5
    assert server.jobs() == []
    assert lying(server) == set()


def test_many_jobs_that_wait_at_slurm_are_held_and_let_go_by_a_few_calls(far_cluster_server: Running) -> None:
    server = far_cluster_server.start()
    described(server, polling={"floor_s": 2, "ceiling_s": 2})  # looks are calls, too
    later = {"slurm": {"begin": "now+1hour"}}
    jobs = server.submit(*(witness(server.ground, f"job{one}") | later for one in range(MANY)))
    until(lambda: {server.fate(job) for job in jobs} == {"submitted"}, "all of them wait", within_s=PATIENCE_S)
    (running,) = server.submit(witness(server.ground, "runs", ["sleep", "600"]))
    until(lambda: server.fate(running) == "running", "one runs", within_s=PATIENCE_S)
    for deed, held in (("hold", True), ("release", False)):
        before = commands(server)
        told = dealt(server, deed, *jobs, running)
        assert commands(server) - before <= FEW_CALLS
        assert {one["job"] for one in told["touched"]} == set(jobs)
        assert [(one["job"], one["code"]) for one in told["spared"]] == [(running, "conflict")]
        until(lambda held=held: are_held(server, jobs) == {held}, "all are seen so", within_s=PATIENCE_S)
    events = server.ask("GET", "/events/page", params={"job": jobs[0], "limit": 100})
    wishes = [event["words"].partition(" ")[2] for event in events if event["kind"] == "wish"]
    assert wishes == ["holds it", "lets it go on"]


def are_held(server: Running, jobs: Sequence[str]) -> set[bool]:
    """Whether Slurm says that they are held."""
    return {"Held" in (server.attempt(job)["state"].get("reason") or "") for job in jobs}
