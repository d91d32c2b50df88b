from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.slurm.cluster import Cluster
from tests.schedulers.slurm.cluster_yard import ClusterYard


@pytest.fixture
def yard(slurm: Cluster, tmp_path: Path) -> Iterator[ClusterYard]:
    yard = ClusterYard(slurm, tmp_path)
    yield yard
    yard.clean_up()
