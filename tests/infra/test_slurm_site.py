"""What a whole server learns of a real cluster: what it offers, how full it is, and when a job would start there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from argosy.cli.exits import Exit
from tests.faults.running import Running, until
from tests.infra.slurm.cluster import Cluster

pytestmark = pytest.mark.infra

ACCOUNT = "lab.group-1_x"


@pytest.fixture
def server(tmp_path: Path, slurm_alone: Cluster) -> Iterator[Running]:
    """A home that knows the cluster and this machine."""
    running = Running(tmp_path / "home")
    running.start()
    running.ask("PUT", "/targets/cluster", json=described(running, slurm_alone))
    yield running
    running.kill()
    running.end_jobs()
    slurm_alone.run_as_root("scancel", "--quiet", "--user=root")


def described(server: Running, cluster: Cluster, **slurm: Any) -> dict[str, Any]:
    return {
        "name": "cluster",
        "scheduler": "slurm",
        "root": str(server.top / "cluster"),
        "slurm": {"setup": [f"export SLURM_CONF={cluster.conf}"], **slurm},
    }


def where(server: Running, *targets: str, **submission: Any) -> list[dict[str, Any]]:
    body = {"submission": {"argv": ["true"], **submission}, "targets": list(targets)}
    return server.ask("POST", "/jobs/where", json=body)


def pending(cluster: Cluster) -> str:
    """The numbers of the jobs that wait."""
    return cluster.run_as_root("squeue", "-h", "-t", "PENDING", "-o", "%i").stdout.strip()


@contextmanager
def odd_partition(cluster: Cluster, name: str, *, longest: str = "1-0") -> Iterator[None]:
    """For a while there is such a partition over the nodes with GPUs."""
    cluster.administer("scontrol", "create", f"partitionname={name}", "nodes=g[1-2]", "state=up", f"maxtime={longest}")
    try:
        yield
    finally:
        cluster.end_jobs()
        cluster.administer("scontrol", "delete", f"partitionname={name}")


@contextmanager
def paying(cluster: Cluster, account: str) -> Iterator[None]:
    """For a while there is such an account, and it pays for root."""
    cluster.administer("sacctmgr", "-i", "add", "account", account)
    cluster.administer("sacctmgr", "-i", "add", "user", "root", f"account={account}")
    try:
        yield
    finally:
        cluster.administer("sacctmgr", "-i", "delete", "user", "root", f"account={account}")
        cluster.administer("sacctmgr", "-i", "delete", "account", account)


def test_a_cluster_is_read_with_the_versions_of_its_programs_and_then_nothing_is_left_to_say(server: Running) -> None:
    found = server.ask("POST", "/targets/cluster/detect")
    offer = found["offer"]
    assert offer["versions"]["srun"].startswith(offer["version"])
    assert offer["versions"]["python3"]
    assert "pmi2" in offer["mpi"]
    assert {"slurm.partitions.gpu", "slurm.qos_limits.long"} <= {change["field"] for change in found["changes"]}
    server.ask("PUT", "/targets/cluster", json=found["profile"])
    assert server.ask("POST", "/targets/cluster/detect")["changes"] == []


def test_the_room_at_the_root_is_told_also_before_the_root_is_made(server: Running) -> None:
    (room,) = server.ask("GET", "/targets/cluster/crowd")["rooms"]
    assert room["place"] == "root"
    assert room["free_mib"] > 0


def test_a_job_would_start_at_once_where_there_is_room_and_nothing_of_it_is_kept(server: Running) -> None:
    found = where(server, resources={"walltime": "10m", "memory": "100M"})
    assert {one["target"] for one in found} == {"local", "cluster"}
    by_target = {one["target"]: one["estimates"][0] for one in found}
    assert by_target["local"]["basis"] == "room"
    assert by_target["cluster"]["basis"] == "test"
    assert " on " in by_target["cluster"]["words"]
    soon = datetime.now(UTC) + timedelta(minutes=5)
    assert datetime.fromisoformat(by_target["cluster"]["start"]) < soon
    assert server.jobs() == []


def test_a_job_that_slurm_would_refuse_may_not_run_there_and_says_why(server: Running) -> None:
    (found,) = where(server, "cluster", slurm={"qos": "nosuch"})
    assert found["estimates"] == []
    assert "QOS" in found["findings"][0]["what"]
    shown = server.argosy("where", _job_file(server, 'slurm.qos = "nosuch"'), "--on", "cluster")
    assert shown.returncode == 6
    assert b"never" in shown.stdout


def test_a_job_that_must_wait_would_start_when_those_before_it_are_over(server: Running, slurm_alone: Cluster) -> None:
    wide = {"resources": {"nodes": 4, "tasks": 4, "walltime": "1h"}, "slurm": {"exclusive": True}}
    (holds,) = server.submit({"argv": ["sleep", "3000"], "target": "cluster", **wide})
    until(lambda: server.fate(holds) == "running", "it holds all nodes", within_s=100)
    server.submit({"argv": ["true"], "target": "cluster", **wide})
    until(lambda: pending(slurm_alone), "it waits", within_s=100)
    found = where(server, **wide)
    late = next(one for one in found if one["target"] == "cluster")
    start = datetime.fromisoformat(late["estimates"][0]["start"])
    assert late["estimates"][0]["basis"] == "test"
    assert start > datetime.now(UTC) + timedelta(minutes=30)


def test_jobs_that_argosy_did_not_start_are_listed_whatever_they_are_called(
    server: Running, slurm_alone: Cluster
) -> None:
    (ours,) = server.submit({"argv": ["sleep", "600"], "target": "cluster"})
    until(lambda: server.fate(ours) == "running", "ours runs", within_s=100)

    def listed() -> dict[str, str]:
        return {one["name"]: one["job"] for one in server.ask("GET", "/targets/cluster/queue")["jobs"]}

    slurm_alone.run_as_root("sbatch", "--hold", "--job-name=by hand", "--wrap=true")
    assert {"by hand": ""}.items() <= listed().items()
    assert ours in listed().values()
    many = ",".join(str(number * number) for number in range(30))  # longer than what Slurm shows of a list by itself
    slurm_alone.run_as_root("sbatch", "--hold", "--job-name=odd|na\nme", f"--array={many}", "--wrap=true")
    assert {"by hand": "", "odd|na\nme": ""}.items() <= listed().items()
    odd = [one for one in server.ask("GET", "/targets/cluster/queue")["jobs"] if one["name"] == "odd|na\nme"]
    tasks = {int(one["handle"].partition("_")[2]) for one in odd}
    assert tasks == {number * number for number in range(30)}
    shown = server.argosy("queue", "--others", "--plain")
    assert shown.returncode == 0, shown.stderr
    assert b"by hand" in shown.stdout
    assert ours.encode() not in shown.stdout


def test_what_a_target_proposes_is_shown_and_a_resource_set_is_used(server: Running, slurm_alone: Cluster) -> None:
    sets = [{"name": "tiny", "title": "A minute", "resources": {"walltime_s": 60, "memory_mib": 100}}]
    pitfalls = ["Mind the gap."]
    server.ask(
        "PUT", "/targets/cluster", json={**described(server, slurm_alone), "resource_sets": sets, "pitfalls": pitfalls}
    )
    guide = server.argosy("target", "guide", "cluster")
    assert guide.returncode == 0, guide.stderr
    assert b"tiny" in guide.stdout
    assert b"Mind the gap." in guide.stdout
    preview = server.argosy("submit", _job_file(server), "--target", "cluster", "--resource-set", "tiny", "--dry-run")
    assert b"1 cpu, 100MiB, 1m" in preview.stdout


def test_a_dry_run_says_when_and_where_slurm_would_start_a_job_or_why_never(
    server: Running, slurm_alone: Cluster
) -> None:
    server.ask("PUT", "/targets/cluster", json=described(server, slurm_alone))
    words = ("submit", _job_file(server), "--target", "cluster", "--dry-run")
    taken = server.argosy(*words)
    assert taken.returncode == Exit.SUCCEEDED, taken.stderr
    assert b"in partition compute, as the scheduler sees it now" in b" ".join(taken.stdout.split())
    refused = server.argosy(*words, "--slurm", "qos=nosuch")
    assert refused.returncode == Exit.FINDINGS, refused.stderr
    assert b"never, it would be refused" in refused.stdout
    slurm_alone.kill("slurmctld")
    silent = server.argosy(*words)
    assert silent.returncode == Exit.SUCCEEDED, silent.stderr
    assert b"could not be asked" in silent.stdout
    assert server.jobs() == []


@pytest.mark.parametrize("name", ["2nd.half-1_x", "a+b@c%d=e", "compute*"])
def test_odd_names_are_read_as_they_are_and_jobs_run_where_they_say(
    server: Running, slurm_alone: Cluster, name: str
) -> None:
    with odd_partition(slurm_alone, name), paying(slurm_alone, ACCOUNT):
        found = server.ask("POST", "/targets/cluster/detect")
        assert name in {one["name"] for one in found["profile"]["slurm"]["partitions"]}
        assert ACCOUNT in found["offer"]["accounts"]
        server.ask("PUT", "/targets/cluster", json=found["profile"])
        wishes = {"partition": name, "account": ACCOUNT, "constraint": "a100&milan|milan"}
        (job,) = server.submit({"argv": ["true"], "target": "cluster", "slurm": wishes})
        told = server.outcome(job, within_s=100)
        assert told["kind"] == "succeeded", told
        rows = slurm_alone.administer("scontrol", "show", "job", "-o").splitlines()
        asked = {f"Partition={name}", f"Account={ACCOUNT}", "Features=a100&milan|milan"}
        assert any(asked <= set(row.split()) for row in rows)
        assert name in {one["name"] for one in server.ask("GET", "/targets/cluster/crowd")["partitions"]}


def test_what_slurm_takes_and_gives_up_at_once_was_refused_and_says_why(server: Running, slurm_alone: Cluster) -> None:
    with odd_partition(slurm_alone, "brief", longest="60"):
        (job,) = server.submit({"argv": ["true"], "target": "cluster", "slurm": {"partition": "brief"}})
        told = server.outcome(job, within_s=100)
    assert (told["kind"], told["cause"], told["retry"]) == ("failed", "rejected", "after_change")
    assert "BadConstraints" in told["explanation"]


def _job_file(server: Running, *lines: str) -> str:
    path = server.top / "job.toml"
    path.write_text("\n".join(['command = ["true"]', *lines, ""]))
    return str(path)
