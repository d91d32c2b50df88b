"""The cluster as fixtures; what each of them offers is said in the package's own words."""

import fcntl
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.postgres import refuse
from tests.infra.slurm.cluster import Cluster
from tests.infra.slurm.keeper import held, joined
from tests.infra.ssh.people import need_root
from tests.infra.ssh.sshd import Sshd, running_sshd
from tests.infra.wrapped import demanded

DAEMONS = ("munged", "mariadbd", "slurmdbd", "slurmctld", "slurmd")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need the cluster for themselves run one after another anyway: one worker takes them all."""
    for item in items:
        if "slurm_alone" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("slurm-alone"))


@pytest.fixture(scope="session")
def slurm_cluster() -> Iterator[Cluster]:
    """The cluster of this test run. A test asks for ``slurm`` or ``slurm_alone`` instead."""
    need_root()
    for program in DAEMONS:
        if not Path("/usr/sbin", program).exists():
            refuse(f"{program} is not installed: run `make servers` as root")
    demanded("sbatch")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex
    top = Path(os.environ.get("ARGOSY_TEST_SLURM") or f"/tmp/argosy-slurm-{run[:12]}")
    with joined(top) as cluster:
        yield cluster


@pytest.fixture
def slurm(slurm_cluster: Cluster) -> Iterator[Cluster]:
    """The cluster beside other tests."""
    with held(_in_use(slurm_cluster), fcntl.LOCK_SH):
        yield slurm_cluster


@pytest.fixture
def slurm_alone(slurm_cluster: Cluster) -> Iterator[Cluster]:
    """The cluster for one test that breaks it."""
    with held(_in_use(slurm_cluster), fcntl.LOCK_EX):
        slurm_cluster.reset()
        yield slurm_cluster
        slurm_cluster.reset()


@pytest.fixture(scope="module")
def login_node(slurm_cluster: Cluster) -> Iterator[Sshd]:
    """A real sshd whose sessions know the cluster."""
    with running_sshd(slurm_cluster.person, lines=[f"SetEnv SLURM_CONF={slurm_cluster.conf}"]) as server:
        yield server


def _in_use(cluster: Cluster) -> Path:
    return cluster.top / "in-use"
