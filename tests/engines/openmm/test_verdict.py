"""The exit code alone proves nothing: recorded runs, each with one thing wrong."""

import json
from typing import Any

import pytest

from argosy.core.job import Cause, Failed, RetryClass, Succeeded
from argosy.core.outputs import Complete, Incomplete, NoRestart, Outputs, RestartPlan
from argosy.core.spec import FromJob
from argosy.engines.openmm.engine import ENGINE
from tests.engines.laboratory import JOB, Run, report_of, whole
from tests.engines.openmm.record import recorded

FINISHED = ("water-box", "nvt", "production")


def changed(run: Run, code: int | None = None, **outputs: Any) -> Run:
    report = run.report if code is None else report_of(code)
    return Run(run.spec, run.folder, report, run.outputs.model_copy(update=outputs))


def with_summary(run: Run, **facts: Any) -> Run:
    told = json.loads(run.outputs.text("summary.json")) | facts
    return with_text(run, "summary.json", json.dumps(told))


def with_text(run: Run, name: str, text: str) -> Run:
    return changed(run, texts={**run.outputs.texts, name: whole(text)})


def without(run: Run, path: str) -> Run:
    return changed(run, files=tuple(file for file in run.outputs.files if file.path != path))


def verdict(run: Run) -> Complete | Incomplete:
    return ENGINE.verdict(run.spec, run.report, run.outputs)


@pytest.mark.parametrize("name", FINISHED)
def test_a_finished_run_is_complete_and_says_what_it_did(name: str) -> None:
    found = verdict(recorded(name))
    assert isinstance(found, Complete)
    assert "255 atoms" in found.remark


@pytest.mark.parametrize("name", FINISHED)
def test_exit_0_without_a_summary_is_incomplete(name: str) -> None:
    outcome = changed(recorded(name), texts={}).outcome
    assert isinstance(outcome, Failed)
    assert outcome.cause is Cause.INCOMPLETE
    assert "summary.json" in outcome.explanation


@pytest.mark.parametrize("name", FINISHED)
@pytest.mark.parametrize("cut", [0, 1, 30, 200, -2])
def test_a_summary_that_is_cut_short_is_none(name: str, cut: int) -> None:
    run = recorded(name)
    assert isinstance(verdict(with_text(run, "summary.json", run.outputs.text("summary.json")[:cut])), Incomplete)


@pytest.mark.parametrize("status", ["running", "failed", "stopped", ""])
def test_exit_0_with_a_summary_of_no_end_is_incomplete(status: str) -> None:
    assert isinstance(verdict(with_summary(recorded("nvt"), completed=False, status=status)), Incomplete)


def test_too_few_steps_are_incomplete() -> None:
    found = verdict(with_summary(recorded("nvt"), steps_done=399))
    assert isinstance(found, Incomplete)
    assert "399 of 400" in found.explanation


def test_an_energy_that_is_no_number_is_incomplete() -> None:
    run = recorded("nvt")
    final = {"potential_energy": {"value": float("nan"), "unit": "kJ/mol"}}
    assert isinstance(verdict(with_summary(run, final=final)), Incomplete)
    rows = run.outputs.text("state.csv") + "450,0.9,nan,2,nan,300,8,1,9\n"
    assert isinstance(verdict(with_text(run, "state.csv", rows)), Incomplete)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("nvt", "final-state.xml"),
        ("production", "final-state.xml"),
        ("water-box", "system.xml"),
        ("water-box", "state.xml"),
    ],
)
def test_a_file_that_was_not_left_is_incomplete(name: str, path: str) -> None:
    found = verdict(without(recorded(name), path))
    assert isinstance(found, Incomplete)
    assert path in found.explanation


def test_a_stopped_run_is_incomplete_and_can_go_on_from_its_checkpoint() -> None:
    found = verdict(recorded("stopped"))
    assert isinstance(found, Incomplete)
    assert (found.signature, found.retry) == ("stopped", RetryClass.CHECKPOINT)
    assert "checkpoint" in found.advice
    assert "received at step" in found.excerpt


def test_a_killed_run_is_explained_by_the_general_catalogue() -> None:
    run = changed(with_summary(recorded("stopped"), status="running", reason=""), code=-9)
    outcome = changed(run, stderr=whole("")).outcome
    assert isinstance(outcome, Failed)
    assert outcome.signature == "killed"


def test_a_crash_after_the_end_is_no_success() -> None:
    outcome = changed(recorded("nvt"), code=-11).outcome
    assert isinstance(outcome, Failed)
    assert outcome.cause is Cause.SIGNAL


def test_success_needs_both_witnesses() -> None:
    assert isinstance(recorded("nvt").outcome, Succeeded)


def test_a_stopped_run_is_resumed_with_all_that_it_wrote() -> None:
    run = recorded("stopped")
    plan = ENGINE.restart(run.spec, JOB, run.outputs)
    assert isinstance(plan, RestartPlan)
    assert plan.template == "openmm/production"
    assert plan.values["steps"] == 500_000
    copied = {file.name for file in plan.inputs if isinstance(file.source, FromJob)}
    assert copied >= {"checkpoint-state.xml", "checkpoint.chk", "state.csv"}
    assert all(file.mutable for file in plan.inputs if file.name in {"state.csv", "traj.dcd"})


def test_without_a_checkpoint_there_is_no_restart() -> None:
    run = without(recorded("stopped"), "checkpoint-state.xml")
    assert isinstance(ENGINE.restart(run.spec, JOB, run.outputs), NoRestart)


def test_a_box_is_not_restarted() -> None:
    run = recorded("water-box")
    assert isinstance(ENGINE.restart(run.spec, JOB, run.outputs), NoRestart)
    assert isinstance(ENGINE.restart(run.spec, JOB, Outputs()), NoRestart)
