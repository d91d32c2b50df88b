"""A goal that a chain of jobs goes on to by itself: so much simulated time, or so many steps. Pure."""

import math
import re
from typing import Literal

from pydantic import Field

from argosy.core.errors import BadInput
from argosy.core.values import Real, Value

MOST_FAILURES = 2
"""A chain ends with the link that is the so manyth in a row to fail."""

_MOST = 1e15
_FS_PER_NS = 1e6
_UNITS_NS = {"fs": 1e-6, "ps": 1e-3, "ns": 1.0, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6}
_AMOUNT = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*(fs|ps|ns|us|µs|ms|steps?)", re.IGNORECASE)


class Aim(Value):
    """How far a chain shall come, counted from step 0 of its run."""

    amount: Real = Field(gt=0, le=_MOST)
    unit: Literal["ns", "steps"]

    @property
    def words(self) -> str:
        """As people say it."""
        return f"{self.amount:,.0f} steps" if self.unit == "steps" else f"{self.amount:,.10g} ns"

    def last_step(self, timestep_fs: float | None) -> int | None:
        """The step at which it is reached, with steps of so many fs; None when that is not known."""
        if self.unit == "steps":
            return math.ceil(self.amount)
        if timestep_fs is None or timestep_fs <= 0:
            return None
        # Rounded first: 300 ns in steps of 2 fs are 150,000,000, whatever the last digit of a division is.
        return math.ceil(round(self.amount * _FS_PER_NS / timestep_fs, 3))


class Goal(Value):
    """What a job is to be gone on from, by itself, until it is reached.

    ``failures`` counts the links before this one that failed in a row. ``settled`` says what became of it, once that is
    decided for this job: it is reached, another job goes on, or why none does.
    """

    aim: Aim
    by: str
    failures: int = Field(default=0, ge=0)
    settled: str = ""

    @property
    def is_open(self) -> bool:
        """Whether something is still to be decided."""
        return not self.settled


def reopened(goal: Goal | None) -> Goal | None:
    """The goal as a further try at the same job has it: nothing is decided yet."""
    return None if goal is None else goal.model_copy(update={"settled": ""})


class Standing(Value):
    """How far a run came, as its files tell.

    ``began`` is the step it started from, ``step`` the last one from whose files it can be gone on; None when there is
    none. ``timestep_fs`` is the length of a step.
    """

    began: int
    step: int | None = None
    timestep_fs: float | None = None


def read_aim(text: str) -> Aim:
    """``300ns``, ``1.5 us`` or ``2000000 steps``; raises BadInput for anything else."""
    match = _AMOUNT.fullmatch(text.strip())
    unit = match[2].lower() if match else ""
    one = 1.0 if unit.startswith("step") else _UNITS_NS.get(unit)
    amount = float(match[1]) * one if match and one else 0.0
    if not 0 < amount <= _MOST:
        raise BadInput(f"{text[:60]!r} is no goal", hint="Write it like 300ns, 1.5us, 500ps or 2000000steps.")
    return Aim(amount=amount, unit="steps" if unit.startswith("step") else "ns")
