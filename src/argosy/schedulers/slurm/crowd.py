"""How full a cluster is, as its own commands print it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from argosy.core.command import Answer, Command
from argosy.core.crowd import Allowance, Crowd, PartitionNow, Queue
from argosy.core.errors import Garbled
from argosy.core.sighting import Presence
from argosy.core.slurm import Slurm as Site
from argosy.schedulers.records import complete
from argosy.schedulers.slurm import forms
from argosy.schedulers.slurm.asking import ask, shell
from argosy.schedulers.slurm.refusals import trouble
from argosy.schedulers.slurm.sections import Section, read_sections
from argosy.schedulers.slurm.states import read_state

SECTIONS = ("partitions", "nodes", "queue", "qos", "assoc", "shares")
_NEEDED = {"partitions": "sinfo", "nodes": "sinfo", "queue": "squeue"}
_PROGRAM = shell("crowd.sh")
_WIDTHS = (80, 80, 40, 60, 200, 200)
_MARKS = "*~#%$@^!-+"
_FREE, _PARTLY = frozenset({"idle"}), frozenset({"mixed", "mix"})
_FULL = frozenset({"allocated", "alloc", "completing", "comp"})


class Node(NamedTuple):
    """A node in one of its partitions. ``cpus`` are allocated, idle, other, all."""

    partition: str
    name: str
    state: str
    cpus: tuple[int, int, int, int]
    gpus: Mapping[str, int]
    gpus_used: Mapping[str, int]


def ask_crowd(site: Site) -> Command:
    """The question about all of it."""
    return ask(site, _PROGRAM, ())


def parse_crowd(answer: Answer) -> Crowd:
    """How full it is, and what the one who asked may have."""
    lines = iter(complete(answer, 0))
    word, _, me = next(lines, "").partition(" ")
    if word != "me" or not me:
        raise Garbled("the answer does not begin with who asked")
    found = read_sections(lines, SECTIONS)
    for name, program in _NEEDED.items():
        if found[name].code:
            raise trouble(program, found[name].code, "\n".join(found[name].lines))
    nodes = [node for line in found["nodes"].lines if (node := read_node(line))]
    queues = read_queues(found["queue"].lines, me)
    partitions = [
        _now(name, [node for node in nodes if node.partition == name], queues.get(name, Queue()), up=up == "up")
        for name, up in _partitions(found["partitions"].lines)
    ]
    return Crowd(partitions=tuple(partitions), allowances=tuple(_allowances(found)), notes=tuple(_notes(found)))


def read_node(line: str) -> Node | None:
    """A row of fixed columns; None for one that is none."""
    parts: list[str] = []
    for width in _WIDTHS:
        parts.append(line[:width].strip())
        line = line[width:]
    name, node, state, cpus, gres, used = parts
    counts = [forms.number(part) for part in cpus.split("/")]
    if not name or not node or len(counts) != 4 or any(count is None for count in counts):
        return None
    allocated, idle, other, every = (count or 0 for count in counts)
    return Node(
        name.rstrip("*"), node, state.rstrip(_MARKS).lower(), (allocated, idle, other, every),
        forms.gpus(gres), forms.gpus(used),
    )  # fmt: skip


def read_queues(lines: Iterable[str], me: str) -> Mapping[str, Queue]:
    """By partition, how many jobs wait and run. A job that waits for one of several partitions counts in each."""
    counts: dict[str, Counter[str]] = {}
    for line in lines:
        parts = line.split("|")
        state = read_state(parts[1]) if len(parts) == 4 else None
        if state is None or state.presence is Presence.OVER:
            continue
        word = "waiting" if state.presence is Presence.PENDING else "running"
        for name in parts[0].split(","):
            counts.setdefault(name, Counter())[f"{word}_{'mine' if parts[2] == me else 'others'}"] += 1
    return {name: Queue(**count) for name, count in counts.items()}


def _partitions(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Each partition once, and whether it is up."""
    pairs = [line.split("|") for line in lines]
    return list({parts[0]: parts[1] for parts in pairs if len(parts) == 3 and parts[0]}.items())


def _now(name: str, nodes: Sequence[Node], queue: Queue, *, up: bool) -> PartitionNow:
    working = [node for node in nodes if _kind(node) != "away"]
    kinds = Counter(_kind(node) for node in nodes)
    total = _sum(node.gpus for node in nodes)
    free = _sum(
        {kind: max(count - node.gpus_used.get(kind, 0), 0) for kind, count in node.gpus.items()} for node in working
    )
    return PartitionNow(
        name=name,
        up=up,
        nodes_free=kinds["free"],
        nodes_partly=kinds["partly"],
        nodes_full=kinds["full"],
        nodes_away=kinds["away"],
        cpus_free=sum(node.cpus[1] for node in working),
        cpus=sum(node.cpus[3] for node in nodes),
        gpus_free=free,
        gpus=total,
        queue=queue,
    )


def _kind(node: Node) -> str:
    words = {_FREE: "free", _PARTLY: "partly", _FULL: "full"}
    return next((word for states, word in words.items() if node.state in states), "away")


def _sum(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    whole: Counter[str] = Counter()
    for part in parts:
        whole.update(part)
    return dict(whole)


def _allowances(found: Mapping[str, Section]) -> Iterator[Allowance]:
    shares = dict(_shares(_lines(found, "shares")))
    allowed: set[str] = set()
    for line in _lines(found, "assoc"):
        parts = line.split("|")
        if len(parts) == 5 and parts[0]:
            allowed |= {word.lstrip("+") for word in parts[1].split(",") if word}
            limits = _said(("running", "submitted", "all together"), parts[2:])
            yield Allowance(name=parts[0], kind="account", limits=limits, fair_share=shares.get(parts[0]))
    for line in _lines(found, "qos"):
        parts = line.split("|")
        if len(parts) == 5 and parts[0] in allowed:
            words = ("running", "submitted", "held by me", "held by all")
            if limits := _said(words, parts[1:]):
                yield Allowance(name=parts[0], kind="qos", limits=limits)


def _said(words: Sequence[str], values: Sequence[str]) -> dict[str, str]:
    return {word: value for word, value in zip(words, values, strict=True) if value}


def _shares(lines: Iterable[str]) -> Iterator[tuple[str, float]]:
    for line in lines:
        parts = line.split("|")
        share = forms.share(parts[-1]) if len(parts) >= 7 else None
        if share is not None:
            yield parts[0].strip(), share


def _lines(found: Mapping[str, Section], name: str) -> list[str]:
    return [] if found[name].code else found[name].lines


def _notes(found: Mapping[str, Section]) -> Iterator[str]:
    what = {"qos": "the limits of QOS", "assoc": "the limits of your accounts", "shares": "your fair share"}
    for name, words in what.items():
        if found[name].code:
            said = next(iter(found[name].lines), f"exit code {found[name].code}")
            yield f"{words} could not be read: {said[:200]}"
