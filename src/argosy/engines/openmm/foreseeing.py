"""What a run can be gone on from, and how often it is written."""

from argosy.core.foresight import Foreseen, Written
from argosy.core.spec import JobSpec
from argosy.engines.openmm.asked import asked


def foreseen_by(spec: JobSpec) -> Foreseen | None:
    """The run; None for what is no dynamics."""
    values = asked(spec)
    if values.steps is None or values.checkpoint_interval is None:
        return None
    checkpoint = Written(
        what="checkpoint", parameter="checkpoint_interval", every=values.checkpoint_interval, adds_up=False
    )
    return Foreseen(steps=values.steps, timestep_fs=values.timestep, checkpoint=checkpoint)
