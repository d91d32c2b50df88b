"""Which files a run goes on from, and what the run that goes on is like."""

from datetime import UTC, datetime, timedelta

import pytest

from argosy.core.drafting import draft
from argosy.core.findings import errors_among
from argosy.core.outputs import Excerpt, FileEntry, NoRestart, Outputs, RestartPlan
from argosy.core.spec import Content, FromJob, InputFile, JobSpec, TemplateRef
from argosy.core.submission import Submission
from argosy.engines.namd.config import read_config, script_of
from argosy.engines.namd.engine import ENGINE
from argosy.engines.namd.rewriting import next_segment
from tests.engines.laboratory import JOB, NOW, TARGET

ATOMS = 10
SIZE = 4 + 24 * ATOMS
LABELS = "# a\n#$LABELS step a_x a_y a_z b_x b_y b_z c_x c_y c_z o_x o_y o_z\n"
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


def cell(step: int) -> str:
    return f"{LABELS}{step} 80 0 0 0 80 0 0 0 80 0 0 0\n"


def left(*files: tuple[str, int, float], cells: dict[str, int], log: str = "") -> Outputs:
    """Files by path, size and seconds since the start, with the steps of the cells, and a log."""
    entries = tuple(
        FileEntry(path=f"outputs/{path}", size=size, modified=BEGUN + timedelta(seconds=at)) for path, size, at in files
    )
    texts = {f"outputs/{path}": cell(step) for path, step in cells.items()} | {
        "namd.log": f"Info: {ATOMS} ATOMS\n{log}"
    }
    return Outputs(files=entries, texts={name: Excerpt(text=text, size=len(text)) for name, text in texts.items()})


def written(template: str, inputs: tuple[InputFile, ...] = (), **values: object) -> JobSpec:
    known = {one.name: one for one in ENGINE.templates}
    submission = Submission(template=template, values=values, inputs=inputs)
    spec, findings = draft(submission, known[template], TARGET)
    assert findings == ()
    return spec


def inputs() -> tuple[InputFile, ...]:
    roles = {"structure_file": "a.psf", "coordinates_file": "a.pdb", "parameters_file": "a.prm"}
    source = Content(sha256="0" * 64, size=1)
    return tuple(InputFile(name=name, source=source, role=role) for role, name in roles.items())


def production(**values: object) -> JobSpec:
    return written("namd/production", inputs(), output_name="seg", steps=10_000, restart_freq=1000, **values)


GOOD = left(
    ("seg.restart.xsc", 200, 20.0), ("seg.restart.coor", SIZE, 20.1), ("seg.restart.vel", SIZE, 20.2),
    ("seg.restart.xsc.old", 200, 10.0), ("seg.restart.coor.old", SIZE, 10.1), ("seg.restart.vel.old", SIZE, 10.2),
    cells={"seg.restart.xsc": 2000, "seg.restart.xsc.old": 1000},
)  # fmt: skip
AFTER_CELL = left(
    ("seg.restart.xsc", 200, 20.0), ("seg.restart.coor", SIZE, 10.1), ("seg.restart.vel", SIZE, 10.2),
    ("seg.restart.xsc.old", 200, 10.0), ("seg.restart.coor.old", SIZE, 5.1), ("seg.restart.vel.old", SIZE, 5.2),
    cells={"seg.restart.xsc": 2000, "seg.restart.xsc.old": 1000},
)  # fmt: skip
AFTER_COORDINATES = left(
    ("seg.restart.xsc", 200, 20.0), ("seg.restart.coor", SIZE, 20.1), ("seg.restart.vel", SIZE, 10.2),
    ("seg.restart.xsc.old", 200, 10.0), ("seg.restart.coor.old", SIZE, 10.1), ("seg.restart.vel.old", SIZE, 5.2),
    cells={"seg.restart.xsc": 2000, "seg.restart.xsc.old": 1000},
)  # fmt: skip
CUT_VELOCITIES = left(
    ("seg.restart.xsc", 200, 20.0), ("seg.restart.coor", SIZE, 20.1), ("seg.restart.vel", SIZE - 8, 20.2),
    ("seg.restart.xsc.old", 200, 10.0), ("seg.restart.coor.old", SIZE, 10.1), ("seg.restart.vel.old", SIZE, 10.2),
    cells={"seg.restart.xsc": 2000, "seg.restart.xsc.old": 1000},
)  # fmt: skip


