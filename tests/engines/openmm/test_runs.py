"""Real runs that end well, are stopped, and go on."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from argosy.core.failures import diagnose
from argosy.core.job import Failed, RetryClass, Succeeded
from argosy.core.outputs import NoRestart, RestartPlan, Results
from argosy.core.spec import FromJob
from argosy.engines.command.engine import ENGINE as COMMAND
from argosy.engines.openmm.engine import ENGINE
from tests.engines.laboratory import JOB, Run, go, place, write_job, written_out
from tests.engines.openmm.record import NAMES, recorded

pytestmark = pytest.mark.slow


def continued(run: Run, folder: Path, files: Mapping[str, Path]) -> Run:
    plan = ENGINE.restart(run.spec, JOB, run.outputs)
    assert isinstance(plan, RestartPlan)
    spec = written_out(plan.template, plan.inputs, plan.values)
    place(spec, folder, files, earlier=run.folder)
    return go(spec, folder)


def series(results: Results, name: str) -> list[float]:
    (found,) = [one for one in results.series if one.name == name]
    return list(found.x)


def test_a_finished_run_succeeds_and_no_rule_speaks(equilibrated: Run) -> None:
    assert isinstance(equilibrated.outcome, Succeeded)
    rules = [rule for rule in (*ENGINE.rules, *COMMAND.rules) if rule.pattern]
    assert diagnose(rules, equilibrated.outputs, 0) is None


def test_todays_programs_write_what_was_recorded(equilibrated: Run) -> None:
    then = recorded("nvt")
    header = equilibrated.outputs.text("state.csv").splitlines()[0]
    assert header == then.outputs.text("state.csv").splitlines()[0]
    assert {file.path for file in equilibrated.outputs.files} == {file.path for file in then.outputs.files}
    names = [[scalar.name for scalar in ENGINE.results(run.spec, run.outputs).scalars] for run in (equilibrated, then)]
    assert names[0] == names[1]


def test_a_stopped_run_goes_on_from_its_checkpoint_and_leaves_one_whole_table(
    warm: Mapping[str, Path], tmp_path: Path
) -> None:
    spec = write_job("openmm/production", warm, steps=1500, platform="CPU", checkpoint_interval=100)
    place(spec, tmp_path / "first", warm)
    first = go(spec, tmp_path / "first", stop_at="step 250 ")
    assert isinstance(first.outcome, Failed)
    assert (first.outcome.signature, first.outcome.retry) == ("stopped", RetryClass.CHECKPOINT)

    second = continued(first, tmp_path / "second", warm)
    assert isinstance(second.outcome, Succeeded)
    assert "going on from checkpoint.chk" in second.outputs.stdout.text
    times = series(ENGINE.results(second.spec, second.outputs), "potential_energy")
    assert times == pytest.approx([0.1 * row for row in range(31)])


def test_a_finished_run_is_lengthened_by_as_many_steps_with_time_going_on(
    equilibrated: Run, box: Mapping[str, Path], tmp_path: Path
) -> None:
    longer = continued(equilibrated, tmp_path / "longer", box)
    assert isinstance(longer.outcome, Succeeded)
    assert longer.spec.template is not None
    assert longer.spec.template.name == "openmm/production"
    assert longer.spec.template.values["ensemble"] == "NVT"
    times = series(ENGINE.results(longer.spec, longer.outputs), "temperature")
    assert times == pytest.approx([0.4, 0.5, 0.6, 0.7, 0.8])


def test_a_run_stopped_while_it_minimises_has_nothing_to_go_on_from(box: Mapping[str, Path], tmp_path: Path) -> None:
    spec = write_job("openmm/nvt", box, minimise_iterations=0, minimise_tolerance=0.001, platform="Reference")
    place(spec, tmp_path / "run", box)
    run = go(spec, tmp_path / "run", stop_at="minimising: iteration 0 ")
    assert isinstance(run.outcome, Failed)
    assert (run.outcome.signature, run.outcome.retry) == ("stopped_while_minimising", RetryClass.AS_IS)
    assert isinstance(ENGINE.restart(run.spec, JOB, run.outputs), NoRestart)


def test_a_restart_takes_from_the_job_what_only_the_job_has(equilibrated: Run) -> None:
    plan = ENGINE.restart(equilibrated.spec, JOB, equilibrated.outputs)
    assert isinstance(plan, RestartPlan)
    sources = {file.role: file.source for file in plan.inputs}
    assert sources["state"] == FromJob(job=JOB, path="final-state.xml")
    assert {sources["system"].kind, sources["topology"].kind} == {"content"}


@pytest.mark.parametrize("name", NAMES)
def test_recorded_runs_are_judged_as_they_ended(name: str) -> None:
    assert recorded(name).outcome.kind == ("failed" if name == "stopped" else "succeeded")
