"""What a job that waits in its scheduler's queue may ask for instead. Pure."""

from typing import Annotated

from pydantic import BeforeValidator, Field, Strict

from argosy.core.quantities import spell_duration, spell_memory
from argosy.core.resources import DurationS, MemoryMiB
from argosy.core.slurm import SlurmWord
from argosy.core.spec import JobSpec
from argosy.core.values import Value, as_whole

MOST_NICE = 10_000
_Nice = Annotated[int, Strict(), Field(ge=0, le=MOST_NICE), BeforeValidator(as_whole)]
_PLACES = ("account", "partition", "qos", "constraint", "reservation", "begin")


class Alteration(Value):
    """What shall be asked for instead; None leaves it as it is.

    ``nice`` lets others come first: the larger, the more of them.
    """

    walltime_s: DurationS | None = None
    memory_mib: MemoryMiB | None = None
    nice: _Nice | None = None
    account: SlurmWord | None = None
    partition: SlurmWord | None = None
    qos: SlurmWord | None = None
    constraint: SlurmWord | None = None
    reservation: SlurmWord | None = None
    begin: SlurmWord | None = None

    def words(self) -> str:
        """What is asked for, in one line for people."""
        said = {
            "walltime": spell_duration(self.walltime_s) if self.walltime_s else None,
            "memory": spell_memory(self.memory_mib) if self.memory_mib else None,
            "nice": self.nice,
            **{name: getattr(self, name) for name in _PLACES},
        }
        return ", ".join(f"{name} {value}" for name, value in said.items() if value is not None)

    def after(self, earlier: "Alteration | None") -> "Alteration":
        """This one on top of an earlier one."""
        before = earlier.model_dump(exclude_none=True) if earlier else {}
        return Alteration.model_validate(before | self.model_dump(exclude_none=True))


def altered(spec: JobSpec, change: Alteration | None) -> JobSpec:
    """The job as it would be with these changes, if there are any."""
    if change is None:
        return spec
    asked = {"walltime_s": change.walltime_s, "memory_mib": change.memory_mib}
    places = {name: getattr(change, name) for name in _PLACES}
    return spec.model_copy(
        update={
            "resources": spec.resources.model_copy(update={k: v for k, v in asked.items() if v is not None}),
            "slurm": spec.slurm.model_copy(update={k: v for k, v in places.items() if v is not None}),
        }
    )
