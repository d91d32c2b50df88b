"""The contract on a real cluster, from its login node."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from argosy.core.names import spell
from argosy.core.sighting import Sighting
from argosy.core.slurm import Slurm as Site
from argosy.core.target import Target
from argosy.schedulers.slurm.scheduler import Slurm
from argosy.transports.local import Local
from tests.contracts.scheduler_suite import SchedulerSuite, Yard
from tests.infra.slurm.cluster import Cluster

pytestmark = pytest.mark.infra


class ClusterYard(Yard):
    """Jobs of root at a real cluster."""

    def __init__(self, cluster: Cluster, place: Path) -> None:
        site = Site(setup=(f"export SLURM_CONF={cluster.conf}",))
        super().__init__(Slurm(site), Local("local", datetime.now(UTC)), spell(os.fsencode(place)))
        self.target = Target(name="cluster", scheduler="slurm", root=self.root, slurm=site)
        self.cluster = cluster

    async def explained(self, seen: Sighting) -> Sighting:
        """The same sighting, with what the books say."""
        command = self.scheduler.explain([seen])
        assert command is not None
        return self.scheduler.parse_explain([seen], await self.run(command))[seen.token]

    def clean_up(self) -> None:
        """Nothing of a test stays in the queue."""
        self.cluster.run_as_root("scancel", "--quiet", "--user=root")


@pytest.fixture
def yard(slurm: Cluster, tmp_path: Path) -> Iterator[ClusterYard]:
    yard = ClusterYard(slurm, tmp_path)
    yield yard
    yard.clean_up()


class TestSlurm(SchedulerSuite):
    pass
