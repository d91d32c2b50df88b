"""What a job has really used, how that compares with what it asked for, and what to ask for next time. Pure."""

import math
from collections.abc import Iterator

from pydantic import Field

from argosy.core.findings import Finding, suggestion
from argosy.core.quantities import spell_duration, spell_memory
from argosy.core.values import Value


class Spent(Value):
    """What the books of a scheduler say of one attempt that is over; None where they do not say.

    ``cpus``, ``gpus`` and ``nodes`` are what it held for ``elapsed_s``; ``cpu_s`` is processor time that was used.
    ``memory_mib`` is the whole job's share, ``peak_memory_mib`` the most that one of its steps used, which is sampled:
    short peaks are missed. ``gpu_share`` between 0 and 1 is how busy its GPUs were. ``billing`` is the cluster's own
    price of an hour. ``waited_s`` is how long it stood in the queue.
    """

    elapsed_s: float = Field(ge=0)
    cpus: int = Field(ge=0)
    gpus: int = Field(default=0, ge=0)
    gpu_types: dict[str, int] = Field(default_factory=dict)
    nodes: int = Field(default=1, ge=0)
    node_list: str = ""
    cpu_s: float | None = Field(default=None, ge=0)
    memory_mib: int | None = Field(default=None, ge=0)
    peak_memory_mib: int | None = Field(default=None, ge=0)
    walltime_s: float | None = Field(default=None, ge=0)
    gpu_share: float | None = Field(default=None, ge=0)
    billing: float | None = Field(default=None, ge=0)
    waited_s: float | None = Field(default=None, ge=0)
    partition: str = ""
    qos: str = ""
    account: str = ""
    handle: str = ""

    @property
    def core_hours(self) -> float:
        """Processors times hours that were held."""
        return self.cpus * self.elapsed_s / 3600

    @property
    def gpu_hours(self) -> float:
        """GPUs times hours that were held."""
        return self.gpus * self.elapsed_s / 3600

    @property
    def cpu_efficiency(self) -> float | None:
        """The part of its processors' time that was used."""
        held_s = self.cpus * self.elapsed_s
        return None if self.cpu_s is None or held_s <= 0 else self.cpu_s / held_s

    @property
    def memory_efficiency(self) -> float | None:
        """The part of its memory that was used."""
        if not self.memory_mib or self.peak_memory_mib is None:
            return None
        return self.peak_memory_mib / self.memory_mib

    @property
    def walltime_efficiency(self) -> float | None:
        """The part of its walltime that it took."""
        return None if not self.walltime_s else self.elapsed_s / self.walltime_s


_SHORT_S = 60
"""What took less is no guide to anything."""
_IDLE = 0.5
_FULL = 0.95
_ROOM = 1.25
_LITTLE_MIB = 1024
_LITTLE_S = 900
_EARLY = 0.5
_GPU_IDLE = 0.2


def advice(spent: Spent) -> tuple[Finding, ...]:
    """What to ask for next time; nothing where it fits, or where the job was too short to tell."""
    if spent.elapsed_s < _SHORT_S:
        return ()
    return (*_of_cpus(spent), *_of_gpus(spent), *_of_memory(spent), *_of_walltime(spent))


def _of_cpus(spent: Spent) -> Iterator[Finding]:
    share = spent.cpu_efficiency
    if share is None or share >= _IDLE or spent.cpus <= 1:
        return
    busy = share * spent.cpus
    yield suggestion(
        "cpus",
        f"only {busy:.1f} of its {spent.cpus} processors were busy, on average",
        remedy=f"Ask for about {max(math.ceil(busy * 1.2), 1)}, or see that the program uses all of them.",
    )


def _of_gpus(spent: Spent) -> Iterator[Finding]:
    if spent.gpus and spent.gpu_share is not None and spent.gpu_share < _GPU_IDLE:
        yield suggestion(
            "gpus",
            f"its {spent.gpus} GPUs were busy for {spent.gpu_share:.0%} of the time",
            remedy="See that the program uses them, or ask for fewer.",
        )


def _of_memory(spent: Spent) -> Iterator[Finding]:
    share, peak, asked = spent.memory_efficiency, spent.peak_memory_mib, spent.memory_mib
    if share is None or peak is None or asked is None:
        return
    enough = _rounded_mib(peak * _ROOM)
    if share > _FULL:
        what = (
            f"it used {spell_memory(peak)} of its {spell_memory(asked)}: a little more, and it would have been killed"
        )
        yield suggestion("memory", what, remedy=f"Ask for --memory {spell_memory(enough)}.")
    elif _is_much(spent):
        what = f"it used at most {spell_memory(peak)} of its {spell_memory(asked)}"
        yield suggestion("memory", what, remedy=f"Ask for --memory {spell_memory(enough)}: it may start earlier.")


def memory_enough_mib(spent: Spent) -> int | None:
    """What it should have asked for, where that was too little or much too much; None where it fits."""
    share, peak = spent.memory_efficiency, spent.peak_memory_mib
    if share is None or peak is None or spent.elapsed_s < _SHORT_S:
        return None
    return _rounded_mib(peak * _ROOM) if share > _FULL or _is_much(spent) else None


def _is_much(spent: Spent) -> bool:
    share, left = spent.memory_efficiency, (spent.memory_mib or 0) - _rounded_mib((spent.peak_memory_mib or 0) * _ROOM)
    return share is not None and share < _IDLE and left >= _LITTLE_MIB


def _of_walltime(spent: Spent) -> Iterator[Finding]:
    share, asked = spent.walltime_efficiency, spent.walltime_s
    if share is None or asked is None:
        return
    enough = math.ceil(spent.elapsed_s * 1.5 / 300) * 300
    if share < _EARLY and asked - enough >= _LITTLE_S:
        what = f"it took {spell_duration(spent.elapsed_s)} of its {spell_duration(asked)}"
        words = spell_duration(enough).replace(" ", "")
        yield suggestion(
            "walltime", what, remedy=f"Ask for --walltime {words}: shorter jobs find gaps and start earlier."
        )


def _rounded_mib(mebibytes: float) -> int:
    """Up to a number that people would write."""
    step = 1024 if mebibytes > 4096 else 256
    return max(math.ceil(mebibytes / step) * step, step)
