"""How to go on from what a run left.

A run that did not come to its end goes on in the same template, from its last restart files that belong together, to
the step that was planned. One that did is followed by production from its final files. What a run starts from is copied
into a directory of its own, which no run writes to.
"""

from typing import NamedTuple

from argosy.core.outputs import NoRestart, Outputs, Restart, RestartPlan
from argosy.core.spec import Content, FromJob, InputFile, JobSpec, TemplateRef
from argosy.engines.namd.checkpoints import Checkpoint, final_checkpoint, last_checkpoint
from argosy.engines.namd.config import Config, Script
from argosy.engines.namd.log import Log
from argosy.engines.namd.rewriting import another_seed, continued

PRODUCTION = "namd/production"
OWN_CONFIG = "namd/config"

ROLE_OF = {
    "start_coordinates": "start/coordinates.coor",
    "start_velocities": "start/velocities.vel",
    "start_cell": "start/cell.xsc",
}
"""The files that a run starts from, by their role, and where they lie in its directory."""
_GAMD_STATE = "start_state"
_KEYWORDS = (
    ("binCoordinates", ROLE_OF["start_coordinates"]),
    ("binVelocities", ROLE_OF["start_velocities"]),
    ("extendedSystem", ROLE_OF["start_cell"]),
)
_SOLVENT = ("namd/heat", "namd/equilibrate", "namd/release", PRODUCTION, "namd/explicit-solvent-npt")
_KEPT = (
    "temperature", "timestep", "pme_grid_spacing", "langevin_damping", "langevin_piston_target", "cutoff",
    "switch_distance", "pair_list_distance", "full_elect_frequency", "xst_freq", "output_energies_freq", "dcd_freq",
    "restart_freq", "build", "program", "threads", "ensemble",
)  # fmt: skip
_FROM_THE_START = "Retry runs it again from the start; a smaller restart_freq loses less."


def restart_of(spec: JobSpec, job: str, *, script: Script | None, log: Log, outputs: Outputs) -> Restart:
    """A plan, or why there is none."""
    template = spec.template
    if template is None or script is None or not template.name.startswith("namd/"):
        advice = f"Jobs made from the templates of NAMD can; put a configuration of your own into {OWN_CONFIG}."
        return NoRestart(why=f"{spec.name} was not made from a template of NAMD", advice=advice)
    config = script.config
    final = final_checkpoint(config, log, outputs)
    if final is not None and not log.faults and final.step >= (config.last_step or 0):
        return _followed(spec, template, job, config=config, final=final)
    last = last_checkpoint(config, log, outputs)
    if last is None:
        return NoRestart(why=why_none(config, log, outputs), advice=_FROM_THE_START)
    return _resumed(spec, job, script=script, last=last, outputs=outputs)


def why_none(config: Config, log: Log, outputs: Outputs) -> str:
    """Why there is nothing to go on from."""
    prefix = config.restart_name
    if not prefix:
        return "it wrote no restart files: its restartfreq is 0 or missing"
    left = sorted(file.path for file in outputs.files if file.path.startswith(prefix))
    if not left and log.restarts:
        return f"its restart files, {prefix}.*, are not there any more"
    if not left:
        return f"it ended before it wrote its first restart files, {prefix}.*"
    return f"no coordinates, velocities and cell of one step are among what it left: {', '.join(left)[:500]}"


def _resumed(spec: JobSpec, job: str, *, script: Script, last: Checkpoint, outputs: Outputs) -> Restart:
    planned = script.config.last_step
    if planned is None:
        why = "its script does not tell how many steps are planned, as it has loops, branches or computed numbers"
        return NoRestart(why=why, advice=f"Write a configuration that goes on from step {last.step} by hand.")
    return gone_on(spec, job, script=script, start=last, outputs=outputs, planned=planned)


def gone_on(spec: JobSpec, job: str, *, script: Script, start: Checkpoint, outputs: Outputs, planned: int) -> Restart:
    """The run in the same template from these files to the planned step, which may be later than its own."""
    template = spec.template
    if template is None:
        return NoRestart(why=f"{spec.name} was not made from a template", advice=_FROM_THE_START)
    cycle = script.config.cycle
    if start.step % cycle:
        why = f"its restart files are of step {start.step}, which is no multiple of stepspercycle {cycle}"
        return NoRestart(why=why, advice="Take a restartfreq that is one, and retry from the start.")
    if start.step >= planned:
        why = f"its files are of step {start.step}, and {planned} was the last that was planned"
        return NoRestart(why=why, advice="There is nothing left to do.")
    values: dict[str, object] = _plain_values(spec, template)
    beside = _states(script.config, start, outputs)
    if template.name == OWN_CONFIG:
        starts = [*_KEYWORDS, *((one.keyword, one.value) for one in beside)]
        rewritten = continued(script, step=start.step, starts=starts, until=planned)
        if rewritten is None:
            why = "its script cannot be rewritten safely: a line says several things, or outputname is computed"
            return NoRestart(why=why, advice=f"Write a configuration that goes on from step {start.step} by hand.")
        values["config"] = rewritten
    else:
        values |= {"first_step": start.step} | ({"steps": planned} if template.name == PRODUCTION else {})
        values |= _another_seed(template)
    return RestartPlan(
        template=template.name,
        values=values,
        inputs=(
            *carried_files(spec, job),
            *_start_files(job, start),
            *(one.file(job, template) for one in beside if one.path),
        ),
        words=f"It goes on from its files of step {start.step} to step {planned}.{_forgotten(script.config, beside)}",
    )