def taken(outputs: Outputs) -> tuple[int, list[str]]:
    """The step that a plan goes on from, and the files it takes."""
    plan = ENGINE.restart(production(), JOB, outputs)
    assert isinstance(plan, RestartPlan), plan
    files = [
        file.source.path.removeprefix("outputs/seg.restart.")
        for file in plan.inputs
        if isinstance(file.source, FromJob)
    ]
    step = plan.values["first_step"]
    assert isinstance(step, int)
    return step, files


@pytest.mark.parametrize(
    ("outputs", "step", "files"),
    [
        (GOOD, 2000, ["coor", "vel", "xsc"]),
        (AFTER_CELL, 1000, ["coor", "vel", "xsc.old"]),
        (AFTER_COORDINATES, 1000, ["coor.old", "vel", "xsc.old"]),
        (CUT_VELOCITIES, 1000, ["coor.old", "vel.old", "xsc.old"]),
    ],
    ids=["whole", "killed after the cell", "killed after the coordinates", "killed within the velocities"],
)
def test_files_of_one_step_are_found_wherever_the_kill_came(outputs: Outputs, step: int, files: list[str]) -> None:
    assert taken(outputs) == (step, files)


def test_a_cell_that_was_cut_falls_back_to_the_one_before() -> None:
    cut = Excerpt(text=LABELS + "2000 80 0 0", size=100)
    texts = {**GOOD.texts, "outputs/seg.restart.xsc": cut}
    assert taken(GOOD.model_copy(update={"texts": texts})) == (1000, ["coor.old", "vel.old", "xsc.old"])


def test_files_whose_times_tell_nothing_are_believed_when_the_log_confirms_them() -> None:
    touched = tuple(file.model_copy(update={"modified": NOW if ".xsc" in file.path else BEGUN}) for file in GOOD.files)
    outputs = GOOD.model_copy(update={"files": touched})
    assert isinstance(ENGINE.restart(production(), JOB, outputs), NoRestart)
    log = f"Info: {ATOMS} ATOMS\nWRITING VELOCITIES TO RESTART FILE AT STEP 2000\nFINISHED WRITING RESTART VELOCITIES\n"
    texts = {**outputs.texts, "namd.log": Excerpt(text=log, size=len(log))}
    assert taken(outputs.model_copy(update={"texts": texts}))[0] == 2000


@pytest.mark.parametrize("missing", ["seg.restart.coor", "seg.restart.vel", "seg.restart.xsc"])
def test_an_incomplete_triple_is_refused_in_words(missing: str) -> None:
    files = tuple(file for file in GOOD.files if not file.path.endswith(".old") and file.path != f"outputs/{missing}")
    answer = ENGINE.restart(production(), JOB, GOOD.model_copy(update={"files": files}))
    assert isinstance(answer, NoRestart)
    assert answer.why.startswith("no coordinates, velocities and cell of one step are among what it left: outputs/seg.")


def test_a_restart_goes_on_to_the_planned_step_and_writes_to_nothing_it_reads() -> None:
    plan = ENGINE.restart(production(), JOB, GOOD)
    assert isinstance(plan, RestartPlan)
    spec = written(plan.template, plan.inputs, **plan.values)
    script = script_of(spec)
    assert script is not None
    config = script.config
    assert (config.first_step, config.last_step) == (2000, 10_000)
    assert [(one.kind, one.steps) for one in config.actions] == [("run", 8000)]
    assert not config.has("temperature", "cellBasisVector1", "cellBasisVector2", "cellBasisVector3", "cellOrigin")
    reads = [config.text(name) for name in ("binCoordinates", "binVelocities", "extendedSystem")]
    assert reads == ["start/coordinates.coor", "start/velocities.vel", "start/cell.xsc"]
    assert config.output_name == "outputs/seg"
    assert errors_among(ENGINE.check(spec)) == ()


