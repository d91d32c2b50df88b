"""Every template through the real server, with the stand-in; and a run over several walltimes."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from argosy import Client
from argosy.core.errors import BadInput, Conflict
from argosy.core.home import Home
from argosy.core.spec import FromJob
from tests.engines.namd.record import chosen
from tests.engines.namd.system import OWN_CONFIG

pytestmark = pytest.mark.infra

PATIENCE_S = 60
OFTEN = {"restart_freq": 100, "dcd_freq": 100, "xst_freq": 100, "output_energies_freq": 100}


OWN = f"""{OWN_CONFIG}\
set name own
outputname outputs/$name
restartfreq 100
stepspercycle 20
outputEnergies 100
minimize 200
reinitvels 300
run 400
"""


@pytest.fixture
def client(home: Home) -> Client:
    return Client(home)


def test_the_stages_of_a_project_follow_each_other(client: Client, system: Mapping[str, Path], namd: Path) -> None:
    def stage(name: str, *roles: str, after: Any = None, **values: Any) -> Any:
        files: dict[str, Any] = dict(chosen(system, *roles))
        if after is not None:
            files |= {
                role: FromJob(job=after.id, path=f"outputs/{after.name}{suffix}")
                for role, suffix in (("start_coordinates", ".coor"), ("start_cell", ".xsc"))
            }
        known = {**OFTEN, "output_name": name, "program": str(namd), **values}
        return client.submit(f"namd/{name}", files=files, name=name, values=known)

    vacuum = stage("vacuum-optimization", "extrabonds_file", steps=1200, restart_freq=1000)
    minimised = stage("minimise", steps=4800)
    heated = stage("heat", after=minimised, steps=400)
    eased = stage("equilibrate", "restraints_file", after=heated, steps=400)
    free = stage("release", "restraints_file", after=eased, steps_per_stage=200)
    solvent = stage("explicit-solvent-npt", "extrabonds_file", steps=1200)
    production = stage("production", after=free, steps=400)
    for job in (vacuum, minimised, heated, eased, free, solvent, production):
        assert job.wait(PATIENCE_S) == "succeeded", (job.name, job.view.latest.state)
    scalars = {scalar.name: scalar.value for scalar in production.results().scalars}
    assert (scalars["last_step"], scalars["atoms"]) == (400, 33)
    progress = production.progress
    assert progress is not None
    assert (progress.step, progress.total, progress.rate_unit) == (400, 400, "ns/day")
    longer = production.restart()
    assert longer.wait(PATIENCE_S) == "succeeded"
    assert {scalar.name: scalar.value for scalar in longer.results().scalars}["last_step"] == 800


def test_a_run_reaches_its_last_step_over_several_walltimes(
    client: Client, system: Mapping[str, Path], namd: Path, tmp_path: Path
) -> None:
    job = client.submit(
        "namd/production",
        files=chosen(system),
        values={**OFTEN, "output_energies_freq": 20, "restart_freq": 20, "steps": 3200, "program": str(namd)},
        resources={"walltime": "3s", "cpus": 1},
        environment={"NAMD_STANDIN_PAUSE_S": "0.05"},
    )
    segments = [job]
    while job.wait(PATIENCE_S) == "failed":
        assert len(segments) < 10
        job = job.restart()
        segments.append(job)
    assert job.fate == "succeeded"
    assert len(segments) >= 3
    assert [one.view.latest.state.outcome.cause for one in segments[:-1]] == ["walltime"] * (len(segments) - 1)
    steps = [
        frame for number, one in enumerate(segments) for frame in _own_frames(one, tmp_path / str(number), segments)
    ]
    assert steps == list(range(100, 3201, 100))
    mending = segments[0].diagnosis.remedy
    assert (mending.way, mending.changes[0].before) == ("go_on", "3s")
    assert mending.onward.resources["walltime_s"] >= 600


def test_a_configuration_of_the_users_own_runs_and_goes_on(
    client: Client, system: Mapping[str, Path], namd: Path
) -> None:
    fails = {"NAMD_STANDIN_FAILS": "cell_too_small@450"}
    files = list(chosen(system).values())
    values = {"config": OWN, "program": str(namd)}
    job = client.submit("namd/config", files=files, values=values, environment=fails)
    assert job.wait(PATIENCE_S) == "failed"
    outcome = job.view.latest.state.outcome
    assert (outcome.signature, outcome.retry) == ("cell_too_small", "checkpoint")
    child = job.restart()
    assert child.wait(PATIENCE_S) == "succeeded"
    assert "outputs/own.part2.restart.coor" in {file.path for file in child.files()}
    assert {scalar.name: scalar.value for scalar in child.results().scalars}["last_step"] == 600


def test_what_namd_would_refuse_is_refused_before_a_job_is_made(
    client: Client, system: Mapping[str, Path], namd: Path
) -> None:
    values = {"program": str(namd), "cutoff": 9, "switch_distance": 10}
    with pytest.raises(BadInput) as refused:
        client.submit("namd/production", files=chosen(system), values=values)
    finding = next(one for one in refused.value.findings if one.where == "switch_distance")
    assert "switchDist muct be between 0 and cutoff, which is 9.000000" in finding.why


def test_files_that_do_not_belong_together_are_refused_before_a_job_is_made(
    client: Client, system: Mapping[str, Path], namd: Path, tmp_path: Path
) -> None:
    short = tmp_path / "short.pdb"
    short.write_text("".join(system["coordinates_file"].read_text().splitlines(keepends=True)[:-3]))
    with pytest.raises(BadInput) as refused:
        client.submit(
            "namd/production",
            files={**chosen(system), "coordinates_file": short},
            values={"program": str(namd)},
            resources={"cpus": 1},
        )
    (finding,) = refused.value.findings
    assert finding.what == "the structure has 33 atoms, the coordinates 31"
    odd = tmp_path / "bad.pdb"
    odd.write_text(system["coordinates_file"].read_text().replace(" CA ", " CB ", 1))
    files = {**chosen(system), "coordinates_file": odd}
    (warned,) = client.preview("namd/production", files=files, values={"program": str(namd)}).findings
    assert warned.what == "atom 1 is CA in the structure and CB in the coordinates"


def test_a_minimisation_that_is_over_says_what_comes_next(
    client: Client, system: Mapping[str, Path], namd: Path
) -> None:
    job = client.submit("namd/minimise", files=chosen(system), values={"steps": 100, "program": str(namd)})
    assert job.wait(PATIENCE_S) == "succeeded"
    with pytest.raises(Conflict, match="came to its planned end at step 100"):
        job.restart()


def _own_frames(job: Any, folder: Path, segments: list[Any]) -> list[int]:
    """The steps of the frames of a segment that no later segment computes again."""
    (path,) = job.get(folder, "outputs/production.dcd")
    count, first, every, _ = struct.unpack("<4i", path.read_bytes()[8:24])
    later = segments[segments.index(job) + 1 :]
    end = later[0].view.job.spec.template.values["first_step"] if later else 10**9
    return [step for number in range(count) if (step := first + number * every) <= end]
