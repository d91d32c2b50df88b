"""How much may run at once on a target. Pure."""

from collections.abc import Iterable, Sequence

from argosy.core.findings import Finding, error
from argosy.core.resources import Resources
from argosy.core.target import Limits, Target
from argosy.core.values import Value

SHORT_S = 1.0
LANE_S = 8.0
DEEPEST = 512


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

    def beside(self, other: "Load") -> "Load":
        """Both loads at the same time."""
        return Load(
            running=self.running + other.running,
            cpus=self.cpus + other.cpus,
            memory_mib=self.memory_mib + other.memory_mib,
        )

    def larger(self, other: "Load") -> "Load":
        """The room that holds either load, one after the other."""
        return Load(
            running=max(self.running, other.running),
            cpus=max(self.cpus, other.cpus),
            memory_mib=max(self.memory_mib, other.memory_mib),
        )


class Standing(Value):
    """A lane that is under way: the room that it takes, and how many jobs still wait in it."""

    room: Load
    waiting: int


class Filled(Value):
    """Which jobs of a queue, by their places in it, are handed in now: new lanes, and more for those under way."""

    begun: tuple[tuple[int, ...], ...] = ()
    behind: tuple[tuple[int, ...], ...] = ()


def load_of(live: Iterable[Resources]) -> Load:
    """The load of all live attempts together."""
    load = Load()
    for resources in live:
        load = load.plus(resources)
    return load


def load_of_lanes(live: Iterable[tuple[str, Resources]]) -> Load:
    """The load of live attempts with their lanes: each lane takes the room of its largest, whatever waits in it."""
    lanes: dict[str, Load] = {}
    load = Load()
    for lane, resources in live:
        one = Load().plus(resources)
        if lane:
            lanes[lane] = one.larger(lanes.get(lane, one))
        else:
            load = load.beside(one)
    for one in lanes.values():
        load = load.beside(one)
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


def lanes(
    limits: Limits, load: Load, queue: Sequence[Resources], *, depth: int, standing: Sequence[Standing] = ()
) -> Filled:
    """Which of the queue are handed in now, in lanes whose jobs run one after another.

    The first of each new lane starts at once, as ``how_many_start`` allows. Behind it, and behind what waits in lanes
    that are ``standing`` already, stand at most ``depth`` others that ask for no more room than the lane has, in order
    and without overtaking. A lane that is half full is left alone: it does not run dry before the next look.
    """
    begun = [[place] for place in range(how_many_start(limits, load, queue))]
    behind: list[list[int]] = [[] for _ in standing]
    filled = [(0, Load().plus(queue[lane[0]]), lane) for lane in begun]
    filled += [
        (one.waiting + 1, one.room, lane)
        for one, lane in zip(standing, behind, strict=True)
        if one.waiting <= depth // 2
    ]
    for place in range(len(begun), len(queue)):
        asked = Load().plus(queue[place])
        open_ones = [
            (before + len(lane), lane)
            for before, room, lane in filled
            if before + len(lane) <= depth and room.larger(asked) == room
        ]
        if not open_ones:
            break
        min(open_ones, key=lambda one: one[0])[1].append(place)
    return Filled(begun=tuple(map(tuple, begun)), behind=tuple(map(tuple, behind)))


def depth_of_lanes(longest_s: float) -> int:
    """How many jobs may wait behind another, if the latest took so many seconds at most.

    As many as are over in ``LANE_S``: longer than a round takes, so that no lane runs dry meanwhile. Whoever takes
    longer than ``SHORT_S`` is worth a look and a start of his own, and nobody shall stand behind him.
    """
    return 0 if longest_s > SHORT_S else min(int(LANE_S / max(longest_s, 0.001)), DEEPEST)


def never_fits(target: Target, resources: Resources) -> tuple[Finding, ...]:
    """Errors for a job that is larger than everything the target may run at once."""
    asked = Load().plus(resources)
    if fits(target.limits, asked.model_copy(update={"running": 0})):
        return ()
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
