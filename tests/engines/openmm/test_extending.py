"""Runs of OpenMM that are made longer, over as many jobs as it takes."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from argosy import Client
from argosy.client.joining import join
from argosy.core.dcd import HEAD_BYTES, read_dcd
from argosy.core.goal import Standing
from argosy.core.home import Home
from argosy.core.job import Succeeded
from argosy.core.outputs import NoRestart, Outputs, RestartPlan
from argosy.core.spec import FromJob
from argosy.engines.openmm.engine import ENGINE
from tests.client.served import home
from tests.engines.laboratory import JOB, Run, go, place, write_job, written_out
from tests.engines.openmm.record import recorded
from tests.engines.openmm.test_verdict import with_summary, without

__all__ = ["home"]

PATIENCE_S = 240


def standing(run: Run) -> Standing | None:
    return ENGINE.standing(run.spec, run.outputs)


def longer(run: Run, last_step: int) -> RestartPlan | NoRestart:
    return ENGINE.toward(run.spec, JOB, run.outputs, last_step=last_step)


@pytest.mark.parametrize(("name", "step"), [("nvt", 400), ("production", 500), ("stopped", 310)])
def test_a_run_stands_at_the_step_of_what_it_left(name: str, step: int) -> None:
    assert standing(recorded(name)) == Standing(began=0, step=step, timestep_fs=2.0)


def test_a_run_that_went_on_from_a_checkpoint_began_there() -> None:
    assert standing(with_summary(recorded("stopped"), resumed_from_step=200)) == Standing(
        began=200, step=310, timestep_fs=2.0
    )


def test_the_checkpoints_of_dynamics_are_known_and_the_final_state_is_none() -> None:
    run = recorded("production")
    assert {file.path for file in ENGINE.checkpoints(run.spec, run.outputs.files)} == {
        "checkpoint-state.xml",
        "checkpoint.chk",
    }
    assert ENGINE.checkpoints(recorded("water-box").spec, run.outputs.files) == ()


def test_a_run_that_left_no_checkpoint_stands_nowhere() -> None:
    assert standing(without(recorded("stopped"), "checkpoint-state.xml")) == Standing(
        began=0, step=None, timestep_fs=2.0
    )


def test_a_run_that_failed_stands_at_a_checkpoint_and_not_where_it_failed() -> None:
    failed = with_summary(recorded("stopped"), status="failed", step=2345, steps_done=2345)
    assert standing(failed) == Standing(began=0, step=2000, timestep_fs=2.0)


def test_a_run_before_its_start_may_be_given_a_goal_and_a_box_may_not() -> None:
    assert ENGINE.standing(recorded("production").spec, Outputs()) == Standing(began=0, step=None, timestep_fs=2.0)
    assert standing(recorded("water-box")) is None


def test_a_stopped_run_goes_on_from_its_checkpoint_to_a_later_step() -> None:
    plan = longer(recorded("stopped"), 900_000)
    assert isinstance(plan, RestartPlan)
    assert (plan.template, plan.values["steps"]) == ("openmm/production", 900_000)
    assert "checkpoint-state.xml" in {file.name for file in plan.inputs}
    assert plan.words == "It goes on from its last checkpoint to step 900000."


def test_a_complete_run_goes_on_from_its_final_state_with_the_count_going_on() -> None:
    plan = longer(recorded("production"), 700)
    assert isinstance(plan, RestartPlan)
    assert (plan.values["steps"], plan.values["count_from"]) == (700, "state")
    assert FromJob(job=JOB, path="final-state.xml") in {file.source for file in plan.inputs}


def test_a_run_that_is_there_already_is_not_made_longer() -> None:
    plan = longer(recorded("production"), 500)
    assert isinstance(plan, NoRestart)
    assert plan.why == "its files are of step 500, and 500 is no later"


@pytest.mark.slow
def test_a_stopped_run_comes_to_the_later_step_with_one_whole_trajectory(
    warm: Mapping[str, Path], tmp_path: Path
) -> None:
    spec = write_job("openmm/production", warm, steps=100_000, platform="CPU", trajectory_interval=50)
    place(spec, tmp_path / "first", warm)
    first = go(spec, tmp_path / "first", stop_at="step 150 ")
    before = standing(first)
    assert before is not None
    assert before.step is not None
    goal = before.step + 400
    plan = longer(first, goal)
    assert isinstance(plan, RestartPlan)
    spec = written_out(plan.template, plan.inputs, plan.values)
    place(spec, tmp_path / "second", warm, earlier=first.folder)
    second = go(spec, tmp_path / "second")
    assert isinstance(second.outcome, Succeeded)
    assert standing(second) == Standing(began=before.step, step=goal, timestep_fs=2.0)
    data = (second.folder / "traj.dcd").read_bytes()
    assert read_dcd(data[:HEAD_BYTES], len(data)).frames == goal // 50


@pytest.mark.infra
def test_a_goal_is_reached_by_jobs_that_follow_each_other(home: Home, warm: Mapping[str, Path], tmp_path: Path) -> None:
    client = Client(home)
    first = client.submit(
        "openmm/production",
        files=warm,
        name="water",
        values={"steps": 200, "platform": "CPU", "trajectory_interval": 50},
        resources={"cpus": 1, "walltime": "1h"},
    )
    first.extend("0.0012 ns")
    give_up = time.monotonic() + PATIENCE_S
    while (goal := first.family.members[-1].goal) is None or goal.is_open:
        assert time.monotonic() < give_up
        time.sleep(0.1)
    members = first.family.members
    assert [(one.fate, one.kind) for one in members] == [("succeeded", "new"), ("succeeded", "restart")]
    assert goal.settled == "the goal of 0.0012 ns is reached at step 600"
    whole = join(client.road, members[-1].id, tmp_path)
    assert (whole.segments, whole.frames, whole.first, whole.last) == (2, 12, 50, 600)
