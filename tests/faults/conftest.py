from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.clusters import driven, leaving_no_job
from tests.faults.far import faraway
from tests.faults.running import Running, until
from tests.infra.slurm.cluster import Cluster
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.proxy import Proxy, running_proxy
from tests.infra.ssh.sshd import Sshd

SLURM = {"scheduler": "slurm", "polling": {"floor_s": 0.2, "ceiling_s": 1}}
"""A cluster is asked less often than a machine of one's own."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A home whose server is started by the test; whatever runs at the end is killed."""
    running = Running(tmp_path / "home")
    yield running
    running.kill()
    running.end_jobs()


@pytest.fixture
def far_server(tmp_path: Path, sshd: Sshd, laptop: Laptop) -> Iterator[Running]:
    """A home whose jobs run on a machine that is reached by SSH."""
    with faraway(tmp_path / "far-home", sshd, laptop) as running:
        yield running


@pytest.fixture
def proxied_server(tmp_path: Path, sshd: Sshd, laptop: Laptop, proxy: Proxy) -> Iterator[Running]:
    """The same over a network that a test can break."""
    with faraway(tmp_path / "far-home", sshd, laptop, port=proxy.port) as running:
        yield running


@pytest.fixture
def cluster_home(server: Running, slurm_alone: Cluster) -> Iterator[Running]:
    """A home that knows the cluster, which this test has for itself; its server runs."""
    yield driven(server.start(), slurm_alone)
    slurm_alone.start("munged")
    slurm_alone.start("slurmctld")
    until(lambda: slurm_alone.run_as_root("scancel", "--quiet", "--user=root").returncode == 0, "Slurm takes a word")


@pytest.fixture
def far_cluster_server(tmp_path: Path, slurm: Cluster, login_node: Sshd, laptop: Laptop) -> Iterator[Running]:
    """A home whose jobs go to the cluster by way of its login node; the server is started by the test."""
    with faraway(tmp_path / "far-home", login_node, laptop, **SLURM) as running, leaving_no_job(slurm, running.ground):
        yield running


@pytest.fixture
def login_proxy(login_node: Sshd) -> Iterator[Proxy]:
    """A proxy before the login node."""
    with running_proxy(login_node.port) as proxy:
        yield proxy


@pytest.fixture
def proxied_cluster_server(
    tmp_path: Path, slurm: Cluster, login_node: Sshd, laptop: Laptop, login_proxy: Proxy
) -> Iterator[Running]:
    """The same over a network that a test can break."""
    door = {"port": login_proxy.port, **SLURM}
    with faraway(tmp_path / "far-home", login_node, laptop, **door) as running, leaving_no_job(slurm, running.ground):
        yield running
