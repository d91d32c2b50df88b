"""How a stage starts from another, and how a run is made longer."""

import pytest

from argosy.core.goal import Standing
from argosy.core.outputs import Excerpt, FileEntry, NoRestart, Outputs, RestartPlan
from argosy.core.spec import Content, FromJob, InputFile, JobSpec
from argosy.core.template import Template
from argosy.engines.namd.config import read_config, script_of
from argosy.engines.namd.engine import ENGINE
from tests.engines.laboratory import JOB
from tests.engines.namd.test_restarts import GOOD, NOW, SIZE, cell, inputs, production, written

HELD = InputFile(name="held.pdb", source=Content(sha256="1" * 64, size=1), role="restraints_file")


def template(name: str) -> Template:
    return next(one for one in ENGINE.templates if one.name == name)


def staged(spec: JobSpec, name: str) -> RestartPlan:
    plan = ENGINE.stage(spec, JOB, template(name))
    assert isinstance(plan, RestartPlan), plan
    return plan


def starts(plan: RestartPlan) -> dict[str, str]:
    return {
        file.role: file.source.path
        for file in plan.inputs
        if isinstance(file.source, FromJob) and file.role.startswith("start_")
    }


def test_what_follows_a_minimisation_starts_without_velocities() -> None:
    plan = staged(written("namd/minimise", inputs(), output_name="mini"), "namd/heat")
    assert starts(plan) == {"start_coordinates": "outputs/mini.coor", "start_cell": "outputs/mini.xsc"}
    script = script_of(written("namd/heat", plan.inputs, **plan.values))
    assert script is not None
    assert script.config.has("temperature")
    assert not script.config.has("binVelocities")


def test_what_follows_a_run_goes_on_with_its_velocities_and_counts_anew() -> None:
    spec = written("namd/equilibrate", (*inputs(), HELD), output_name="eq", temperature=310.0, steps=4000)
    plan = staged(spec, "namd/production")
    assert starts(plan)["start_velocities"] == "outputs/eq.vel"
    assert plan.values["temperature"] == 310.0
    assert not {"steps", "first_step", "output_name"} & set(plan.values)
    assert "held.pdb" not in {file.name for file in plan.inputs}
    assert "held.pdb" in {file.name for file in staged(spec, "namd/release").inputs}


def test_a_stage_takes_its_start_from_a_run_that_has_not_begun() -> None:
    plan = staged(written("namd/heat", inputs(), output_name="warm"), "namd/equilibrate")
    assert all(not file.source.unfinished for file in plan.inputs if isinstance(file.source, FromJob))


def test_a_run_whose_files_have_no_known_name_has_no_next_stage() -> None:
    bare = JobSpec(name="bare", engine="namd", argv=("true",))
    assert isinstance(ENGINE.stage(bare, JOB, template("namd/heat")), NoRestart)
    text = written("namd/config", (), config="structure a.psf\noutputname x\nbinaryOutput no\nrun 20\n")
    answer = ENGINE.stage(text, JOB, template("namd/heat"))
    assert isinstance(answer, NoRestart)
    assert "as text" in answer.why


def test_only_production_and_own_configurations_can_be_made_longer() -> None:
    assert ENGINE.standing(written("namd/heat", inputs()), Outputs()) is None
    assert ENGINE.standing(production(), GOOD) == Standing(began=0, step=2000, timestep_fs=2.0)
    assert ENGINE.standing(JobSpec(name="bare", engine="namd", argv=("true",)), GOOD) is None
    refused = ENGINE.toward(written("namd/heat", inputs()), JOB, GOOD, last_step=10**6)
    assert isinstance(refused, NoRestart)


def test_a_run_is_made_longer_to_a_step_that_ends_a_cycle() -> None:
    plan = ENGINE.toward(production(), JOB, GOOD, last_step=99_999)
    assert isinstance(plan, RestartPlan)
    assert (plan.values["first_step"], plan.values["steps"]) == (2000, 100_000)


def test_a_run_with_nothing_to_go_on_from_is_not_made_longer() -> None:
    answer = ENGINE.toward(production(), JOB, Outputs(), last_step=99_999)
    assert isinstance(answer, NoRestart)
    assert answer.why.startswith("it ended before it wrote its first restart files")


