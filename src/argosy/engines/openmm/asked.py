"""What a job asks of OpenMM, as its template's values say it."""

from typing import Annotated

from pydantic import ConfigDict, Field, ValidationError

from argosy.core.spec import InputFile, JobSpec
from argosy.core.values import Value

ROLES = ("system", "topology", "state")
"""The files that dynamics starts from."""

Steps = Annotated[int, Field(ge=1, le=10**15)]
Positive = Annotated[float, Field(gt=0, le=1e6)]


class Asked(Value):
    """The values that matter here; None where the template has no such parameter.

    ``steps`` is the last step of the run, ``timestep`` is in fs, ``box_edge`` and ``cutoff`` are in nm.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    steps: Steps | None = None
    timestep: Positive | None = None
    count_from: str | None = None
    report_interval: Steps | None = None
    trajectory_interval: Steps | None = None
    checkpoint_interval: Steps | None = None
    platform: str | None = None
    threads: int | None = None
    box_edge: Positive | None = None
    cutoff: Positive | None = None

    @property
    def is_dynamics(self) -> bool:
        """Whether the job integrates; if not, it builds a box."""
        return self.steps is not None


def asked(spec: JobSpec) -> Asked:
    """The values of a job's template; all None when it has none, or one whose values mean other things."""
    try:
        return Asked.model_validate(spec.template.values if spec.template else {})
    except ValidationError:
        return Asked()


def file_of(spec: JobSpec, role: str) -> InputFile | None:
    """The input file that plays a role."""
    return next((file for file in spec.inputs if file.role == role), None)
