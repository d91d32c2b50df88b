"""A Slurm cluster on bad days, with a whole server over it: no job lost, none run twice, every outcome right."""

import contextlib
import os
import signal

import pytest

from argosy.service.marks import Mark
from tests.faults.clusters import PATIENCE_S, begun, job, number, outcome
from tests.faults.running import Gone, Running, runs, until
from tests.infra.slurm.cluster import Cluster

pytestmark = [pytest.mark.faults, pytest.mark.infra]


@pytest.fixture
def home(cluster_home: Running) -> Running:
    return cluster_home


MARKS = [
    Mark.STAGE_RECORDED, Mark.LAUNCH_BEGUN, Mark.LAUNCH_ASKED, Mark.LAUNCH_RECORDED, Mark.WATCH_LISTED,
    Mark.WATCH_RECORDED,
]  # fmt: skip


@pytest.mark.parametrize("mark", MARKS, ids=str)
def test_a_server_killed_while_it_hands_in_or_looks_neither_loses_nor_doubles_a_job(home: Running, mark: Mark) -> None:
    home.stop()
    home.start("tests.faults.dying_server", str(home.top), mark)
    with contextlib.suppress(Gone):
        for name in ("one", "two", "three"):
            job(home, name, "sh", "-c", "sleep 1")
    until(home.died, f"the server passes the mark {mark}")
    home.start()
    rows = home.all_closed(within_s=PATIENCE_S)
    assert {row["fate"] for row in rows} <= {"succeeded"}
    assert [runs(home.top, row["name"]) for row in rows] == [1] * len(rows)


def test_a_controller_that_is_killed_and_comes_back_costs_no_job(home: Running, slurm_alone: Cluster) -> None:
    long = begun(home, "long", "sleep", "20")
    slurm_alone.until_saved(number(home, long))
    slurm_alone.kill("slurmctld")
    late = job(home, "late")
    until(lambda: "does not answer" in home.ask("GET", "/targets/cluster")["words"], "the trouble is shown")
    assert home.fate(long) == "running"
    slurm_alone.start("slurmctld")
    assert outcome(home, long)["kind"] == "succeeded"
    assert outcome(home, late)["kind"] == "succeeded"
    assert (runs(home.top, "long"), runs(home.top, "late")) == (1, 1)


def test_without_books_an_end_is_not_guessed_and_afterwards_it_is_told(home: Running, slurm_alone: Cluster) -> None:
    held = job(home, "held", slurm={"extra": ["--hold"]})
    until(lambda: home.fate(held) == "submitted", "it is handed in")
    slurm_alone.kill("slurmdbd")
    with slurm_alone.configured(MinJobAge=2):
        slurm_alone.administer("scancel", number(home, held))
        until(lambda: not slurm_alone.administer("squeue", "-h", "-t", "all"), "the queue has forgotten it")
    assert home.fate(held) == "submitted"
    slurm_alone.start("slurmdbd")
    assert outcome(home, held)["kind"] == "cancelled"
    assert outcome(home, held)["by"] == "user 0 of the cluster"
    assert runs(home.top, "held") == 0


def test_what_ended_and_was_forgotten_by_the_queue_while_nobody_looked_is_told_right(
    home: Running, slurm_alone: Cluster
) -> None:
    good, killed = begun(home, "good", "sleep", "3"), begun(home, "killed", "sleep", "600")
    home.kill()
    with slurm_alone.configured(MinJobAge=2):
        lines = (home.top / "cluster").glob("jobs/*/attempt-1/start")
        for start in lines:
            if f"/{killed}/" in str(start):
                facts = dict(line.split("=", 1) for line in start.read_text().splitlines())
                os.kill(int(facts["pid"]), signal.SIGKILL)
                os.kill(int(facts["program_pid"]), signal.SIGKILL)
        until(lambda: not slurm_alone.administer("squeue", "-h", "-t", "all"), "the queue has forgotten both")
        home.start()
        assert outcome(home, good)["kind"] == "succeeded"
        lost = outcome(home, killed)
    assert lost["kind"] == "lost"
    assert "FAILED" in lost["explanation"]


def test_a_node_that_fails_is_to_blame(home: Running, slurm_alone: Cluster) -> None:
    made = begun(home, "made", "sh", "-c", "trap '' TERM; sleep 600", slurm={"extra": ["--nodelist=c2"]})
    slurm_alone.administer("scontrol", "update", "nodename=c2", "state=down", "reason=test")
    told = outcome(home, made)
    assert (told["kind"], told["cause"], told["retry"]) == ("failed", "node_failure", "as_is")
    assert runs(home.top, "made") == 1


def test_a_more_urgent_job_that_takes_its_place_is_the_cause(home: Running, slurm_alone: Cluster) -> None:
    slurm_alone.run_as_root("sacctmgr", "-i", "modify", "user", "root", "set", "qos=normal,long,testing,preemptable")
    both = {"partition": "gpu", "exclusive": True}
    low = begun(home, "low", "sleep", "600", slurm={**both, "qos": "preemptable"}, resources={"nodes": 2, "tasks": 2})
    high = job(home, "high", slurm={**both, "qos": "normal"}, resources={"nodes": 2, "tasks": 2})
    told = outcome(home, low)
    assert (told["kind"], told["cause"]) == ("failed", "preempted")
    assert outcome(home, high)["kind"] == "succeeded"
    assert (runs(home.top, "low"), runs(home.top, "high")) == (1, 1)


