"""The database is deleted, and the list comes back from the target alone: field by field what it was."""

import contextlib
import getpass
import json
import os
import shutil
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from argosy.service.marks import Mark
from tests.faults.far import ALIAS, connection
from tests.faults.running import Gone, Running, runs, until, witness

pytestmark = [pytest.mark.faults, pytest.mark.infra]

TABLES = ("jobs", "specs", "labels", "requirements", "attempts", "files", "results")


def rows(server: Running) -> dict[str, list[tuple[Any, ...]]]:
    """All that the database says of jobs."""
    with sqlite3.connect(f"file:{server.top / 'argosy.db'}?mode=ro", uri=True) as connection:
        return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in TABLES}


def views(server: Running) -> dict[str, Any]:
    """All that the windows show of jobs."""
    listed = server.jobs()
    return {
        "list": listed,
        "found": [row["id"] for row in server.ask("GET", "/jobs", params={"text": "witness kind=test"})["jobs"]],
        "jobs": [server.ask("GET", f"/jobs/{row['id']}") for row in listed],
        "files": [server.ask("GET", f"/jobs/{row['id']}/files") for row in listed],
        "results": [server.ask("GET", f"/jobs/{row['id']}/results") for row in listed],
    }


def forgotten(server: Running) -> None:
    """The server is stopped, its database is deleted, and it is started again."""
    server.stop()
    for path in server.top.glob("argosy.db*"):
        path.unlink()
    server.start()
    assert server.jobs() == []


def synced(server: Running, target: str = "local", **query: str) -> dict[str, Any]:
    return server.ask("POST", f"/targets/{target}/sync", params=query)


def same(after: dict[str, Any], before: dict[str, Any]) -> None:
    """Equal, each thing for itself, so that a difference is shown and not only told of."""
    for name, things in before.items():
        assert len(after[name]) == len(things), name
        for one, other in zip(after[name], things, strict=True):
            assert one == other, name


def shell(script: str, name: str, **more: Any) -> dict[str, Any]:
    return {"argv": ["sh", "-c", script], "name": name, "labels": {"kind": "test"}} | more


def closed(server: Running, job: str) -> dict[str, Any]:
    server.outcome(job)
    return server.attempt(job)


def test_after_deleting_the_database_every_job_that_is_over_comes_back_field_by_field(server: Running) -> None:
    server.start()
    first, second = server.submit(
        shell("echo 1 > a.csv; mkdir d; echo 2 > d/b.csv; echo 3 > c", "witness good", outputs=["*.csv"]),
        shell("exit 3", "failing"),
    )
    (child,) = server.submit(shell("cat a.csv", "child") | {"inputs": [from_job(first, "a.csv")], "after": [first]})
    (flaky,) = server.submit(shell("kill -9 $PPID; exit 1", "flaky", retries=1))
    (long,) = server.submit(witness(server.top, "long", ["sleep", "600"]))
    (wild,) = server.submit(witness(server.top, "wild", ["sleep", "600"]))
    until(lambda: runs(server.top, "long") and runs(server.top, "wild"), "the long ones run")
    server.ask("POST", f"/jobs/{long}/cancel")
    kill_all_of(server, wild)
    closed(server, second)
    server.ask("POST", f"/jobs/{second}/retry")
    fates = {job: closed(server, job)["state"]["outcome"]["kind"] for job in (first, child, second, flaky, long, wild)}
    assert list(fates.values()) == ["succeeded", "succeeded", "failed", fates[flaky], "cancelled", "lost"]
    assert len(server.ask("GET", f"/jobs/{second}")["attempts"]) == 2
    assert len(server.ask("GET", f"/jobs/{flaky}")["attempts"]) == 2
    before = views(server), rows(server)
    forgotten(server)
    found = synced(server)
    assert (found["found"], found["known"], found["open"], found["findings"]) == (6, 0, [], [])
    assert sorted(found["taken"]) == sorted(fates)
    after = views(server), rows(server)
    same(after[0], before[0])
    same(after[1], before[1])
    assert synced(server)["taken"] == []


def from_job(job: str, path: str) -> dict[str, Any]:
    return {"name": path, "source": {"kind": "job", "job": job, "path": path}}


def kill_all_of(server: Running, job: str) -> None:
    """kill -9 of wrapper and program at once."""
    directory = Path(server.attempt(job)["state"]["directory"])
    until((directory / "start").exists, "it has a start record")
    record = dict(line.split("=", 1) for line in (directory / "start").read_text().splitlines())
    for key in ("pid", "program_pid"):
        os.kill(int(record[key]), signal.SIGKILL)