def test_a_restart_of_a_restart_goes_on_in_the_same_way() -> None:
    plan = ENGINE.restart(production(), JOB, GOOD)
    assert isinstance(plan, RestartPlan)
    second = ENGINE.restart(written(plan.template, plan.inputs, **plan.values), JOB, GOOD)
    assert isinstance(second, RestartPlan)
    assert [file.name for file in second.inputs] == [file.name for file in plan.inputs]


def test_stages_that_are_over_are_left_out() -> None:
    held = (*inputs(), InputFile(name="held.pdb", source=Content(sha256="1" * 64, size=1), role="restraints_file"))
    spec = written("namd/release", held, output_name="seg", steps_per_stage=1500, restart_freq=1000)
    plan = ENGINE.restart(spec, JOB, GOOD)
    assert isinstance(plan, RestartPlan)
    script = script_of(written(plan.template, plan.inputs, **plan.values))
    assert script is not None
    assert [one.steps for one in script.config.actions] == [1000, 1500]
    assert [script.config.text("constraintScaling"), *(one.value for one in script.config.changed)] == ["0.1", "0.01"]


OWN = """\
# my run
set base seg
structure a.psf
coordinates a.pdb
parameters a.prm
paraTypeCharmm on
exclude scaled1-4
cutoff 12
switchdist 10
temperature 300   ;# gone in a restart
cellBasisVector1 80 0 0
cellBasisVector2 0 80 0
cellBasisVector3 0 0 80
outputname outputs/$base
DCDfile outputs/$base.dcd
restartfreq 1000
stepspercycle 20
timestep 1
minimize 1000
reinitvels 300
constraintScaling 0.5
run 3000
constraintScaling 0.1
run 3000
"""


def own(text: str) -> JobSpec:
    files = tuple(file.model_copy(update={"role": ""}) for file in inputs())
    return written("namd/config", files, config=text)


def rewritten(outputs: Outputs = GOOD, text: str = OWN) -> str:
    plan = ENGINE.restart(own(text), JOB, outputs)
    assert isinstance(plan, RestartPlan), plan
    assert plan.template == "namd/config"
    return str(plan.values["config"])


def test_a_configuration_of_the_users_own_is_rewritten() -> None:
    text = rewritten()
    config = read_config(text)
    assert (config.first_step, config.last_step) == (2000, 7000)
    assert [(one.kind, one.steps) for one in config.actions] == [("run", 2000), ("run", 3000)]
    assert [one.keyword for one in config.others] == []
    assert config.output_name == "outputs/seg.part2"
    assert config.restart_name == "outputs/seg.part2.restart"
    assert config.text("binVelocities") == "start/velocities.vel"
    assert not config.has("temperature", "DCDfile", "cellBasisVector1")
    assert "# before the restart: DCDfile outputs/$base.dcd\n" in text
    assert errors_among(ENGINE.check(own(text))) == ()


def test_the_second_restart_of_it_writes_to_a_third_name() -> None:
    seg2 = GOOD.model_copy(
        update={
            "files": tuple(
                file.model_copy(update={"path": file.path.replace("seg.", "seg.part2.")}) for file in GOOD.files
            ),
            "texts": {name.replace("seg.", "seg.part2."): text for name, text in GOOD.texts.items()},
        }
    )
    text = rewritten(seg2, rewritten())
    config = read_config(text)
    assert config.output_name == "outputs/seg.part3"
    assert text.count("firsttimestep 2000\n") == 1 + text.count("# before the restart: firsttimestep 2000\n")
    assert next_segment("x.part9") == "x.part10"


def test_numsteps_stays_what_it_is() -> None:
    text = OWN[: OWN.index("minimize")] + "numsteps 10000\n"
    config = read_config(rewritten(text=text))
    assert (config.first_step, config.last_step, config.text("numsteps")) == (2000, 10_000, "10000")


