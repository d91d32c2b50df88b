"""Runs of the stand-in that fail, are killed and go on. They show that Argosy's side holds; physics they have none."""

import struct
from collections.abc import Mapping
from pathlib import Path

import pytest

from argosy.core.job import Failed, Succeeded
from argosy.core.outputs import RestartPlan
from argosy.engines.namd.engine import ENGINE
from tests.engines.laboratory import JOB, Run, go, place, written_out
from tests.engines.namd.record import chosen, run
from tests.engines.namd.standin.failures import LINES

pytestmark = pytest.mark.slow

SHORT = {"steps": 1000, "restart_freq": 100, "dcd_freq": 50, "xst_freq": 100, "output_energies_freq": 20}
WINDOWS = ("killed_after_cell", "killed_after_coordinates", "killed_after_velocities", "killed")


def continued(left: Run, folder: Path, files: Mapping[str, Path], program: Path) -> Run:
    plan = ENGINE.restart(left.spec, JOB, left.outputs)
    assert isinstance(plan, RestartPlan), plan
    spec = written_out(plan.template, plan.inputs, {**plan.values, "program": str(program)})
    place(spec, folder, files, earlier=left.folder)
    return go(spec, folder)


def frames(folder: Path, name: str = "production") -> list[int]:
    """The steps of the frames of a trajectory, as its header and its length tell them."""
    data = (folder / f"outputs/{name}.dcd").read_bytes()
    count, first, every, last = struct.unpack("<4i", data[8:24])
    assert len(data) == 276 + count * (56 + 3 * (8 + 4 * 33))
    steps = [first + number * every for number in range(count)]
    assert steps[-1] == last
    return steps


def value(folder: Path, name: str) -> int:
    """The step at which a binary file was written, which the stand-in puts into all of its numbers."""
    return int(struct.unpack("<d", (folder / name).read_bytes()[4:12])[0])


@pytest.mark.parametrize("window", WINDOWS)
def test_wherever_a_kill_comes_the_run_goes_on_from_files_of_one_step(
    window: str, system: Mapping[str, Path], namd: Path, tmp_path: Path
) -> None:
    fails = {"NAMD_STANDIN_FAILS": f"{window}@500"}
    files = chosen(system)
    first = run("namd/production", files, tmp_path / "first", program=namd, environment=fails, **SHORT)
    assert isinstance(first.outcome, Failed)
    second = continued(first, tmp_path / "second", files, namd)
    assert isinstance(second.outcome, Succeeded), second.outcome
    step = second.spec.template.values["first_step"] if second.spec.template else None
    assert step == (500 if window == "killed_after_velocities" else 400)
    starts = [value(tmp_path / "second", f"start/{name}") for name in ("coordinates.coor", "velocities.vel")]
    assert starts == [step, step]
    kept = [frame for frame in frames(tmp_path / "first") if frame <= step]
    assert kept + frames(tmp_path / "second") == list(range(50, 1001, 50))


@pytest.mark.parametrize("signature", [name for name in LINES if name != "launch"])
def test_a_failure_of_the_program_is_explained(
    signature: str, system: Mapping[str, Path], namd: Path, tmp_path: Path
) -> None:
    fails = {"NAMD_STANDIN_FAILS": f"{signature}@100"}
    left = run("namd/production", chosen(system), tmp_path / "run", program=namd, environment=fails, **SHORT)
    assert isinstance(left.outcome, Failed)
    assert left.outcome.signature == signature


@pytest.mark.parametrize(("fails", "words"), [("exit@500", "Only 500 of 1000 steps"), ("nan@900", "not a number")])
def test_a_run_that_ends_with_0_and_did_not_do_it_has_failed(
    fails: str, words: str, system: Mapping[str, Path], namd: Path, tmp_path: Path
) -> None:
    environment = {"NAMD_STANDIN_FAILS": fails}
    left = run("namd/production", chosen(system), tmp_path / "run", program=namd, environment=environment, **SHORT)
    assert left.report.code == 0
    assert isinstance(left.outcome, Failed)
    assert words in left.outcome.explanation


def test_an_input_that_the_program_refuses_is_explained(system: Mapping[str, Path], namd: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.pdb"
    short.write_text("".join(system["coordinates_file"].read_text().splitlines(keepends=True)[:-3]))
    files = {**chosen(system), "coordinates_file": short}
    left = run("namd/production", files, tmp_path / "run", program=namd, **SHORT)
    assert isinstance(left.outcome, Failed)
    assert left.outcome.signature == "atom_counts"


def test_stages_of_restraints_go_on_in_the_stage_that_was_left(
    system: Mapping[str, Path], namd: Path, tmp_path: Path
) -> None:
    values = {**SHORT, "steps_per_stage": 300}
    del values["steps"]
    files = chosen(system, "restraints_file")
    fails = {"NAMD_STANDIN_FAILS": "killed@450"}
    first = run("namd/release", files, tmp_path / "first", program=namd, environment=fails, **values)
    second = continued(first, tmp_path / "second", files, namd)
    assert isinstance(second.outcome, Succeeded), second.outcome
    commands = [line for line in second.outputs.text("namd.log").splitlines() if line.startswith("TCL: ")]
    assert commands == [
        "TCL: Running for 200 steps",
        "TCL: Setting parameter constraintScaling to 0.01",
        "TCL: Running for 300 steps",
    ]


@pytest.mark.parametrize(("template", "roles"), [("namd/steered", ("smd_file",)), ("namd/gamd", ())])
def test_runs_of_the_methods_beside_production_are_judged_and_go_on(
    template: str, roles: tuple[str, ...], system: Mapping[str, Path], namd: Path, tmp_path: Path
) -> None:
    files = chosen(system, *roles)
    good = run(template, files, tmp_path / "good", program=namd, **SHORT)
    assert isinstance(good.outcome, Succeeded), good.outcome
    fails = {"NAMD_STANDIN_FAILS": "killed@500"}
    first = run(template, files, tmp_path / "first", program=namd, environment=fails, **SHORT)
    assert isinstance(first.outcome, Failed)
    second = continued(first, tmp_path / "second", files, namd)
    assert isinstance(second.outcome, Succeeded), second.outcome