def test_a_segment_draws_other_random_numbers_than_the_one_before() -> None:
    plan = ENGINE.toward(production(seed=7), JOB, GOOD, last_step=99_999)
    assert isinstance(plan, RestartPlan)
    assert plan.values["seed"] == 8
    drawn = ENGINE.restart(production(), JOB, GOOD)
    assert isinstance(drawn, RestartPlan)
    assert not drawn.values.get("seed")


OWN = """\
structure a.psf
outputname outputs/seg
restartfreq 1000
timestep 2
seed 5
minimize 400
reinitvels 300
run 1600
"""


def own(text: str) -> JobSpec:
    return written("namd/config", (), config=text)


def over(last: int = 2000) -> Outputs:
    """What a run left that came to its end."""
    names = ("coor", "vel", "xsc")
    files = tuple(FileEntry(path=f"outputs/seg.{name}", size=SIZE, modified=NOW) for name in names)
    log = f"Info: 10 ATOMS\nWRITING COORDINATES TO OUTPUT FILE AT STEP {last}\nWallClock: 1.0\n"
    texts = {"outputs/seg.xsc": cell(last), "namd.log": log}
    return Outputs(files=files, texts={name: Excerpt(text=one, size=len(one)) for name, one in texts.items()})


def test_an_own_configuration_that_is_over_is_lengthened_at_its_last_command() -> None:
    plan = ENGINE.toward(own(OWN), JOB, over(), last_step=5000)
    assert isinstance(plan, RestartPlan)
    config = read_config(str(plan.values["config"]))
    assert (config.first_step, config.last_step) == (2000, 5000)
    assert [(one.kind, one.steps) for one in config.actions] == [("run", 3000)]
    assert config.text("seed") == "6"
    assert config.output_name == "outputs/seg.part2"
    assert not any(one.keyword == "reinitvels" for one in config.others)


def test_numsteps_is_raised_as_it_counts_from_the_very_beginning() -> None:
    text = "structure a.psf\noutputname outputs/seg\nrestartfreq 1000\nnumsteps 2000\n"
    plan = ENGINE.toward(own(text), JOB, over(), last_step=5000)
    assert isinstance(plan, RestartPlan)
    config = read_config(str(plan.values["config"]))
    assert (config.first_step, config.last_step, config.text("numsteps")) == (2000, 5000, "5000")


COLVARS = "structure a.psf\noutputname outputs/seg\nrestartfreq 1000\ncolvars on\ncolvarsConfig c.in\nrun 9000\n"


def with_files(outputs: Outputs, *paths: str) -> Outputs:
    more = tuple(FileEntry(path=path, size=10, modified=NOW) for path in paths)
    return outputs.model_copy(update={"files": (*outputs.files, *more)})


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ({"outputs/seg.restart.xsc": cell(2000), "outputs/seg.restart.xsc.old": cell(1000)}, "state"),
        ({"outputs/seg.restart.xsc": "cut", "outputs/seg.restart.xsc.old": cell(1000)}, "state.old"),
    ],
    ids=["the newest files", "those of the step before"],
)
def test_the_state_of_colvars_is_of_the_same_step(cells: dict[str, str], state: str) -> None:
    texts = {name: Excerpt(text=text, size=len(text)) for name, text in cells.items()}
    left = with_files(
        GOOD.model_copy(update={"texts": GOOD.texts | texts}),
        "outputs/seg.restart.colvars.state",
        "outputs/seg.restart.colvars.state.old",
    )
    plan = ENGINE.restart(own(COLVARS), JOB, left)
    assert isinstance(plan, RestartPlan)
    (source,) = [file.source for file in plan.inputs if file.name == "start/colvars.state"]
    assert isinstance(source, FromJob)
    assert source.path == f"outputs/seg.restart.colvars.{state}"
    assert read_config(str(plan.values["config"])).text("colvarsInput") == "start/colvars.state"


def test_a_state_that_is_not_there_is_told() -> None:
    plan = ENGINE.restart(own(COLVARS), JOB, GOOD)
    assert isinstance(plan, RestartPlan)
    assert "state of colvars is not among its files" in plan.words
