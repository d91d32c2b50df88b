"""Many jobs at a Slurm cluster with a whole server over it: as arrays, within limits, and on bad days."""

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from argosy.core.job import OPEN
from argosy.service.marks import Mark
from tests.faults.running import Gone, Running, runs, until, witness
from tests.infra.slurm.cluster import Cluster

pytestmark = [pytest.mark.faults, pytest.mark.infra]

PATIENCE_S = 150.0
LONG_S = 1800.0
SWEEP = 10_000
LARGEST = 501


@pytest.fixture
def home(server: Running, slurm_alone: Cluster) -> Iterator[Running]:
    """A home on the login node of the cluster."""
    server.start()
    server.ask("PUT", "/targets/cluster", json=profile(server, slurm_alone))
    yield server
    until(lambda: slurm_alone.run_as_root("scancel", "--quiet", "--user=root").returncode == 0, "Slurm takes a word")


def profile(server: Running, cluster: Cluster, **slurm: Any) -> dict[str, Any]:
    """The cluster as a target."""
    return {
        "name": "cluster",
        "scheduler": "slurm",
        "root": str(server.top / "cluster"),
        "polling": {"floor_s": 0.2, "ceiling_s": 2},
        "slurm": {"setup": [f"export SLURM_CONF={cluster.conf}"], **slurm},
    }


@contextmanager
def small_arrays(cluster: Cluster, size: int) -> Iterator[None]:
    """The cluster allows arrays of so many tasks. It reads this setting at its start only."""
    try:
        with cluster.configured(MaxArraySize=size):
            cluster.kill("slurmctld")
            cluster.start("slurmctld")
            yield
    finally:
        cluster.kill("slurmctld")
        cluster.start("slurmctld")


def together(server: Running, count: int, *then: str, **facts: Any) -> list[str]:
    """So many jobs that ask for the same, taken in at once."""
    jobs = [witness(server.top, f"n{number}", then) | {"target": "cluster"} | facts for number in range(count)]
    return server.submit(*jobs)


def succeeded(server: Running, *, within_s: float = PATIENCE_S) -> None:
    """All jobs succeed, and each of them has run once."""
    rows = server.all_closed(within_s=within_s)
    assert Counter(row["fate"] for row in rows) == {"succeeded": len(rows)}
    assert Counter(runs(server.top, row["name"]) for row in rows) == {1: len(rows)}


@pytest.mark.parametrize("mark", [Mark.LAUNCH_BEGUN, Mark.LAUNCH_ASKED, Mark.LAUNCH_RECORDED], ids=str)
def test_a_server_killed_while_it_hands_in_an_array_neither_loses_nor_doubles_a_task(home: Running, mark: Mark) -> None:
    home.stop()
    home.start("tests.faults.dying_server", str(home.top), mark)
    with contextlib.suppress(Gone):
        together(home, 8, "sh", "-c", "sleep 1")
    until(home.died, f"the server passes the mark {mark}")
    home.start()
    succeeded(home)


def test_running_tasks_outlive_the_controller_that_is_killed(home: Running, slurm_alone: Cluster) -> None:
    made = together(home, 6, "sleep", "25")
    until(lambda: {home.fate(job) for job in made} == {"running"}, "all tasks run", within_s=PATIENCE_S)
    slurm_alone.until_saved(home.attempt(made[-1])["state"]["handle"])
    slurm_alone.kill("slurmctld")
    until(lambda: "does not answer" in home.ask("GET", "/targets/cluster")["words"], "the trouble is shown")
    assert {home.fate(job) for job in made} == {"running"}
    slurm_alone.start("slurmctld")
    succeeded(home)


def test_more_jobs_than_a_qos_allows_wait_with_a_plain_word_and_go_on_by_themselves(
    home: Running, slurm_alone: Cluster
) -> None:
    with slurm_alone.at_most(5):
        made = together(home, 22, "sleep", "1")

        def word() -> str:
            troubles = (home.attempt(job)["trouble"] for job in made)
            return next((trouble["message"] for trouble in troubles if trouble), "")

        assert "takes no further jobs now" in until(lambda: word() or None, "one says why it waits")
        succeeded(home)


