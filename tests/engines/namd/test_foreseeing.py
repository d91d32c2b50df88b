"""What is foreseen of a run of NAMD, before it starts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from argosy.core.alteration import Alteration
from argosy.core.findings import Severity
from argosy.core.foresight import size_of
from argosy.core.job import Attempt, Progress, Queued, Running, Witness, said
from argosy.core.spec import Content, JobSpec
from argosy.engines.namd.engine import ENGINE
from argosy.engines.openmm.engine import ENGINE as OPENMM
from argosy.service.foresights import foreseen_findings, running_findings
from tests.engines.laboratory import JOB, with_resources, write_job
from tests.engines.namd.record import chosen
from tests.engines.openmm.record import recorded

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def large(spec: JobSpec, atoms: int) -> JobSpec:
    """The same job with coordinates of so many atoms."""
    source = Content(sha256="0" * 64, size=80 * atoms)
    inputs = [
        file.model_copy(update={"source": source}) if file.role == "coordinates_file" else file for file in spec.inputs
    ]
    return spec.model_copy(update={"inputs": tuple(inputs)})


def test_a_run_is_foreseen_by_its_configuration_and_the_size_of_its_coordinates(system: Mapping[str, Path]) -> None:
    files = chosen(system)
    spec = large(write_job("namd/production", files, steps=100_000, dcd_freq=100, restart_freq=500), 1_000_000)
    foreseen = ENGINE.foresee(spec)
    assert foreseen is not None
    assert foreseen.steps == 100_000
    assert {one.what: one.every for one in foreseen.written}["trajectory"] == 100
    assert foreseen.checkpoint is not None
    assert (foreseen.checkpoint.parameter, foreseen.checkpoint.every) == ("restart_freq", 500)
    assert 12_000_000_000 < size_of(foreseen) < 12_500_000_000
    (found,) = foreseen_findings(ENGINE, spec, ())
    assert found.where == "dcd_freq"
    assert foreseen_findings(ENGINE, spec, (), (found,)) == (found,)


def test_what_a_configuration_of_ones_own_writes_is_told_at_its_line() -> None:
    text = "structure a.psf\ncoordinates a.pdb\noutputname o\nrestartfreq 1000\nrun 1000000000\n"
    (found,) = foreseen_findings(ENGINE, write_job("namd/config", {}, config=text), ())
    assert found.what == (
        "the run will leave about 320 GB: the line of energies in the log is written 1,000,000,000 times"
    )


def test_what_tells_no_length_is_not_foreseen() -> None:
    assert ENGINE.foresee(write_job("namd/config", {}, config="outputname o\nwhile {1} {run 20}\n")) is None
    assert OPENMM.foresee(recorded("water-box").spec) is None


def attempt(spec: JobSpec, ns_per_day: float, *, running: bool = True) -> Attempt:
    evidence = said(Witness.SCHEDULER, "R", NOW)
    state = Running(handle="1", directory="/d", since=NOW, evidence=evidence) if running else Queued(evidence=evidence)
    progress = Progress(step=10, rate=ns_per_day, rate_unit="ns/day")
    return Attempt(job=JOB, number=1, target=spec.target, state=state, due=NOW, progress=progress)


def test_the_speed_of_the_job_before_and_of_the_job_itself_tells_what_an_end_would_cost(
    system: Mapping[str, Path],
) -> None:
    spec = with_resources(
        write_job("namd/production", chosen(system), steps=1_000_000, restart_freq=100_000), walltime_s=86_400
    )
    before = attempt(spec, 0.5)
    found, long = foreseen_findings(ENGINE, spec, (before,))
    assert found.where == "restart_freq"
    # Steps of 2 fs: 2 ns.
    assert (long.where, "it takes about 4d, but its walltime is 1d" in long.what) == ("walltime", True), long
    assert "at 0.5 ns/day it can be gone on from what it writes every" in found.what
    assert running_findings(ENGINE, spec, before) == (found,)
    shorter = before.model_copy(update={"altered": Alteration(walltime_s=3_600)})
    assert [one.remedy for one in running_findings(ENGINE, spec, shorter)] != [found.remedy]
    assert running_findings(ENGINE, spec, attempt(spec, 0.5, running=False)) == ()
    assert foreseen_findings(ENGINE, spec, (attempt(spec, 500.0),)) == ()


def test_checkpoints_of_openmm_are_foreseen_too() -> None:
    spec = with_resources(recorded("stopped").spec, walltime_s=86_400)
    found = foreseen_findings(OPENMM, spec, (attempt(spec, 0.01),))
    assert [one.where for one in found] == ["checkpoint_interval", "walltime"]


def test_a_stage_without_a_walltime_gets_one_proposed_where_jobs_are_asked_for_it() -> None:
    spec = recorded("stopped").spec
    spec = spec.model_copy(update={"resources": spec.resources.model_copy(update={"walltime_s": None})})
    before = (attempt(spec, 100.0),)
    found = foreseen_findings(OPENMM, spec, before, in_walltimes=True)
    assert [one.severity for one in found if one.where == "walltime"] == [Severity.SUGGESTION]
    assert "walltime" not in {one.where for one in foreseen_findings(OPENMM, spec, before)}


def test_what_the_checks_of_openmm_say_of_checkpoints_is_not_said_again() -> None:
    spec = recorded("stopped").spec
    assert spec.template is not None
    values = {**spec.template.values, "steps": 10**9, "checkpoint_interval": 10}
    often = spec.model_copy(update={"template": spec.template.model_copy(update={"values": values})})
    fast = (attempt(often, 100.0),)
    checked = OPENMM.check(often)
    assert "checkpoint_interval" in {one.where for one in checked}
    assert [one.where for one in foreseen_findings(OPENMM, often, fast)] == ["checkpoint_interval", "walltime"]
    assert [one.where for one in foreseen_findings(OPENMM, often, fast, checked)] == ["walltime"]
