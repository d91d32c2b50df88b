"""The cluster that the tests of Slurm stand on is a real one, and comes back from what they do to it."""

from pathlib import Path

import pytest

from tests.infra.slurm.cluster import NODES, Cluster
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.sshd import Sshd
from tests.infra.wrapped import alive, until

pytestmark = pytest.mark.infra


def submitted(cluster: Cluster, *words: str) -> str:
    """The id of a job that is really submitted."""
    answer = cluster.run("sbatch", "--parsable", *words)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def accounted(cluster: Cluster, job: str) -> str:
    """What accounting says of a job."""
    return cluster.administer("sacct", "-nXP", "-j", job, "-o", "state,exitcode,nodelist")


def test_a_job_runs_as_its_owner_and_accounting_knows_its_end(slurm: Cluster) -> None:
    out = slurm.projects / "out-%j"
    job = submitted(slurm, "-w", "c2", "-o", str(out), "--wrap", "id -un; hostname; exit 3")
    until(lambda: accounted(slurm, job) == "FAILED|3:0|c2", "accounting knows")
    assert Path(str(out).replace("%j", job)).read_text().split() == [slurm.person.name, "c2"]


def test_the_login_node_knows_the_cluster(slurm: Cluster, login_node: Sshd, laptop: Laptop) -> None:
    laptop.add_host("alpine", login_node)
    job = laptop.ssh("alpine", "sbatch --parsable -o /dev/null --gres=gpu:a100:2 -p gpu --wrap true").stdout.strip()
    until(lambda: accounted(slurm, job).startswith("COMPLETED|0:0|g"), "accounting knows")


def test_daemons_that_are_killed_come_back_and_the_cluster_is_clean(slurm_alone: Cluster) -> None:
    job = submitted(slurm_alone, "-J", "remembered", "-w", "c1", "-o", "/dev/null", "--wrap", "sleep 600")
    until(lambda: accounted(slurm_alone, job) == "RUNNING|0:0|c1", "it runs")
    slurm_alone.until_saved(job)
    slurm_alone.kill("slurmctld")
    assert slurm_alone.run("squeue").returncode == 1
    slurm_alone.start("slurmctld")
    assert job in slurm_alone.run("squeue", "-h", "-o", "%i").stdout
    slurm_alone.kill("mariadbd")
    slurm_alone.administer("scontrol", "update", "nodename=c3", "state=drain", "reason=test")
    slurm_alone.reset()
    assert slurm_alone.nodes() == dict.fromkeys(NODES, "idle")
    assert slurm_alone.run("squeue", "-h").stdout == ""
    until(lambda: accounted(slurm_alone, job).startswith("CANCELLED"), "accounting caught up")


def test_a_setting_is_changed_for_a_while(slurm_alone: Cluster) -> None:
    def job_age() -> str:
        shown = slurm_alone.administer("scontrol", "show", "config")
        return next(line for line in shown.splitlines() if line.startswith("MinJobAge")).partition("= ")[2]

    with slurm_alone.configured(MinJobAge=2):
        assert job_age() == "2 sec"
    assert job_age() == "300 sec"


def test_every_daemon_is_known_by_a_pid_of_its_own(slurm: Cluster) -> None:
    pids = [slurm.daemon(name).pid() for name in slurm.names()]
    assert len(set(pids)) == len(slurm.names()) == 11
    assert all(pid is not None and alive(pid) for pid in pids)
