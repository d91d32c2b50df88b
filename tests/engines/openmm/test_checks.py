"""What is said of a job before it is sent."""

from typing import Any

import pytest

from argosy.core.findings import Finding, Severity
from argosy.core.spec import Content, FromJob, InputFile, JobSpec
from argosy.engines.openmm.engine import ENGINE
from tests.engines.laboratory import JOB, with_resources, written_out

SIZES = {"system": 1, "topology": 2, "state": 3}
NAMES = {"system": "system.xml", "topology": "topology.pdb", "state": "state.xml"}


def files(*roles: str, **sizes: int) -> list[InputFile]:
    return [
        InputFile(name=NAMES[role], source=Content(sha256=f"{SIZES[role]:064x}", size=sizes.get(role, 1000)), role=role)
        for role in roles or NAMES
    ]


def nvt(**values: Any) -> JobSpec:
    return written_out("openmm/nvt", files(), values)


def found(spec: JobSpec) -> dict[str, Finding]:
    return {finding.where: finding for finding in ENGINE.check(spec)}


@pytest.mark.parametrize("template", ["openmm/nvt", "openmm/production"])
def test_the_defaults_raise_nothing(template: str) -> None:
    assert ENGINE.check(written_out(template, files(), {})) == ()
    assert ENGINE.check(written_out("openmm/water-box", [], {})) == ()


def test_a_file_of_another_job_is_a_file() -> None:
    inputs = files("system", "topology")
    inputs.append(InputFile(name="state.xml", source=FromJob(job=JOB, path="final-state.xml"), role="state"))
    assert ENGINE.check(written_out("openmm/production", inputs, {})) == ()


def test_one_file_in_two_roles_is_an_error() -> None:
    one = files()
    one[2] = one[2].model_copy(update={"source": one[0].source})
    assert set(found(written_out("openmm/nvt", one, {}))) == {"state"}


@pytest.mark.parametrize("name", ["report_interval", "trajectory_interval"])
def test_an_interval_beyond_the_last_step_is_a_warning(name: str) -> None:
    spec = nvt(steps=1000, **{name: 1001})
    assert found(spec)[name].severity is Severity.WARNING
    assert name not in found(nvt(steps=1000, **{name: 1000}))


def test_output_beyond_measure_is_a_warning() -> None:
    spec = nvt(steps=10**9, report_interval=1, trajectory_interval=10, checkpoint_interval=10)
    assert set(found(spec)) == {"report_interval", "trajectory_interval", "checkpoint_interval"}
    assert "about 90.0 GB" in found(spec)["report_interval"].what


def test_the_size_of_the_trajectory_follows_from_the_topology() -> None:
    inputs = files(topology=81 * 100_000)
    small = written_out("openmm/nvt", inputs, {"steps": 100_000, "trajectory_interval": 1000})
    large = written_out("openmm/nvt", inputs, {"steps": 1_000_000, "trajectory_interval": 100})
    assert found(small) == {}
    assert "10,000 frames, about 12.0 GB" in found(large)["trajectory_interval"].what


def test_more_threads_than_cpus_are_a_warning() -> None:
    assert set(found(with_resources(nvt(threads=8), cpus=4))) == {"threads"}
    assert found(with_resources(nvt(threads=8), cpus=8)) == {}
    assert found(with_resources(nvt(threads=0), cpus=1)) == {}


def test_a_graphics_platform_without_a_gpu_is_a_warning() -> None:
    assert set(found(nvt(platform="CUDA"))) == {"platform"}
    assert found(with_resources(nvt(platform="CUDA"), gpus=1)) == {}


def test_several_tasks_are_a_warning() -> None:
    assert set(found(with_resources(nvt(), tasks=4))) == {"tasks"}


@pytest.mark.parametrize(("timestep", "where"), [(4.0, set[str]()), (5.0, {"timestep"})])
def test_a_timestep_that_is_too_long_is_a_warning(timestep: float, where: set[str]) -> None:
    assert set(found(nvt(timestep=timestep))) == where


@pytest.mark.parametrize(
    ("edge", "severity"),
    [(1.8, Severity.ERROR), (1.2, Severity.ERROR), (1.9, Severity.WARNING), (2.0, None)],
)
def test_a_box_must_hold_twice_the_cutoff(edge: float, severity: Severity | None) -> None:
    findings = found(written_out("openmm/water-box", [], {"box_edge": edge, "cutoff": 0.9}))
    assert {finding.severity for finding in findings.values()} == ({severity} if severity else set())


def test_a_job_that_no_template_made_is_not_judged() -> None:
    assert ENGINE.check(JobSpec(name="mine", engine="openmm", argv=("python", "mine.py"))) == ()