def test_a_task_that_is_cancelled_from_outside_before_it_began_is_cancelled_and_the_others_go_on(
    home: Running, slurm_alone: Cluster
) -> None:
    made = together(home, 3, slurm={"extra": ["--hold"]})
    until(lambda: {home.fate(job) for job in made} == {"submitted"}, "all wait at Slurm")
    handles = [home.attempt(job)["state"]["handle"] for job in made]
    slurm_alone.administer("scancel", handles[1])
    assert home.outcome(made[1], within_s=PATIENCE_S)["kind"] == "cancelled"
    for handle in (handles[0], handles[2]):
        slurm_alone.administer("scontrol", "release", handle)
    assert [home.outcome(made[place], within_s=PATIENCE_S)["kind"] for place in (0, 2)] == ["succeeded"] * 2
    assert [runs(home.top, f"n{number}") for number in range(3)] == [1, 0, 1]


def test_a_sweep_is_one_command_and_its_jobs_are_tasks_with_fates_of_their_own(home: Running, tmp_path: Path) -> None:
    job = tmp_path / "job.toml"
    job.write_text('command = ["sh", "-c", "exit $CODE"]\nname = "codes"\ntarget = "cluster"\n')
    shown = home.argosy("submit", str(job), "--sweep", "env.CODE=0,3,0", "--dry-run").stdout.decode()
    assert "3 jobs" in shown
    assert home.jobs() == []
    said = json.loads(home.argosy("submit", str(job), "--sweep", "env.CODE=0,3,0", "--json").stdout)
    assert len(said["jobs"]) == 3
    rows = {row["name"]: row["fate"] for row in home.all_closed(within_s=PATIENCE_S)}
    assert rows == {"codes-1": "succeeded", "codes-2": "failed", "codes-3": "succeeded"}
    labelled = home.ask("GET", "/jobs", params={"label": f"sweep={said['label']}"})["jobs"]
    assert len(labelled) == 3
    used = home.ask("GET", f"/jobs/{said['jobs'][0]}/spent")
    assert used["attempt"] == 1


@pytest.mark.slow
def test_a_sweep_of_ten_thousand_over_the_size_of_an_array_ends_right(
    home: Running, slurm_alone: Cluster, tmp_path: Path
) -> None:
    ran, job = tmp_path / "ran", tmp_path / "job.toml"
    tell = ["sh", "-c", 'echo "$NUMBER $SLURM_ARRAY_JOB_ID" >> "$1"; exit $((NUMBER % 100 == 7))', "tell", str(ran)]
    job.write_text(f'command = {json.dumps(tell)}\nname = "many"\ntarget = "cluster"\n')
    with small_arrays(slurm_alone, LARGEST):
        said = home.argosy("submit", str(job), "--sweep", f"environment.NUMBER=1:{SWEEP}", "--json")
        assert len(json.loads(said.stdout)["jobs"]) == SWEEP
        still = {"fate": OPEN, "limit": 1}
        until(lambda: not home.ask("GET", "/jobs", params=still)["jobs"], "none is open", within_s=LONG_S)
    assert Counter(row["fate"] for row in home.jobs()) == {"succeeded": SWEEP * 99 // 100, "failed": SWEEP // 100}
    numbers, arrays = zip(*(line.split() for line in ran.read_text().splitlines()), strict=True)
    assert sorted(map(int, numbers)) == list(range(1, SWEEP + 1)), "each has run once"
    assert max(Counter(arrays).values()) <= LARGEST


@pytest.mark.slow
def test_a_thousand_jobs_that_ask_for_different_things_all_end_right(home: Running) -> None:
    jobs = [
        witness(home.top, f"n{number}") | {"target": "cluster", "resources": {"walltime": f"{number + 60}m"}}
        for number in range(1000)
    ]
    home.submit(*jobs)
    succeeded(home, within_s=LONG_S)