def test_a_limit_on_submitted_jobs_is_waited_for(home: Running, slurm_alone: Cluster) -> None:
    with slurm_alone.at_most(3):
        made = [job(home, f"job{one}", "sleep", "1") for one in range(10)]
        until(lambda: any((home.attempt(one)["trouble"] or {}).get("message") for one in made), "one is put off")
        assert {outcome(home, one)["kind"] for one in made} == {"succeeded"}
    assert [runs(home.top, f"job{one}") for one in range(10)] == [1] * 10


def test_a_wish_to_cancel_ends_what_runs_and_what_waits(home: Running, slurm_alone: Cluster) -> None:
    running = begun(home, "running", "sleep", "600")
    waiting = job(home, "waiting", slurm={"extra": ["--hold"]})
    until(lambda: home.fate(waiting) == "submitted", "it is handed in")
    for one in (running, waiting):
        home.ask("POST", f"/jobs/{one}/cancel")
    assert outcome(home, running)["kind"] == outcome(home, waiting)["kind"] == "cancelled"
    until(lambda: not slurm_alone.administer("squeue", "-h"), "the queue is empty")
    assert runs(home.top, "waiting") == 0


def test_a_dead_authentication_service_changes_nothing(home: Running, slurm_alone: Cluster) -> None:
    made = begun(home, "made", "sleep", "5")
    slurm_alone.kill("munged")
    until(lambda: home.ask("GET", "/targets/cluster")["state"] != "driving", "the trouble is seen", within_s=PATIENCE_S)
    assert home.fate(made) == "running"
    slurm_alone.start("munged")
    assert outcome(home, made)["kind"] == "succeeded"
    assert runs(home.top, "made") == 1


def test_what_waits_is_held_changed_and_let_go_and_then_runs_with_the_change(home: Running) -> None:
    resources = {"walltime_s": 600}
    made = job(home, "made", "sleep", "600", slurm={"begin": "now+1hour"}, resources=resources)
    until(lambda: home.fate(made) == "submitted", "it is handed in")
    until(lambda: home.attempt(made)["expected"] is not None, "its start is expected")
    home.ask("POST", f"/jobs/{made}/hold")
    until(lambda: "held" in home.attempt(made)["state"]["reason"], "it is seen to be held")
    home.ask("POST", f"/jobs/{made}/alter", json={"walltime_s": 2, "begin": "now"})
    assert home.fate(made) == "submitted"
    home.ask("POST", f"/jobs/{made}/release")
    told = outcome(home, made)
    assert (told["kind"], told["cause"]) == ("failed", "walltime")
    assert home.attempt(made)["altered"]["walltime_s"] == 2
    assert runs(home.top, "made") == 1


def test_what_a_job_has_used_is_told_once_the_books_are_open_and_added_up(home: Running, slurm_alone: Cluster) -> None:
    made = begun(home, "made", "sleep", "3", labels={"project": "ice"}, resources={"cpus": 2, "memory_mib": 64})
    assert home.ask("GET", f"/jobs/{made}/spent")["words"].startswith("it is running")
    row = ("sacct", "-n", "-X", "-P", "-j", number(home, made), "-o", "State")
    assert outcome(home, made)["kind"] == "succeeded"
    until(lambda: "COMPLETED" in slurm_alone.administer(*row), "the books know it")
    slurm_alone.kill("slurmdbd")
    closed = home.ask("GET", f"/jobs/{made}/spent")
    assert (closed["spent"], bool(closed["words"])) == (None, True)
    (finding,) = home.ask("GET", "/report", params={"by": "label"})["findings"]
    assert finding["where"] == "cluster"
    slurm_alone.start("slurmdbd")
    spent = until(lambda: home.ask("GET", f"/jobs/{made}/spent")["spent"], "the books are open", within_s=PATIENCE_S)
    assert (spent["cpus"], spent["memory_mib"], spent["nodes"]) == (2, 64, 1)
    slurm_alone.kill("slurmdbd")
    assert home.ask("GET", f"/jobs/{made}/spent")["spent"] == spent, "it is asked once"
    (line,) = home.ask("GET", "/report", params={"by": "label"})["lines"]
    assert (line["group"], line["jobs"], line["guessed"]) == ("ice", 1, 0)
    shown = home.argosy("show", made).stdout.decode()
    assert f"ran on      {spent['node_list']}, partition compute" in shown
    assert home.argosy("report", "--by", "user", "--offline").returncode == 0
    slurm_alone.start("slurmdbd")


def test_a_target_learns_from_its_cluster_and_then_refuses_what_the_cluster_would(home: Running) -> None:
    shown = home.argosy("target", "detect", "cluster", "--apply")
    assert shown.returncode == 0, shown.stderr
    assert "The target says so now." in shown.stdout.decode()
    again = home.ask("POST", "/targets/cluster/detect")
    assert (again["changes"], again["offer"]["defaults"]["partition"]) == ([], "compute")
    refused = home.argosy("run", "--target", "cluster", "--slurm", "partition=testing", "-w", "2h", "--", "true")
    assert "2h are more than the 1h of partition testing" in refused.stderr.decode()
