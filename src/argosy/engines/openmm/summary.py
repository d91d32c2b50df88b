"""Reading ``summary.json``, the program's own account of its run."""

import math

from pydantic import ConfigDict, Field, ValidationError

from argosy.core.outputs import Outputs
from argosy.core.values import Value

SUMMARY = "summary.json"


class _Told(Value):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Measured(_Told):
    """A number with its unit."""

    value: float
    unit: str = ""


class Summary(_Told):
    """The facts of a run. ``steps_done`` and ``steps_planned`` are of this run, ``step`` may count on from another.

    ``resumed_from_step`` is the step of the checkpoint that it began with, if it did.
    """

    completed: bool = False
    status: str = ""
    reason: str = ""
    platform: str = ""
    atoms: int | None = None
    waters: int | None = None
    ions: dict[str, int] = Field(default_factory=dict)
    steps_planned: int | None = None
    steps_done: int | None = None
    step: int | None = None
    resumed_from_step: int | None = None
    simulated_time: Measured | None = None
    final: dict[str, Measured] = Field(default_factory=dict)
    speed: Measured | None = None
    wall_time_s: float | None = None

    @property
    def is_finite(self) -> bool:
        """Whether every final quantity is a number."""
        return all(math.isfinite(found.value) for found in self.final.values())


def read_summary(outputs: Outputs) -> Summary | None:
    """The summary that a run left; None when there is none or it cannot be read."""
    try:
        return Summary.model_validate_json(outputs.text(SUMMARY))
    except ValidationError:
        return None
