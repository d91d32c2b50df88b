"""What administrators, nodes and daemons do to jobs on a cluster: each ends once, and with its true reason."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.service.marks import Mark
from tests.faults.clusters import (
    PATIENCE_S,
    begun,
    driven,
    forgotten,
    handed_in,
    in_books,
    job,
    kill_all,
    leaving_no_job,
    number,
    outcome,
    reason,
    troubled,
)
from tests.faults.halting_server import HALTED
from tests.faults.running import Running, runs, until
from tests.infra.slurm.cluster import Cluster

pytestmark = [pytest.mark.faults, pytest.mark.infra]

A_DAY_S = 86_400
MINUTES_S = 900


@pytest.fixture
def home(server: Running, slurm: Cluster) -> Iterator[Running]:
    """A home at a cluster that others use at the same time."""
    with leaving_no_job(slurm, server.top):
        yield driven(server.start(), slurm)


# --- Administrators --------------------------------------------------------------------------------------------------


def test_what_is_cancelled_from_outside_is_cancelled_by_whom_slurm_names(home: Running, slurm: Cluster) -> None:
    running, held = begun(home, "running", "sleep", "600"), handed_in(home, "held")
    slurm.administer("scancel", number(home, running), number(home, held))
    first, second = outcome(home, running), outcome(home, held)
    assert (first["kind"], second["kind"]) == ("cancelled", "cancelled")
    assert "outside" in first["by"]
    assert second["by"] == "user 0 of the cluster"
    assert (runs(home.top, "running"), runs(home.top, "held")) == (1, 0)


def test_a_job_that_is_held_let_go_halted_and_resumed_from_outside_says_so_and_succeeds(
    home: Running, slurm: Cluster
) -> None:
    made = job(home, "made", "sleep", "4", slurm={"begin": "now+1hour"})
    until(lambda: "begin" in reason(home, made), "it waits for its time", within_s=PATIENCE_S)
    slurm.administer("scontrol", "hold", number(home, made))
    until(lambda: "administrator holds it" in reason(home, made), "it is seen to be held")
    slurm.administer("scontrol", "release", number(home, made))
    slurm.administer("scontrol", "update", f"jobid={number(home, made)}", "starttime=now")
    until(lambda: home.fate(made) == "running", "it runs", within_s=PATIENCE_S)
    slurm.administer("scontrol", "suspend", number(home, made))
    until(lambda: "suspended" in home.attempt(made)["state"]["evidence"]["words"], "it is seen to be halted")
    slurm.administer("scontrol", "resume", number(home, made))
    assert outcome(home, made)["kind"] == "succeeded"
    assert runs(home.top, "made") == 1


@pytest.mark.parametrize("way", ["requeue", "requeuehold"])
def test_what_an_administrator_puts_back_ended_by_that_and_never_runs_again(
    home: Running, slurm: Cluster, way: str
) -> None:
    made = begun(home, "made", "sleep", "600")
    name = number(home, made)
    slurm.administer("scontrol", "update", f"jobid={name}", "requeue=1")
    slurm.administer("scontrol", way, name)
    told = outcome(home, made)
    assert (told["kind"], told["cause"], told["retry"]) == ("failed", "requeued", "as_is")
    if way == "requeuehold":
        slurm.administer("scontrol", "release", name)
    until(
        lambda: slurm.run_as_root("squeue", "-h", "-j", name, "-o", "%T").stdout.strip() in {"", "COMPLETED", "FAILED"},
        "Slurm has tried it again",
        within_s=PATIENCE_S,
    )
    assert runs(home.top, "made") == 1


# --- Limits ----------------------------------------------------------------------------------------------------------


def test_more_memory_than_asked_for_ends_with_that_reason_and_a_remedy(home: Running) -> None:
    eater = "import time; eaten = bytearray(400 << 20); time.sleep(60)"
    told = outcome(home, begun(home, "made", "python3", "-c", eater, resources={"memory_mib": 60}))
    assert (told["kind"], told["cause"], told["retry"]) == ("failed", "out_of_memory", "more_memory")
    assert runs(home.top, "made") == 1


# --- Nobody looked ---------------------------------------------------------------------------------------------------


def test_a_job_that_is_over_and_forgotten_before_the_first_look_has_its_own_outcome(
    cluster_home: Running, slurm_alone: Cluster
) -> None:
    home = cluster_home
    home.stop()
    home.start("tests.faults.halting_server", str(home.top), Mark.LAUNCH_RECORDED)
    good, bad = job(home, "good"), job(home, "bad", "sh", "-c", "exit 3")
    with slurm_alone.configured(MinJobAge=2):
        until((home.top / HALTED).exists, "the server stands still after the submission")
        forgotten(slurm_alone)
        (home.top / HALTED).unlink()
        assert outcome(home, good)["kind"] == "succeeded", outcome(home, good)
        told = outcome(home, bad)
    assert (told["kind"], told["cause"]) == ("failed", "exit_code")
    assert (runs(home.top, "good"), runs(home.top, "bad")) == (1, 1)


def test_after_a_day_away_every_end_is_told_though_the_queue_has_forgotten_all(
    cluster_home: Running, slurm_alone: Cluster
) -> None:
    home = cluster_home
    good, bad = begun(home, "good", "sleep", "4"), begun(home, "bad", "sh", "-c", "sleep 4; exit 3")
    held, stays = handed_in(home, "held"), begun(home, "stays", "sleep", "600")
    name = number(home, held)
    home.kill()
    offset = home.top.with_name("offset")
    offset.write_text(str(A_DAY_S))
    with slurm_alone.configured(MinJobAge=2):
        slurm_alone.administer("scancel", name)
        until(lambda: len(slurm_alone.administer("squeue", "-h", "-t", "all").splitlines()) == 1, "one is left")
        home.start("tests.faults.jumping_server", str(home.top), str(offset))
        assert outcome(home, good)["kind"] == "succeeded"
        assert (outcome(home, bad)["kind"], outcome(home, bad)["cause"]) == ("failed", "exit_code")
        assert (outcome(home, held)["kind"], outcome(home, held)["by"]) == ("cancelled", "user 0 of the cluster")
        assert home.fate(stays) == "running"
    assert [runs(home.top, one) for one in ("good", "bad", "held", "stays")] == [1, 1, 0, 1]


# --- Daemons ---------------------------------------------------------------------------------------------------------


def test_a_controller_that_is_away_for_minutes_moves_nobody(cluster_home: Running, slurm_alone: Cluster) -> None:
    home = cluster_home
    home.stop()
    offset = home.top.with_name("offset")
    offset.write_text("")
    home.start("tests.faults.jumping_server", str(home.top), str(offset))
    made, held = begun(home, "made", "sleep", "15"), handed_in(home, "held")
    slurm_alone.until_saved(number(home, made))
    slurm_alone.kill("slurmctld")
    until(lambda: troubled(home), "the trouble is seen", within_s=PATIENCE_S)
    offset.write_text(str(MINUTES_S))
    assert (home.fate(made), home.fate(held)) == ("running", "submitted")
    slurm_alone.start("slurmctld")
    home.ask("POST", f"/jobs/{held}/release")
    assert (outcome(home, made)["kind"], outcome(home, held)["kind"]) == ("succeeded", "succeeded")
    assert (runs(home.top, "made"), runs(home.top, "held")) == (1, 1)


@pytest.mark.parametrize("daemon", ["slurmdbd", "mariadbd"])
def test_books_that_were_closed_at_its_end_and_are_late_afterwards_lead_to_no_wrong_outcome(
    cluster_home: Running, slurm_alone: Cluster, daemon: str
) -> None:
    home = cluster_home
    made = begun(home, "made", "sleep", "600")
    in_books(slurm_alone, home, made)
    slurm_alone.kill(daemon)
    with slurm_alone.configured(MinJobAge=2):
        kill_all(home, made)
        forgotten(slurm_alone)
        assert home.fate(made) == "running"
        slurm_alone.start(daemon)
        told = outcome(home, made)
    assert told["kind"] == "lost"
    assert "FAILED" in told["explanation"], "the books, and not silence, have told how it ended"
    assert runs(home.top, "made") == 1


# --- Nodes -----------------------------------------------------------------------------------------------------------


def test_a_node_that_dies_with_all_that_runs_there_is_to_blame(cluster_home: Running, slurm_alone: Cluster) -> None:
    home = cluster_home
    made = begun(home, "made", "sleep", "600", slurm={"extra": ["--nodelist=c2"]})
    slurm_alone.kill("slurmd.c2")
    _end_steps(number(home, made))
    kill_all(home, made)
    told = outcome(home, made)
    assert (told["kind"], told["cause"], told["retry"]) == ("failed", "node_failure", "as_is")
    assert runs(home.top, "made") == 1


def test_a_node_that_is_drained_ends_what_it_has_and_takes_nothing_new(
    cluster_home: Running, slurm_alone: Cluster
) -> None:
    home, there = cluster_home, {"extra": ["--nodelist=c2"]}
    made = begun(home, "made", "sleep", "5", slurm=there)
    slurm_alone.administer("scontrol", "update", "nodename=c2", "state=drain", "reason=test")
    late = job(home, "late", slurm=there)
    until(lambda: "drained" in reason(home, late), "it says why it waits", within_s=PATIENCE_S)
    assert outcome(home, made)["kind"] == "succeeded"
    slurm_alone.administer("scontrol", "update", "nodename=c2", "state=resume")
    assert outcome(home, late)["kind"] == "succeeded"
    assert (runs(home.top, "made"), runs(home.top, "late")) == (1, 1)


def test_what_a_more_urgent_job_puts_back_into_the_queue_ended_by_that(
    cluster_home: Running, slurm_alone: Cluster
) -> None:
    home, both = cluster_home, {"partition": "gpu", "exclusive": True}
    slurm_alone.run_as_root("sacctmgr", "-i", "modify", "user", "root", "set", "qos=normal,long,testing,preemptable")
    wide = {"nodes": 2, "tasks": 2}
    low = begun(home, "low", "sleep", "600", slurm={**both, "qos": "preemptable"}, resources=wide)
    slurm_alone.administer("scontrol", "update", f"jobid={number(home, low)}", "requeue=1")
    high = job(home, "high", slurm={**both, "qos": "normal"}, resources=wide)
    told = outcome(home, low)
    assert (told["kind"], told["cause"]) == ("failed", "preempted")
    assert outcome(home, high)["kind"] == "succeeded"
    assert (runs(home.top, "low"), runs(home.top, "high")) == (1, 1)


def _end_steps(name: str) -> None:
    """kill -9 of the daemons that watch over the steps of a job."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if words.startswith(f"slurmstepd: [{name}.".encode()):
            os.kill(int(process.name), signal.SIGKILL)
