"""How full a cluster is now, and how long its queues take. Pure."""

from collections.abc import Iterable, Mapping
from statistics import median

from pydantic import Field

from argosy.core.report import Account
from argosy.core.room import Room
from argosy.core.values import Value

FEWEST = 3
"""From fewer jobs nothing is concluded."""


class Queue(Value):
    """Jobs of a partition that wait or run: how many are mine and how many others', and what those that run hold."""

    waiting_mine: int = 0
    waiting_others: int = 0
    running_mine: int = 0
    running_others: int = 0


class Waits(Value):
    """How long ``jobs`` of ours stood in a queue before they started: half of them less than ``median_s``."""

    jobs: int
    median_s: float
    longest_s: float


class PartitionNow(Value):
    """One partition. ``away`` are nodes that take no jobs: down, drained, reserved. GPUs are by kind."""

    name: str
    up: bool = True
    nodes_free: int = 0
    nodes_partly: int = 0
    nodes_full: int = 0
    nodes_away: int = 0
    cpus_free: int = 0
    cpus: int = 0
    gpus_free: dict[str, int] = Field(default_factory=dict)
    gpus: dict[str, int] = Field(default_factory=dict)
    queue: Queue = Queue()
    waited: Waits | None = None


class Allowance(Value):
    """What I may have at once under an account or QOS, as the cluster says it; ``fair_share`` between 0 and 1."""

    name: str
    kind: str
    limits: dict[str, str] = Field(default_factory=dict)
    fair_share: float | None = None
    used: str = ""


class Crowd(Value):
    """A cluster now, and the room where the files of jobs lie. ``notes`` name what could not be read."""

    target: str = ""
    partitions: tuple[PartitionNow, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    rooms: tuple[Room, ...] = ()
    notes: tuple[str, ...] = ()


def with_history(crowd: Crowd, target: str, accounts: Iterable[Account]) -> Crowd:
    """The crowd with how long our own jobs have waited in each partition, where enough of them are known."""
    waits = waited(target, accounts)
    partitions = [one.model_copy(update={"waited": waits.get(one.name)}) for one in crowd.partitions]
    return crowd.model_copy(update={"target": target, "partitions": tuple(partitions)})


def waited(target: str, accounts: Iterable[Account]) -> Mapping[str, Waits]:
    """By partition, how long jobs on a target stood in its queue; nothing where they are too few."""
    known: dict[str, list[float]] = {}
    for account in accounts:
        for run in account.spent.values():
            if account.target == target and run.waited_s is not None and run.partition:
                known.setdefault(run.partition, []).append(run.waited_s)
    return {
        name: Waits(jobs=len(times), median_s=median(times), longest_s=max(times))
        for name, times in known.items()
        if len(times) >= FEWEST
    }
