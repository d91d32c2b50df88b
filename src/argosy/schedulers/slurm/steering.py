"""Jobs that wait are held, let go or changed; and read back, since Slurm refuses some things without a word."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from argosy.contracts import Order
from argosy.contracts.queue import Steered, Steering
from argosy.core.alteration import Alteration
from argosy.core.cluster import nodes_of, partition_of
from argosy.core.command import Answer, Command
from argosy.core.errors import Garbled
from argosy.core.names import unspell
from argosy.core.sighting import Presence
from argosy.core.slurm import Slurm as Site
from argosy.schedulers.records import complete
from argosy.schedulers.slurm import forms, rows
from argosy.schedulers.slurm.asking import ask, shell
from argosy.schedulers.slurm.directives import clock
from argosy.schedulers.slurm.refusals import not_changed, trouble
from argosy.schedulers.slurm.states import read_state

_PROGRAM = shell("steer.sh")
_FIELDS = 10
_PLAIN_KEYS = {"account": "Account", "partition": "Partition", "qos": "QOS", "constraint": "Features"}
_HELD = "JobHeld"


class Berth(NamedTuple):
    """How a job stands in the queue, in Slurm's words."""

    number: str
    state: str
    reason: str
    nice: str
    walltime: str
    partition: str
    qos: str
    account: str
    memory: str
    reservation: str


def steer(site: Site, orders: Sequence[Order], wish: Steering) -> Command:
    """The command that does it, and reads back how the jobs stand then. What one asks for is changed of it alone."""
    words, walltime = [str(wish)], ""
    if isinstance(wish, Alteration):
        (order,) = orders
        words = [f"{key}={value}" for key, value in _asked(site, order, wish)]
        # Only our own wrapper holds its program to a walltime; a job that we did not start has none.
        ours = order.directory.startswith("/")
        walltime = str(wish.walltime_s) if ours and wish.walltime_s is not None else ""
    attempts = chain.from_iterable((order.token, unspell(order.directory)) for order in orders)
    return ask(site, _PROGRAM, (walltime, str(len(words)), *words, *attempts))


def parse_steer(site: Site, orders: Sequence[Order], wish: Steering, answer: Answer) -> Mapping[str, Steered]:
    """What became of each, by token."""
    lines = complete(answer, len(orders))
    if lines and lines[0].startswith("queue "):
        code, said = _said(iter(lines))
        raise trouble("squeue", code, said)
    berths = {berth.number: berth for line in lines if (berth := read_berth(line))}
    rest = iter(lines)
    return {order.token: _steered(site, order, wish, _answered(order, rest, berths)) for order in orders}


class _Answered(NamedTuple):
    """What was said of one: how it stands in the queue, and what was done; ``word`` is missing, begun or done."""

    berth: Berth | None
    word: str
    code: int = 0
    said: str = ""


def _answered(order: Order, lines: Iterator[str], berths: Mapping[str, Berth]) -> _Answered:
    head, *numbers = next(lines, "").split(" ")[1:] or [""]
    if head != order.token:
        raise Garbled(f"the answer about {order.token} is missing, or about {head[:100]!r}")
    berth = next((berths[number] for number in numbers if number in berths), None)
    line = next(lines, "")
    word = line.removeprefix("steer ")
    if word in {"missing", "begun"} and word != line:
        return _Answered(berth, word)
    code, said = _said(chain((line,), lines))
    return _Answered(berth, "done", code, said)


def _said(lines: Iterator[str]) -> tuple[int, str]:
    """An exit code, and the lines that follow with what was said."""
    head = next(lines, "")
    word, _, rest = head.partition(" ")
    code, _, count = rest.partition(" ")
    if word not in {"steer", "queue"} or not code.isdecimal() or not count.isdecimal():
        raise Garbled(f"an answer about jobs that wait has the line {head[:200]!r}")
    return int(code), "\n".join(rows.taken(lines, int(count), "said "))


def _steered(site: Site, order: Order, wish: Steering, done: _Answered) -> Steered:
    if done.word != "done":
        return Steered(missing=done.word == "missing", begun=done.word == "begun")
    berth = done.berth
    if berth is not None and _runs(berth) and (wish == "hold" or done.code != 0):
        return Steered(begun=True)
    if done.code != 0:
        return Steered(refusal=not_changed(done.code, done.said))
    if berth is None:  # what was let go may be over already
        return Steered(missing=wish != "release")
    return Steered(unmet=tuple(_unmet(site, order, wish, berth)))


def read_berth(line: str) -> Berth | None:
    """A row of our format; None for a line that is none."""
    parts = line.removeprefix("row ").split("|")
    return Berth(*parts[:_FIELDS]) if line.startswith("row ") and len(parts) > _FIELDS else None


def _runs(berth: Berth) -> bool:
    state = read_state(berth.state)
    return state is not None and state.presence is not Presence.PENDING


def _asked(site: Site, order: Order, change: Alteration) -> Iterator[tuple[str, str]]:
    """What ``scontrol update`` is told."""
    if change.walltime_s is not None:
        yield "TimeLimit", clock(change.walltime_s)
    if change.memory_mib is not None:
        yield _memory(site, order)
    if change.nice is not None:
        yield "Nice", str(change.nice)
    for name, key in _PLAIN_KEYS.items():
        if (value := getattr(change, name)) is not None:
            yield key, value
    if change.reservation is not None:
        yield "ReservationName", change.reservation
    if change.begin is not None:
        yield "StartTime", change.begin


def _memory(site: Site, order: Order) -> tuple[str, str]:
    resources = order.spec.resources
    whole = resources.memory_mib or 0
    if site.memory == "cpu":
        return "MinMemoryCPU", f"{math.ceil(whole / resources.total_cpus)}"
    nodes = nodes_of(resources, site, partition_of(site, site.wishes(order.spec.slurm)))
    return "MinMemoryNode", f"{math.ceil(whole / nodes)}"


def _unmet(site: Site, order: Order, wish: Steering, berth: Berth) -> Iterator[str]:
    """What does not read as it was wished. Features and times to begin are left to Slurm's own word."""
    held = berth.reason.startswith(_HELD)
    if isinstance(wish, str):
        if held is not (wish == "hold"):
            yield f"Slurm says {berth.reason}"
        return
    if wish.walltime_s is not None and forms.seconds(berth.walltime) != math.ceil(wish.walltime_s / 60) * 60:
        yield f"its walltime is {berth.walltime}"
    if wish.memory_mib is not None and (forms.size(berth.memory) or 0) >> 20 != int(_memory(site, order)[1]):
        yield f"its memory is {berth.memory}"
    if wish.nice is not None and berth.nice != str(wish.nice):
        yield f"its niceness is {berth.nice}"
    for name in ("account", "partition", "qos", "reservation"):
        wanted = getattr(wish, name)
        if wanted is not None and getattr(berth, name) != wanted:
            yield f"its {name} is {getattr(berth, name)}"