def test_results_lineage_and_what_was_brought_home_come_back(server: Running) -> None:
    pytest.importorskip("openmm", reason="the engine needs its program: pip install openmm")
    server.start()
    (box,) = server.submit({"template": "openmm/water-box", "values": {"box_edge": 2.0, "cutoff": 0.9}, "name": "box"})
    roles = {"system": "system.xml", "topology": "topology.pdb", "state": "state.xml"}
    inputs = [from_job(box, path) | {"role": role} for role, path in roles.items()]
    (warm,) = server.submit({"template": "openmm/nvt", "values": {"steps": 200}, "inputs": inputs, "name": "warm"})
    assert closed(server, warm)["state"]["outcome"]["kind"] == "succeeded", server.attempt(warm)
    child = server.ask("POST", f"/jobs/{warm}/restart")["job"]["id"]
    until(lambda: "directory" in server.attempt(child)["state"], "the child lies on the target")
    server.ask("POST", f"/jobs/{child}/cancel")
    closed(server, child)
    before = views(server), rows(server)
    assert before[0]["results"][-1]["results"]["scalars"]
    assert before[0]["jobs"][0]["job"]["parent"] == warm
    forgotten(server)
    synced(server)
    after = views(server), rows(server)
    same(after[0], before[0])
    same(after[1], before[1])


def relabelled(server: Running, *jobs: str, **labels: str) -> None:
    """They get these labels, and the server has said so."""
    meant = {"kind": "named", "jobs": list(jobs)}
    told = server.ask("POST", "/jobs/bulk", json={"which": meant, "deed": {"kind": "label", "put": labels}})
    assert [one["job"] for one in told["touched"]] == sorted(jobs)


def recorded(server: Running, job: str) -> dict[str, Any]:
    """What the target itself knows of a job."""
    directory = Path(server.attempt(job)["state"]["directory"])
    return json.loads((directory.parent / "job.json").read_text())


def labels_on_record(server: Running, job: str) -> dict[str, str]:
    return recorded(server, job)["job"]["spec"]["labels"]


def test_labels_that_were_changed_come_back_with_the_list(server: Running) -> None:
    server.start()
    go = server.top / "go"
    over, running = server.submit(
        shell("exit 3", "over", retries=0), shell(f"while ! [ -e {go} ]; do sleep 0.05; done", "running")
    )
    closed(server, over)
    until(lambda: server.fate(running) == "running", "it runs")
    relabelled(server, over, running, sea="rough")
    for job in (over, running):
        until(lambda job=job: labels_on_record(server, job) == {"kind": "test", "sea": "rough"}, "the target knows")
    relabelled(server, running, sea="calm")
    server.kill()
    server.start()
    until(lambda: labels_on_record(server, running)["sea"] == "calm", "the target knows, who ever is killed")
    before = server.ask("GET", f"/jobs/{over}")
    forgotten(server)
    assert set(synced(server)["taken"]) == {over, running}
    assert server.ask("GET", f"/jobs/{over}") == before
    go.touch()
    assert server.outcome(running)["kind"] == "succeeded"
    assert labels_on_record(server, running)["sea"] == "calm"


def test_a_job_whose_directory_is_gone_gets_other_labels_all_the_same(server: Running) -> None:
    server.start()
    gone, there = server.submit(shell("true", "gone"), shell("true", "there"))
    closed(server, gone)
    closed(server, there)
    shutil.rmtree(server.top / "local" / "jobs" / gone)
    relabelled(server, gone, there, sea="rough")
    until(lambda: labels_on_record(server, there)["sea"] == "rough", "the target knows of the other one")
    assert not (server.top / "local" / "jobs" / gone).exists()
    assert server.ask("GET", f"/jobs/{gone}")["job"]["spec"]["labels"] == {"kind": "test", "sea": "rough"}


def test_labels_wait_for_a_machine_that_is_not_connected_and_nobody_logs_in_for_them(far_server: Running) -> None:
    server = far_server.start()
    (job,) = server.submit(shell("true", "job"))
    closed(server, job)
    server.ask("DELETE", f"/targets/{ALIAS}/connection")
    relabelled(server, job, sea="rough")
    server.stop()
    server.start()
    assert connection(server) == "disconnected"
    assert labels_on_record(server, job) == {"kind": "test"}
    server.ask("POST", f"/targets/{ALIAS}/connection")
    until(lambda: labels_on_record(server, job) == {"kind": "test", "sea": "rough"}, "the machine knows")


