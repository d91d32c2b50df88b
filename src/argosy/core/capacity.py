"""How much may run at once on a target. Pure."""

from collections.abc import Iterable, Sequence

from argosy.core.findings import Finding, error
from argosy.core.resources import Resources
from argosy.core.target import Limits, Target
from argosy.core.values import Value


class Load(Value):
    """What the live attempts of a target hold."""

    running: int = 0
    cpus: int = 0
    memory_mib: int = 0

    def plus(self, resources: Resources) -> "Load":
        """The load with one more job."""
        return Load(
            running=self.running + 1,
            cpus=self.cpus + resources.total_cpus,
            memory_mib=self.memory_mib + (resources.memory_mib or 0),
        )


def load_of(live: Iterable[Resources]) -> Load:
    """The load of all live attempts together."""
    load = Load()
    for resources in live:
        load = load.plus(resources)
    return load


def fits(limits: Limits, load: Load) -> bool:
    """Whether a load stays within the limits."""
    return all(
        cap is None or used <= cap
        for cap, used in (
            (limits.running, load.running),
            (limits.cpus, load.cpus),
            (limits.memory_mib, load.memory_mib),
        )
    )


def how_many_start(limits: Limits, load: Load, queue: Sequence[Resources]) -> int:
    """How many jobs from the head of the queue may start now, in order and without overtaking.

    No overtaking means that a wide job is not starved by narrow ones behind it.
    """
    for count, resources in enumerate(queue):
        load = load.plus(resources)
        if not fits(limits, load):
            return count
    return len(queue)


def room_in_queue(limits: Limits, load: Load) -> int:
    """An upper bound on how many more jobs can start now; how many queued ones are worth looking at."""
    return 1_000 if limits.running is None else max(limits.running - load.running, 0)


def never_fits(target: Target, resources: Resources) -> tuple[Finding, ...]:
    """Errors for a job that is larger than everything the target may run at once."""
    asked = Load().plus(resources)
    pairs = (
        ("cpus", target.limits.cpus, asked.cpus, "cpus"),
        ("memory", target.limits.memory_mib, asked.memory_mib, "MiB of memory"),
    )
    return tuple(
        error(
            word,
            f"the job asks for {used} {unit}, but target {target.name} lets jobs use {cap} at once",
            remedy=f"Ask for less, or raise the limit with 'argosy target edit {target.name}'.",
        )
        for word, cap, used, unit in pairs
        if cap is not None and used > cap
    )