def test_states_of_colvars_and_gamd_go_along() -> None:
    states = left(("seg.restart.colvars.state", 10, 20.3), ("seg.restart.gamd", 10, 20.3), cells={})
    outputs = GOOD.model_copy(update={"files": (*GOOD.files, *states.files)})
    text = OWN.replace("timestep 1", "timestep 1\ncolvars on\naccelMD on\naccelMDG on")
    config = read_config(rewritten(outputs, text))
    assert config.text("colvarsInput") == "start/colvars.state"
    assert config.flag("accelMDGRestart")
    assert config.text("accelMDGRestartFile") == "start/state.gamd"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (OWN.replace("run 3000", "if {1} { run 3000 }"), "does not tell how many steps"),
        (
            OWN.replace("temperature 300   ;# gone in a restart", "temperature 300; margin 2"),
            "a line says several things",
        ),
        (
            OWN.replace("outputname outputs/$base", "outputname [pwd]/x\nrestartname outputs/seg.restart"),
            "outputname is computed",
        ),
        (OWN.replace("stepspercycle 20", "stepspercycle 12"), "no multiple of stepspercycle 12"),
        (OWN.replace("restartfreq 1000", ""), "it wrote no restart files"),
    ],
)
def test_what_cannot_be_continued_says_why(text: str, why: str) -> None:
    answer = ENGINE.restart(own(text), JOB, GOOD)
    assert isinstance(answer, NoRestart)
    assert why in answer.why


def test_a_finished_run_is_followed_by_production() -> None:
    end = "WallClock: 5.0  CPUTime: 5.0  Memory: 100.0 MB\n"
    outputs = left(
        ("seg.xsc", 200, 30.0), ("seg.coor", SIZE, 30.1), ("seg.vel", SIZE, 30.2), cells={"seg.xsc": 10_000}, log=end
    )
    longer = ENGINE.restart(production(), JOB, outputs)
    assert isinstance(longer, RestartPlan)
    assert (longer.values["first_step"], longer.values["steps"]) == (10_000, 20_000)
    spec = written("namd/equilibrate", inputs(), output_name="seg", steps=10_000, temperature=310)
    after = ENGINE.restart(spec, JOB, outputs)
    assert isinstance(after, RestartPlan)
    assert (after.template, after.values["temperature"], "first_step" in after.values) == (
        "namd/production",
        310,
        False,
    )


def test_a_job_that_no_template_made_is_told_how_to_get_restarts() -> None:
    answer = ENGINE.restart(JobSpec(name="a", engine="namd", argv=("namd3", "x.namd")), JOB, GOOD)
    assert isinstance(answer, NoRestart)
    assert "namd/config" in answer.advice
    odd = JobSpec(
        name="a", engine="namd", argv=("x",), template=TemplateRef(name="lab/own", version="1", digest="", values={})
    )
    assert isinstance(ENGINE.restart(odd, JOB, GOOD), NoRestart)


NAMES = (
    "production.coor", "production.vel", "production.xsc", "production.dcd", "production.xst", "production.coor.BAK",
    "production.restart.coor", "production.restart.vel.old", "production.restart.xsc", "production.restart.gamd",
    "production.restart.colvars.state", "production.500.coor", "other.restart.coor",
)  # fmt: skip


@pytest.mark.parametrize(
    ("more", "going"),
    [
        ("restartfreq 100", NAMES[6:9]),
        ("restartfreq 100\nrestartsave on", NAMES[11:12]),
        ("restartfreq 100\nrestartname outputs/other.restart", NAMES[12:]),
        ("restartfreq 100\nrestartname outputs/production", ()),
        ("", ()),
    ],
)
def test_only_what_a_run_writes_on_its_way_are_its_checkpoints(more: str, going: tuple[str, ...]) -> None:
    files = [FileEntry(path=f"outputs/{name}", size=1, modified=NOW) for name in NAMES]
    spec = own(f"outputname outputs/production\n{more}\nrun 100\n")
    assert [file.path for file in ENGINE.checkpoints(spec, files)] == [f"outputs/{name}" for name in going]


def test_restart_files_that_were_cleared_away_are_said_to_be_gone() -> None:
    log = "WRITING VELOCITIES TO RESTART FILE AT STEP 2000\nFINISHED WRITING RESTART VELOCITIES\n"
    bare = left(cells={}, log=log)
    plan = ENGINE.restart(production(), JOB, bare)
    assert isinstance(plan, NoRestart)
    assert "not there any more" in plan.why
