"""Jobs that Argosy did not start, on a real cluster: adopted, watched, told to stop, accounted, and left untouched."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from argosy.cli.exits import Exit
from tests.faults.running import Running, until
from tests.infra.slurm.cluster import Cluster
from tests.infra.test_slurm_site import described

pytestmark = pytest.mark.infra


@pytest.fixture
def server(tmp_path: Path, slurm_alone: Cluster) -> Iterator[Running]:
    """A home that knows the cluster."""
    running = Running(tmp_path / "home")
    running.start()
    running.ask("PUT", "/targets/cluster", json=described(running, slurm_alone))
    yield running
    running.kill()
    slurm_alone.run_as_root("scancel", "--quiet", "--user=root")


def by_hand(cluster: Cluster, where: Path, *words: str) -> str:
    """A job that nobody told Argosy of; returns its number."""
    where.mkdir(exist_ok=True)
    said = cluster.run_as_root("sbatch", "--parsable", f"--chdir={where}", "--time=10", "--mem=50M", *words)
    return said.stdout.strip()


def adopt(server: Running, *handles: str) -> list[str]:
    views = server.ask("POST", "/targets/cluster/adopt", json={"handles": list(handles)})
    return [view["job"]["id"] for view in views]


def refused(server: Running, *handles: str) -> dict[str, Any]:
    return server.answer("POST", "/targets/cluster/adopt", json={"handles": list(handles)}).json()


def lying(where: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in where.iterdir()}


def test_adopted_jobs_are_watched_to_their_end_and_nothing_of_theirs_is_touched(
    server: Running, slurm_alone: Cluster, tmp_path: Path
) -> None:
    where = tmp_path / "mine"
    waits = "until [ -e go ]; do sleep 0.1; done"
    good = by_hand(slurm_alone, where, "--job-name=good\nday|night", f"--wrap={waits}; sleep 2; echo done > result")
    bad = by_hand(slurm_alone, where, "--job-name=bad", f"--wrap={waits}; exit 3")
    deaf = by_hand(slurm_alone, where, "--job-name=deaf", "--wrap=trap '' TERM; while :; do sleep 1; done")
    stays = by_hand(slurm_alone, where, "--hold", "--job-name=stays", "--wrap=true")
    jobs = dict(zip(("good", "bad", "stays", "deaf"), adopt(server, good, bad, stays, deaf), strict=True))
    (where / "go").touch()
    assert server.outcome(jobs["good"], within_s=100)["kind"] == "succeeded"
    failed = server.outcome(jobs["bad"], within_s=100)
    assert (failed["kind"], failed["cause"]) == ("failed", "exit_code")
    assert "exit code 3:0" in failed["explanation"]
    server.ask("POST", f"/jobs/{jobs['deaf']}/cancel", params={"now": "true"})
    assert server.outcome(jobs["deaf"], within_s=100)["kind"] == "cancelled"
    listed = server.ask("GET", "/targets/cluster/queue")["jobs"]
    assert [(one["handle"], one["job"]) for one in listed] == [(stays, jobs["stays"])]

    server.ask("POST", f"/jobs/{jobs['stays']}/alter", json={"nice": 7})
    assert slurm_alone.run_as_root("squeue", "-h", "-j", stays, "-o", "%y").stdout.strip() == "7"
    server.ask("POST", f"/jobs/{jobs['stays']}/cancel")
    assert server.outcome(jobs["stays"], within_s=100)["kind"] == "cancelled"

    used = until(lambda: server.ask("GET", f"/jobs/{jobs['good']}/spent")["spent"], "its books", within_s=100)
    assert (used["handle"], used["cpus"] >= 1) == (good, True)
    files = {one["path"] for one in server.ask("GET", f"/jobs/{jobs['good']}/files")["files"]}
    assert {"result", f"slurm-{good}.out"} <= files
    again = server.answer("POST", f"/jobs/{jobs['good']}/retry")
    assert (again.status_code, "adopted" in again.json()["message"]) == (409, True)

    before = lying(where)
    gone = server.argosy("rm", jobs["good"], jobs["bad"], "--yes")
    assert gone.returncode == Exit.SUCCEEDED, gone.stderr
    assert lying(where) == before == {**before, "result": b"done\n"}
    assert not (where / "job.json").exists()


def test_each_number_that_means_no_job_to_adopt_is_refused_in_words(
    server: Running, slurm_alone: Cluster, tmp_path: Path
) -> None:
    where = tmp_path / "mine"
    over = by_hand(slurm_alone, where, "--wrap=true")
    theirs = slurm_alone.run("sbatch", "--parsable", "--chdir=/tmp", "--hold", "--wrap=true").stdout.strip()
    until(lambda: not slurm_alone.run_as_root("squeue", "-h", "-j", over).stdout.strip(), "it is over", within_s=100)
    array = by_hand(slurm_alone, where, "--hold", "--array=0-2", "--wrap=true")
    said = refused(server, over, theirs, "4000000", "my-job")
    why = {one["where"]: one["what"] for one in said["findings"]}
    assert "it is over (COMPLETED)" in why[over]
    assert "belongs to user" in why[theirs]
    assert "knows no such job" in why["4000000"]
    assert "no number" in why["my-job"]
    assert server.jobs() == []

    (task,) = adopt(server, f"{array}_1")
    others = adopt(server, array)
    assert len({task, *others}) == 3
    assert task not in others
    assert "already" in refused(server, f"{array}_1")["message"]
    assert "already" in refused(server, array)["message"]
    shown = server.argosy("adopt", array, "--target", "cluster")
    assert shown.returncode == Exit.BAD_INPUT
    assert b"already" in shown.stderr
    assert {server.fate(one) for one in (task, *others)} == {"submitted"}
