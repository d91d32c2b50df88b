"""A run of NAMD that is longer than its walltime, on a real cluster with the stand-in."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from argosy import Client
from argosy.client.job import Job
from argosy.client.joining import join
from argosy.core.errors import BadInput
from argosy.core.template import Template
from argosy.engines.namd.engine import ENGINE
from tests.client.served import home_at
from tests.engines.namd.record import chosen
from tests.engines.namd.system import ATOMS, make_program, make_system
from tests.engines.namd.trajectories import header_of, steps_in
from tests.faults.clusters import TARGET, directory, driven, leaving_no_job, number, outcome
from tests.faults.running import Running, until
from tests.infra.slurm.cluster import Cluster

pytestmark = pytest.mark.infra

PATIENCE_S = 150.0
IN_A_WALLTIME, LAST, EVERY = 550, 1400, 40
"""Steps. The last frames of a segment come behind its last restart files, so the next one makes them again."""
ENDS = ((520, 500), (1040, 1000))
"""The last frame and the last restart files of each segment that Slurm ends."""


@pytest.fixture
def server(tmp_path: Path, slurm: Cluster) -> Iterator[Running]:
    running = Running(tmp_path / "home")
    with leaving_no_job(slurm, tmp_path):
        yield driven(running.start(), slurm)
    running.kill()


def test_a_run_that_slurm_ends_twice_at_its_walltime_comes_to_its_planned_last_step_with_every_frame_once(
    server: Running, slurm: Cluster, tmp_path: Path
) -> None:
    client = Client(home_at(server.top))
    first = submitted(client, make_system(tmp_path / "system"), make_program(tmp_path / "bin"))
    first.extend(f"{LAST} steps")
    link = first.id
    for last_frame, saved in ENDS:
        ended_at_its_walltime(server, slurm, link, after=last_frame)
        link = until(partial(child_of, first, link), "another segment goes on", within_s=PATIENCE_S)
        assert client.job(link).view.job.spec.template.values["first_step"] == saved
    assert outcome(server, link)["kind"] == "succeeded"
    until(lambda: not first.family.members[-1].goal.is_open, "the goal is settled", within_s=PATIENCE_S)
    members = first.family.members
    assert [one.depth for one in members] == [0, 1, 2]
    assert members[-1].goal.settled == f"the goal of {LAST:,} steps is reached at step {LAST}"
    whole = join(client.road, link, tmp_path / "whole")
    assert (whole.segments, whole.frames) == (3, LAST // EVERY)
    assert steps_in(whole.trajectory) == list(range(EVERY, LAST + 1, EVERY))


def test_every_template_comes_to_a_right_verdict_on_the_cluster(server: Running, tmp_path: Path) -> None:
    client = Client(home_at(server.top))
    system, program = make_system(tmp_path / "system"), make_program(tmp_path / "bin")
    jobs = {
        template.name: client.submit(
            template.name,
            files={role: path for role, path in system.items() if template.parameter(role)},
            name=template.name,
            target=TARGET,
            values=values_for(template, program),
            resources={"cpus": 1},
        )
        for template in ENGINE.templates
        if template.name != "namd/config"
    }
    ended = {name: outcome(server, job.id) for name, job in jobs.items()}
    assert {name: one["kind"] for name, one in ended.items()} == dict.fromkeys(jobs, "succeeded"), ended
    for name, job in jobs.items():
        scalars = {one.name: one.value for one in job.results().scalars}
        assert (scalars["atoms"], scalars["last_step"] > 0) == (ATOMS, True), name


def test_a_build_for_gpus_is_given_those_that_slurm_gave(server: Running, tmp_path: Path) -> None:
    client = Client(home_at(server.top))
    program = tmp_path / "bin" / "namd3"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    job = client.submit(
        "namd/production",
        files=chosen(make_system(tmp_path / "system")),
        target=TARGET,
        values={"program": str(program), "build": "gpu-resident", "threads": 2},
        resources={"cpus": 2, "gpus": 2, "walltime": "10m"},
        slurm={"partition": "gpu"},
    )
    outcome(server, job.id)
    assert (directory(server, job.id) / "work/namd.log").read_text() == "+p2 +devices 0,1 config.namd\n"


def values_for(template: Template, program: Path) -> Mapping[str, Any]:
    """Short runs that write often; all else by default."""
    short = {"program": str(program), "steps": 1200, "steps_per_stage": 200, "restart_freq": 1200, "dcd_freq": 100}
    return {name: value for name, value in short.items() if template.parameter(name)}


def submitted(client: Client, system: Mapping[str, Path], program: Path) -> Job:
    often = {"restart_freq": 100, "dcd_freq": EVERY, "xst_freq": 100, "output_energies_freq": 100}
    return client.submit(
        "namd/production",
        files=chosen(system),
        name="prod",
        target=TARGET,
        values={**often, "steps": LAST, "program": str(program)},
        resources={"walltime": "10m", "cpus": 1},
        environment={"NAMD_STANDIN_STEPS": str(IN_A_WALLTIME)},
    )


def ended_at_its_walltime(server: Running, slurm: Cluster, job: str, *, after: int) -> None:
    """Slurm ends a segment that has written the frame of this step; ten minutes are long, so they end in seconds."""
    until(lambda: last_step(server, job) == after, f"it writes the frame of step {after}", within_s=PATIENCE_S)
    slurm.administer("scontrol", "update", f"jobid={number(server, job)}", "endtime=now+5")
    ended = outcome(server, job)
    assert (ended["kind"], ended["cause"]) == ("failed", "walltime")


def last_step(server: Running, job: str) -> int:
    """The step of the last frame that a segment wrote; 0 while there is none."""
    if server.fate(job) != "running":
        return 0
    with suppress(BadInput):  # the first frame may be half written
        for header in map(header_of, directory(server, job).glob("work/outputs/*.dcd")):
            return header.step(header.frames - 1) if header.frames else 0
    return 0


def child_of(first: Job, job: str) -> Any:
    return next((one.id for one in first.family.members if one.parent == job), None)