def test_jobs_that_run_while_the_list_is_lost_go_on_and_start_no_second_time(server: Running) -> None:
    server.start()
    go = server.top / "go"
    waits = f"while ! [ -e {go} ]; do sleep 0.05; done"
    (running,) = server.submit(witness(server.top, "running", ["sh", "-c", waits]))
    (over,) = server.submit(witness(server.top, "over", ["sh", "-c", f"{waits}; exit 3"]))
    until(lambda: server.fate(running) == server.fate(over) == "running", "both run")
    before = server.attempt(running)["state"]
    forgotten(server)
    found = synced(server)
    assert set(found["open"]) == {running, over}
    until(lambda: server.fate(running) == "running", "it is seen to run")
    after = server.attempt(running)["state"]
    assert [after[key] for key in ("handle", "host", "since", "directory")] == [
        before[key] for key in ("handle", "host", "since", "directory")
    ]
    go.touch()
    assert server.outcome(running)["kind"] == "succeeded"
    assert server.outcome(over)["cause"] == "exit_code"
    assert (runs(server.top, "running"), runs(server.top, "over")) == (1, 1)


def test_a_job_that_ended_while_the_list_was_lost_is_judged_after_the_sync(server: Running) -> None:
    server.start()
    go = server.top / "go"
    (job,) = server.submit(witness(server.top, "job", ["sh", "-c", f"while ! [ -e {go} ]; do sleep 0.05; done"]))
    until(lambda: server.fate(job) == "running", "it runs")
    directory = Path(server.attempt(job)["state"]["directory"])
    server.stop()
    for path in server.top.glob("argosy.db*"):
        path.unlink()
    go.touch()
    until((directory / "exit").exists, "it has ended")
    server.start()
    assert synced(server)["open"] == [job]
    assert server.outcome(job)["kind"] == "succeeded"
    assert runs(server.top, "job") == 1


def test_a_wish_to_cancel_is_not_lost_with_the_list(server: Running) -> None:
    server.start("tests.faults.dying_server", str(server.top), Mark.CANCEL_TOLD)
    (job,) = server.submit(witness(server.top, "job", ["sleep", "600"]))
    until(lambda: server.fate(job) == "running", "it runs")
    with contextlib.suppress(Gone):
        server.ask("POST", f"/jobs/{job}/cancel")
    until(server.died, "the server dies after it has told the job to stop")
    for path in server.top.glob("argosy.db*"):
        path.unlink()
    server.start()
    synced(server)
    assert server.outcome(job)["kind"] == "cancelled"
    assert server.outcome(job)["by"] == getpass.getuser()


def test_a_job_that_was_staged_and_not_launched_starts_once_after_the_sync(server: Running) -> None:
    server.start("tests.faults.dying_server", str(server.top), Mark.LAUNCH_BEGUN)
    with contextlib.suppress(Gone):
        server.submit(witness(server.top, "job"))
    until(server.died, "the server dies before the launch")
    for path in server.top.glob("argosy.db*"):
        path.unlink()
    server.start()
    (job,) = synced(server)["taken"]
    assert server.outcome(job)["kind"] == "succeeded"
    assert runs(server.top, "job") == 1


@pytest.mark.parametrize(
    "mark", [Mark.LAUNCH_ASKED, Mark.WATCH_LISTED, Mark.COLLECT_NOTED, Mark.COLLECT_RECORDED], ids=str
)
def test_whatever_was_being_written_down_when_the_server_died_is_right_after_a_sync(
    server: Running, mark: Mark
) -> None:
    server.start("tests.faults.dying_server", str(server.top), mark)
    with contextlib.suppress(Gone):
        server.submit(witness(server.top, "job", ["sh", "-c", "exit 3"]))
    until(server.died, f"the server passes the mark {mark}")
    for path in server.top.glob("argosy.db*"):
        path.unlink()
    server.start()
    (job,) = synced(server)["taken"]
    assert server.outcome(job)["cause"] == "exit_code"
    assert runs(server.top, "job") == 1


def test_open_jobs_of_another_installation_are_left_to_it_until_they_are_taken_over(
    server: Running, tmp_path: Path
) -> None:
    server.start()
    (over,) = server.submit(witness(server.top, "over"))
    server.outcome(over)
    (job,) = server.submit(witness(server.top, "job", ["sleep", "600"]))
    until(lambda: server.fate(job) == "running", "it runs")
    other = Running(tmp_path / "other")
    try:
        other.start()
        profile = other.ask("GET", "/targets/local")["profile"] | {"name": "there", "root": str(server.top / "local")}
        other.ask("PUT", "/targets/there", json=profile)
        found = synced(other, "there")
        assert (found["taken"], found["open"]) == ([over], [])
        assert "driven by another Argosy" in found["findings"][0]["what"]
        server.kill()
        found = synced(other, "there", take_over="true")
        assert (found["taken"], found["findings"]) == ([job], [])
        until(lambda: other.fate(job) == "running", "it is watched")
        other.ask("POST", f"/jobs/{job}/cancel")
        assert other.outcome(job)["kind"] == "cancelled"
        assert {row["target"] for row in other.jobs()} == {"there"}
    finally:
        other.kill()
    server.start()
    assert server.outcome(job)["kind"] == "cancelled"
    assert runs(server.top, "job") == 1
