"""The templates, as they are rendered: sound by default, and as their users know them."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from argosy.core.findings import Severity, errors_among
from argosy.engines.namd.config import Config, read_config
from argosy.engines.namd.engine import ENGINE
from tests.engines.laboratory import write_job
from tests.engines.namd.record import chosen

NEEDED = {
    "namd/release": ("restraints_file",),
    "namd/steered": ("smd_file",),
    "namd/vacuum-optimization": ("extrabonds_file",),
    "namd/explicit-solvent-npt": ("extrabonds_file",),
}
NAMES = [template.name for template in ENGINE.templates if template.name != "namd/config"]


def config(name: str, system: Mapping[str, Path], **values: Any) -> Config:
    spec = write_job(name, chosen(system, *NEEDED.get(name, ())), **values)
    assert errors_among(ENGINE.check(spec)) == ()
    (text,) = [file.text for file in spec.rendered if file.name == "config.namd"]
    return read_config(text)


def test_there_is_a_template_for_each_stage() -> None:
    assert {
        "minimise",
        "heat",
        "equilibrate",
        "release",
        "production",
        "vacuum-optimization",
        "explicit-solvent-npt",
        "steered",
        "gamd",
    } == {name.removeprefix("namd/") for name in NAMES}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "namd/vacuum-optimization"])
def test_with_its_defaults_a_template_hears_nothing(name: str, system: Mapping[str, Path]) -> None:
    assert ENGINE.check(write_job(name, chosen(system, *NEEDED.get(name, ())))) == ()


def test_the_defaults_for_vacuum_write_no_restart_files_and_say_so(system: Mapping[str, Path]) -> None:
    (found,) = ENGINE.check(write_job("namd/vacuum-optimization", chosen(system, "extrabonds_file")))
    assert (found.where, found.severity) == ("restart_freq", Severity.WARNING)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"namd/release", "namd/gamd"}])
def test_odd_numbers_of_steps_become_whole_cycles(name: str, system: Mapping[str, Path]) -> None:
    found = config(name, system, steps=5003, restart_freq=1003, output_energies_freq=333, seed=7)
    cycle = found.whole_number("stepspercycle") or 0
    assert found.last_step is not None
    assert 5003 <= found.last_step < 5003 + cycle
    for keyword in ("restartfreq", "outputEnergies"):
        assert (found.whole_number(keyword) or 0) % cycle == 0


def test_namdrunners_template_for_solvent_has_its_values(system: Mapping[str, Path]) -> None:
    found = config("namd/explicit-solvent-npt", system)
    expected = {
        "exclude": "scaled1-4", "1-4scaling": "1.0", "switchdist": "8", "cutoff": "10", "pairlistdist": "12",
        "rigidbonds": "all", "nonbondedfreq": "1", "fullelectfrequency": "2", "stepspercycle": "12", "pme": "yes",
        "pmegridspacing": "1.5", "langevindamping": "5", "langevinhydrogen": "off", "langevinpistonperiod": "1000",
        "langevinpistondecay": "500", "langevinpistontemp": "300", "cellbasisvector3": "0 0 323", "extrabonds": "on",
        "dcdfreq": "1200", "xstfreq": "1200", "outputenergies": "1200", "outputpressure": "1200", "restartfreq": "1200",
        "outputname": "outputs/npt_equilibration", "binaryoutput": "yes", "firsttimestep": "0", "timestep": "2",
    }  # fmt: skip
    assert {key: found.text(key) for key in expected} == expected
    assert [(one.kind, one.steps) for one in found.actions] == [("minimize", 4800)]


def test_namdrunners_template_for_vacuum_has_its_values(system: Mapping[str, Path]) -> None:
    found = config("namd/vacuum-optimization", system, execution_command="run")
    expected = {
        "pme": "no", "wrapall": "off", "fullelectfrequency": "3", "usegrouppressure": "yes", "margin": "30",
        "langevindamping": "0.1", "cellbasisvector1": "1000 0 0", "dcdfreq": "4800", "restartfreq": "48000",
        "xstfile": "outputs/vacuum_opt.xst", "dcdfile": "outputs/vacuum_opt.dcd", "extrabondsfile": "net.exb",
    }  # fmt: skip
    assert {key: found.text(key) for key in expected} == expected
    assert not found.has("langevinpiston", "pmegridspacing")
    assert [(one.kind, one.steps) for one in found.actions] == [("run", 4800)]


def test_restraints_are_released_in_stages(system: Mapping[str, Path]) -> None:
    found = config("namd/release", system)
    assert found.text("constraintScaling") == "0.5"
    assert [one.value for one in found.changed] == ["0.1", "0.01"]
    assert [one.steps for one in found.actions] == [100_000] * 3


def test_steps_are_rounded_up_with_a_notice(system: Mapping[str, Path]) -> None:
    spec = write_job("namd/explicit-solvent-npt", chosen(system, "extrabonds_file"), steps=5000)
    (found,) = ENGINE.check(spec)
    assert (found.where, found.what) == ("steps", "5000 steps are no whole cycles of 12, so 5004 will be made")


def test_heating_goes_up_step_by_step(system: Mapping[str, Path]) -> None:
    found = config("namd/heat", system, start_temperature=50, heating_increment=2.5)
    expected = {
        "temperature": "50",
        "reassigntemp": "50",
        "reassignincr": "2.5",
        "reassignhold": "300",
        "reassignfreq": "100",
    }
    assert {key: found.text(key) for key in expected} == expected


def test_the_gpu_resident_mode_leaves_out_what_slows_it_down(system: Mapping[str, Path]) -> None:
    found = config("namd/production", system, build="gpu-resident")
    assert found.flag("GPUresident")
    assert not found.has("stepspercycle", "margin")


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({}, 'exec namd3 "+p$threads" config.namd >namd.log'),
        ({"program": "namd2", "threads": 4}, "threads=4"),
        ({"build": "mpi"}, 'exec ${ARGOSY_LAUNCHER:-mpirun -np "${SLURM_NTASKS:-1}"} namd3 config.namd >namd.log'),
    ],
)
def test_each_build_is_started_in_its_own_way(values: dict[str, Any], line: str, system: Mapping[str, Path]) -> None:
    spec = write_job("namd/production", chosen(system), **values)
    (text,) = [file.text for file in spec.rendered if file.name == "run.sh"]
    assert line in text.splitlines()


@pytest.mark.parametrize("build", ["cuda", "gpu-resident"])
@pytest.mark.parametrize(
    ("visible", "devices"),
    [
        ("2,3", ["+devices", "0,1"]),
        ("0", ["+devices", "0"]),
        ("GPU-8f2a,MIG-5,7", ["+devices", "0,1,2"]),
        ("", []),
        ("NoDevFiles", []),
        ("-1", []),
        (None, []),
    ],
)
def test_a_build_for_gpus_is_given_those_of_the_job(
    build: str, visible: str | None, devices: list[str], system: Mapping[str, Path], tmp_path: Path
) -> None:
    program = tmp_path / "bin" / "namd3"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nprintf "%s\\n" "${CUDA_VISIBLE_DEVICES-unset}" "$@"\n')
    program.chmod(0o755)
    spec = write_job("namd/production", chosen(system), program=str(program), build=build, threads=3)
    (tmp_path / "run.sh").write_text(next(file.text for file in spec.rendered if file.name == "run.sh"))
    surroundings = {"PATH": os.environ["PATH"]} | ({} if visible is None else {"CUDA_VISIBLE_DEVICES": visible})
    subprocess.run(["sh", "run.sh"], cwd=tmp_path, env=surroundings, check=True)
    said = (tmp_path / "namd.log").read_text().splitlines()
    assert said == ["unset" if visible is None else visible, "+p3", *devices, "config.namd"]


def test_a_file_name_with_a_blank_stays_one_word(system: Mapping[str, Path], tmp_path: Path) -> None:
    odd = tmp_path / "my first $structure.psf"
    odd.write_bytes(system["structure_file"].read_bytes())
    found = config("namd/production", {**system, "structure_file": odd})
    assert found.text("structure") == "my first $structure.psf"


def test_pulling_is_asked_for_in_angstrom_a_nanosecond_and_told_in_angstrom_a_step(system: Mapping[str, Path]) -> None:
    found = config("namd/steered", system, smd_velocity=25, timestep=2, smd_direction=[0, 1, 0], smd_output_freq=90)
    expected = {"smd": "on", "smdfile": "held.pdb", "smdk": "7", "smddir": "0 1 0", "smdoutputfreq": "100"}
    assert {key: found.text(key) for key in expected} == expected
    assert found.number("SMDVel") == pytest.approx(25 * 2e-6)


def test_pulling_nowhere_is_refused_as_namd_would(system: Mapping[str, Path]) -> None:
    spec = write_job("namd/steered", chosen(system, "smd_file"), smd_direction=[0, 0, 0])
    (found,) = errors_among(ENGINE.check(spec))
    assert found.where == "smd_direction"
    assert "FATAL ERROR: SMD direction vector must be non-zero" in found.why


@pytest.mark.parametrize(
    ("boost", "dihedral", "dual"), [("dual", "on", "on"), ("dihedral", "on", "off"), ("total", "off", "off")]
)
def test_the_boost_is_on_what_was_chosen(boost: str, dihedral: str, dual: str, system: Mapping[str, Path]) -> None:
    found = config("namd/gamd", system, boost=boost)
    assert (found.text("accelMDdihe"), found.text("accelMDdual")) == (dihedral, dual)
    assert found.flag("accelMD")
    assert found.flag("accelMDG")


def test_a_boosted_run_that_ends_before_the_boost_is_tuned_is_doubted(system: Mapping[str, Path]) -> None:
    spec = write_job("namd/gamd", chosen(system), steps=1_000_000)
    (found,) = ENGINE.check(spec)
    assert (found.where, found.severity) == ("steps", Severity.WARNING)
    assert "up to step 2000000" in found.what


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"conventional_steps": 1000, "conventional_settling": 2000}, "conventional_steps"),
        ({"boosted_steps": 1000, "boosted_settling": 2000}, "boosted_steps"),
    ],
)
def test_a_phase_that_is_shorter_than_its_settling_is_refused(
    values: dict[str, Any], where: str, system: Mapping[str, Path]
) -> None:
    (found,) = errors_among(ENGINE.check(write_job("namd/gamd", chosen(system), **values)))
    assert found.where == where
    assert "should be larger than" in found.why


def test_a_restart_of_a_boosted_run_knows_what_was_learnt(system: Mapping[str, Path]) -> None:
    files = {**chosen(system), "start_state": system["structure_file"].with_name("state.gamd")}
    files["start_state"].write_text("anything")
    spec = write_job("namd/gamd", files, first_step=4_000_000)
    (text,) = [file.text for file in spec.rendered if file.name == "config.namd"]
    found = read_config(text)
    assert (found.text("accelMDGRestart"), found.text("accelMDGRestartFile")) == ("on", "start/state.gamd")
