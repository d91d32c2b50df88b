"""How to go on from what a run left.

A run that did not come to its end goes on in the same template from its checkpoint: the table and the trajectory are
copied along and become whole. A run that did is lengthened by production from its final state, and the count of steps
goes on.
"""

from argosy.core.outputs import NoRestart, Outputs, Restart, RestartPlan
from argosy.core.spec import Content, FromJob, InputFile, JobSpec, TemplateRef
from argosy.engines.openmm.asked import ROLES, asked, file_of
from argosy.engines.openmm.summary import Summary, read_summary

PRODUCTION = "openmm/production"

FINAL_STATE = "final-state.xml"
CHECKPOINT = "checkpoint-state.xml"
CHECKPOINTS = (CHECKPOINT, "checkpoint.chk")
_GOES_ALONG = (*CHECKPOINTS, "state.csv", "traj.dcd")
_STARTING_STATE = "inputs/state.xml"
_KEPT = (
    "ensemble", "temperature", "friction", "pressure", "barostat_interval", "timestep",
    "report_interval", "trajectory_interval", "checkpoint_interval", "platform", "precision", "threads",
)  # fmt: skip


def restart_of(spec: JobSpec, job: str, outputs: Outputs, *, last_step: int | None = None) -> Restart:
    """A plan, or why there is none.

    It goes on to ``last_step``; without one to the step that was planned, or by as many steps again.
    """
    template = spec.template
    if template is None or not asked(spec).is_dynamics:
        advice = "Retry runs it again from the start."
        return NoRestart(
            why=f"{spec.name} is no dynamics of an OpenMM template, so it has no checkpoint", advice=advice
        )
    left = {file.path for file in outputs.files if file.size}
    summary = read_summary(outputs)
    if summary is not None and summary.completed and FINAL_STATE in left:
        return _lengthened(spec, template, job, summary, last_step=last_step)
    if CHECKPOINT in left:
        return _resumed(spec, template, job, left, last_step=last_step)
    advice = "Retry runs it again from the start; a shorter checkpoint_interval loses less."
    return NoRestart(why=f"it ended before its first checkpoint: there is no {CHECKPOINT}", advice=advice)


def _resumed(spec: JobSpec, template: TemplateRef, job: str, left: set[str], *, last_step: int | None) -> RestartPlan:
    further = {} if last_step is None else {"steps": last_step}
    copies = [
        InputFile(name=name, source=FromJob(job=job, path=name, unfinished=True), mutable=True)
        for name in _GOES_ALONG
        if name in left
    ]
    return RestartPlan(
        template=template.name,
        values=_without_files(template) | further,
        inputs=(*starting_files(spec, job, ROLES), *copies),
        words=f"It goes on from its last checkpoint to {_the(last_step)}.",
    )


def _the(last_step: int | None) -> str:
    return "the step that was planned" if last_step is None else f"step {last_step}"


def _lengthened(
    spec: JobSpec, template: TemplateRef, job: str, summary: Summary, *, last_step: int | None
) -> RestartPlan:
    values = template.values
    last = summary.step or 0
    more = (summary.steps_planned or 0) if last_step is None else last_step - last
    amount = f"for as many steps again: {more}" if last_step is None else f"to step {last_step}"
    state = InputFile(name=_STARTING_STATE, source=FromJob(job=job, path=FINAL_STATE), role="state")
    kept: dict[str, object] = {name: values[name] for name in _KEPT if values.get(name) is not None}
    # The seed is not kept: the same random forces again would not be independent of those before.
    return RestartPlan(
        template=PRODUCTION,
        values={"ensemble": "NVT", **kept, "count_from": "state", "steps": last + more},
        inputs=(*starting_files(spec, job, ("system", "topology")), state),
        words=f"It goes on from its final state at step {last} {amount}.",
    )


def _without_files(template: TemplateRef) -> dict[str, object]:
    return {name: value for name, value in template.values.items() if name not in ROLES and value is not None}


def starting_files(spec: JobSpec, job: str, roles: tuple[str, ...]) -> list[InputFile]:
    """The files that the run started from: by content where that is known, else the copies in its work directory."""
    files = [file for role in roles if (file := file_of(spec, role))]
    return [
        file
        if isinstance(file.source, Content)
        else file.model_copy(update={"source": FromJob(job=job, path=file.name, unfinished=True)})
        for file in files
    ]
