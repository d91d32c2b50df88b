"""Restart files that nobody has to go back to are cleared away, and no others, through the real server."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from argosy import Client
from argosy.client import calls
from argosy.client.job import Job
from argosy.core.cleaning import Asked, Stale
from argosy.core.errors import Conflict
from argosy.core.home import Home
from tests.engines.namd.record import chosen

pytestmark = pytest.mark.infra

PATIENCE_S = 120
NOW = Asked(checkpoints_older_than_s=0)
OFTEN = {"restart_freq": 100, "dcd_freq": 100, "xst_freq": 100, "output_energies_freq": 100}
ON_THE_WAY = {f"production.restart.{kind}{old}" for kind in ("coor", "vel", "xsc") for old in ("", ".old")}


def test_the_restart_files_of_segments_go_once_the_last_of_them_came_to_its_end(
    home: Home, system: Mapping[str, Path], namd: Path
) -> None:
    client = Client(home)
    first = failed_run(client, system, namd)
    other = failed_run(client, system, namd)
    assert going(client, first, other) == []
    last = first.restart()
    assert last.wait(PATIENCE_S) == "succeeded"
    shown = going(client, first, last, other)
    assert {(one.job, Path(one.path).name) for one in shown} == {
        (job.id, name) for job in (first, last) for name in ON_THE_WAY
    }
    before = {job.id: names(job) for job in (first, last, other)}
    done = client.road.send(calls.clean("local", NOW, [one.path for one in shown]))
    assert ({one.path for one in done.stale}, done.findings) == ({one.path for one in shown}, ())
    assert going(client, first, last, other) == []
    for job in (first, last):
        assert names(job) == before[job.id] - {f"outputs/{name}" for name in ON_THE_WAY}
    assert names(other) == before[other.id]
    with pytest.raises(Conflict, match="not there any more"):
        first.restart()
    further = last.restart()
    assert further.wait(PATIENCE_S) == "succeeded"
    assert {one.name: one.value for one in further.results().scalars}["last_step"] == 800
    assert other.restart().wait(PATIENCE_S) == "succeeded"


def failed_run(client: Client, system: Mapping[str, Path], namd: Path) -> Job:
    job = client.submit(
        "namd/production",
        files=chosen(system),
        values={**OFTEN, "steps": 600, "program": str(namd)},
        resources={"cpus": 1},
        environment={"NAMD_STANDIN_FAILS": "cell_too_small@450"},  # of a run that goes on it fails no more
    )
    assert job.wait(PATIENCE_S) == "failed"
    return job


def going(client: Client, *jobs: Job) -> list[Stale]:
    """The restart files of these jobs that would go."""
    ours: Any = {job.id for job in jobs}
    planned = client.road.send(calls.cleaning("local", NOW))
    return [one for one in planned.stale if one.kind == "checkpoint" and one.job in ours]


def names(job: Job) -> set[str]:
    return {file.path for file in job.files()}
