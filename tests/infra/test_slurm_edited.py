"""A job that a real Slurm refused is changed and sent again, without its files being sent again."""

from collections.abc import Iterator
from pathlib import Path

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


def test_a_refused_job_stays_editable_and_its_changes_are_shown_before_it_is_sent(
    server: Running, tmp_path: Path
) -> None:
    given = tmp_path / "given.txt"
    given.write_text("sea")
    job_file = tmp_path / "job.toml"
    job_file.write_text('command = ["cat", "given.txt"]\nslurm.qos = "nosuch"\nresources.walltime = "10m"\n')
    sent = server.argosy("submit", str(job_file), "--target", "cluster", "--file", str(given), "--plain")
    assert sent.returncode == Exit.SUCCEEDED, sent.stderr
    (row,) = server.jobs()
    refused = server.outcome(row["id"], within_s=100)
    assert (refused["cause"], "QOS" in refused["explanation"]) == ("rejected", True)
    given.unlink()

    shown = server.argosy("edit", row["id"], "--slurm", "qos=normal", "--walltime", "5m")
    assert shown.returncode == Exit.BAD_INPUT, "nobody is there to agree"
    said = shown.stderr.decode().splitlines()
    for line in (
        "- slurm.qos = nosuch",
        "+ slurm.qos = normal",
        "- resources.walltime = 10m",
        "+ resources.walltime = 5m",
    ):
        assert line in said
    assert len(server.jobs()) == 1
    still = server.argosy("edit", row["id"], "--slurm", "qos=other", "--dry-run")
    assert still.returncode == Exit.FINDINGS, "it would be refused again"

    done = server.argosy("edit", row["id"], "--slurm", "qos=normal", "--walltime", "5m", "--yes")
    assert done.returncode == Exit.SUCCEEDED, done.stderr
    until(lambda: len(server.jobs()) == 2, "a copy of it was made")
    (copy,) = [one["id"] for one in server.jobs() if one["id"] != row["id"]]
    assert server.ask("GET", f"/jobs/{copy}")["job"]["parent"] == row["id"]
    assert server.outcome(copy, within_s=100)["kind"] == "succeeded"
