"""The templates of OpenMM on a real cluster, each from what the one before it left."""

import sys
from pathlib import Path

import pytest

from argosy import Client
from tests.client.served import home_at
from tests.faults.clusters import TARGET, outcome
from tests.faults.running import Running
from tests.infra.test_slurm_namd import server

__all__ = ["server"]

pytestmark = pytest.mark.infra


def test_a_box_is_built_warmed_and_run_on_the_cluster(server: Running) -> None:
    profile = server.ask("GET", f"/targets/{TARGET}")["profile"]
    server.ask("PUT", f"/targets/{TARGET}", json=profile | {"path": [str(Path(sys.executable).parent)]})
    client = Client(home_at(server.top))
    small = {"box_edge": 1.4, "cutoff": 0.6, "seed": 1}
    short = {"platform": "CPU", "steps": 200}
    one_cpu = {"cpus": 1, "walltime": "10m"}
    box = client.submit("openmm/water-box", values=small, target=TARGET, resources=one_cpu)
    warm = box.restart(template="openmm/nvt", values={**short, "minimise_iterations": 50})
    last = warm.restart(template="openmm/production", values=short)
    assert {one.id: outcome(server, one.id)["kind"] for one in (box, warm, last)} == dict.fromkeys(
        (box.id, warm.id, last.id), "succeeded"
    )
    progress = last.progress
    assert progress is not None
    assert (progress.step, progress.total) == (200, 200)
