"""Making a run longer, in as many parts as it takes."""

from argosy.core.goal import Standing
from argosy.core.outputs import NoRestart, Outputs, Restart
from argosy.core.spec import JobSpec
from argosy.engines.openmm.asked import asked
from argosy.engines.openmm.restarts import CHECKPOINT, FINAL_STATE, restart_of
from argosy.engines.openmm.summary import Summary, read_summary


def standing_of(spec: JobSpec, outputs: Outputs) -> Standing | None:
    """How far it came; None for what is no dynamics."""
    values = asked(spec)
    if spec.template is None or not values.is_dynamics:
        return None
    summary = read_summary(outputs) or Summary()
    return Standing(
        began=_began(summary), step=_step(summary, values.checkpoint_interval, outputs), timestep_fs=values.timestep
    )


def toward(spec: JobSpec, job: str, outputs: Outputs, *, last_step: int) -> Restart:
    """From its checkpoint, or from the final state of a run that is complete, to this step."""
    standing = standing_of(spec, outputs)
    if standing is not None and standing.step is not None and standing.step >= last_step:
        why = f"its files are of step {standing.step}, and {last_step} is no later"
        return NoRestart(why=why, advice="There is nothing left to do.")
    return restart_of(spec, job, outputs, last_step=last_step)


def _began(summary: Summary) -> int:
    if summary.resumed_from_step is not None:
        return summary.resumed_from_step
    return (summary.step or 0) - (summary.steps_done or 0)


def _step(summary: Summary, interval: int | None, outputs: Outputs) -> int | None:
    """The step of the state that it can be gone on from; of a run that failed, one that is surely no later."""
    left = {file.path for file in outputs.files if file.size}
    if summary.completed and FINAL_STATE in left:
        return summary.step
    if CHECKPOINT not in left or summary.step is None:
        return None
    if summary.status == "failed":
        return summary.step - summary.step % (interval or 1)
    return summary.step
