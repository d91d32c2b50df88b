"""What a target proposes to whoever describes a job: resource sets, sizes that fit, and where its programs are."""

from typing import Annotated

from pydantic import Field

from argosy.core.errors import BadInput
from argosy.core.resources import DurationS, MemoryMiB, Resources
from argosy.core.slurm import SlurmWishes
from argosy.core.values import Count, Line, Value

ModuleName = Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._+/:@=-]*$")]
"""A name of an environment module, such as ``gcc/14.2.0``."""
_SetName = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
_Directory = Annotated[str, Field(max_length=4096, pattern=r"^/[^\x00\n:]*$")]


class ResourceSet(Value):
    """Resources that go together, under a name. A job that names it may still ask for something else."""

    name: _SetName
    title: Line = ""
    resources: Resources = Resources()
    slurm: SlurmWishes = SlurmWishes()


class SizeHint(Value):
    """What problems of up to ``up_to`` things (such as atoms) mostly need, from and to; the last has no end.

    It is a guide for people, not a limit.
    """

    of: Line = "atoms"
    up_to: Count | None = None
    cores: tuple[Count, Count]
    memory_mib: tuple[MemoryMiB, MemoryMiB]
    walltime_s: tuple[DurationS, DurationS]


class Program(Value):
    """Where a program is: in a directory, or behind modules that are loaded in this order; ``version`` as it says."""

    directory: _Directory | None = None
    modules: tuple[ModuleName, ...] = ()
    version: Line = ""


def set_named(name: str, sets: tuple[ResourceSet, ...], target: str) -> ResourceSet:
    """The resource set of that name; raises BadInput that names those that a target has."""
    found = next((one for one in sets if one.name == name), None)
    if found is None:
        names = ", ".join(one.name for one in sets)
        hint = (
            f"Its resource sets are: {names}."
            if names
            else f"It has none. See what it says: argosy target show {target}"
        )
        raise BadInput(f"target {target} has no resource set {name!r}", hint=hint)
    return found


def size_for(amount: int, sizes: tuple[SizeHint, ...]) -> SizeHint | None:
    """The first hint that reaches as far; None where there is none."""
    return next((one for one in sizes if one.up_to is None or amount <= one.up_to), None)