def _followed(spec: JobSpec, template: TemplateRef, job: str, *, config: Config, final: Checkpoint) -> Restart:
    if template.name not in _SOLVENT:
        why = f"it came to its planned end at step {final.step}"
        advice = "Start the next stage from its .coor and .xsc: argosy submit TEMPLATE --file start_coordinates=..."
        return NoRestart(why=why, advice=advice)
    values = {name: template.values[name] for name in _KEPT if template.values.get(name) is not None}
    first = final.step if template.name == PRODUCTION else 0
    made = final.step - config.first_step
    steps = {"first_step": first, "steps": first + made} if first else {}
    words = f"It goes on from its final files at step {final.step}"
    return RestartPlan(
        template=PRODUCTION,
        values={**values, **steps},
        inputs=(*carried_files(spec, job, beside=("restraints_file", "extrabonds_file")), *_start_files(job, final)),
        words=f"{words} for {made} steps more." if first else f"{words} with production.",
    )


class _State(NamedTuple):
    """A keyword that hands on the state of a method, and the file that holds it, if it is one."""

    keyword: str
    value: str
    path: str = ""
    role: str = ""

    def file(self, job: str, template: TemplateRef) -> InputFile:
        """The file; it fills a parameter where the template has one for it."""
        role = self.role if self.role in template.values else ""
        return InputFile(name=self.value, source=FromJob(job=job, path=self.path, unfinished=True), role=role)


def _states(config: Config, start: Checkpoint, outputs: Outputs) -> list[_State]:
    """What collective variables and Gaussian accelerated MD need beside coordinates, velocities and cell.

    Those of the step before come with the files of the step before.
    """
    left = {file.path for file in outputs.files}
    states: list[_State] = []
    name = config.output_name
    suffix = ".old" if start.cell.endswith(".old") else ""
    ends = start.coordinates == f"{name}.coor"
    colvars = f"{name}.colvars.state" if ends else f"{name}.restart.colvars.state{suffix}"
    gamd = f"{config.restart_name}.gamd{suffix}"
    if config.flag("colvars") and colvars in left:
        states.append(_State("colvarsInput", "start/colvars.state", colvars))
    if config.flag("accelMDG") and gamd in left:
        states += [
            _State("accelMDGRestart", "on"),
            _State("accelMDGRestartFile", "start/state.gamd", gamd, _GAMD_STATE),
        ]
    return states


def _forgotten(config: Config, beside: list[_State]) -> str:
    """What begins anew because its state is not there, as a sentence more."""
    there = {one.keyword for one in beside}
    methods = (("colvars", "colvarsInput", "colvars"), ("accelMDG", "accelMDGRestartFile", "GaMD"))
    gone = [name for switch, keyword, name in methods if config.flag(switch) and keyword not in there]
    return f" The state of {' and '.join(gone)} is not among its files: what it gathered begins anew." if gone else ""


def _another_seed(template: TemplateRef) -> dict[str, object]:
    """The same random forces again would not be independent of those before."""
    seed = template.values.get("seed")
    return {"seed": another_seed(seed)} if isinstance(seed, int) and seed else {}


def _plain_values(spec: JobSpec, template: TemplateRef) -> dict[str, object]:
    roles = {file.role for file in spec.inputs}
    return {
        name: value
        for name, value in template.values.items()
        if name not in {*roles, *ROLE_OF, _GAMD_STATE} and value is not None
    }


def carried_files(spec: JobSpec, job: str, beside: tuple[str, ...] = ()) -> list[InputFile]:
    """The files that the run started with, but where it stood: by content where that is known, else those it had."""
    return [
        file
        if isinstance(file.source, Content)
        else file.model_copy(update={"source": FromJob(job=job, path=file.name, unfinished=True)})
        for file in spec.inputs
        if file.role not in {*ROLE_OF, _GAMD_STATE, *beside} and not file.name.startswith("start/")
    ]


def _start_files(job: str, checkpoint: Checkpoint) -> list[InputFile]:
    paths = (checkpoint.coordinates, checkpoint.velocities, checkpoint.cell)
    return [
        InputFile(name=name, source=FromJob(job=job, path=path, unfinished=True), role=role)
        for (role, name), path in zip(ROLE_OF.items(), paths, strict=True)
    ]
