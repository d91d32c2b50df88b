"""What a cluster offers, as its own commands print it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from argosy.core.command import Answer, Command
from argosy.core.offered import Offer
from argosy.core.quantities import MAX_DURATION_S
from argosy.core.slurm import Partition, QosLimits
from argosy.core.slurm import Slurm as Site
from argosy.schedulers.records import complete
from argosy.schedulers.slurm import forms
from argosy.schedulers.slurm.asking import ask, shell
from argosy.schedulers.slurm.modules import known_programs
from argosy.schedulers.slurm.refusals import trouble
from argosy.schedulers.slurm.sections import Section, read_sections

SECTIONS = ("partitions", "nodes", "qos", "user", "assoc", "config", "programs", "mpi", "modules")
_MPI = re.compile(r"[a-z][a-z0-9_/]*", re.ASCII)
_ALL = frozenset({"ALL", "", "(null)", "N/A"})
_PROGRAM = shell("survey.sh")

Described = TypeVar("Described", Partition, QosLimits)


class Associations(NamedTuple):
    """What the user may name: accounts, QOS, and which of them hold by themselves."""

    accounts: tuple[str, ...]
    qos: frozenset[str]
    defaults: dict[str, str]


def ask_survey(site: Site) -> Command:
    """The question about all of it."""
    return ask(site, _PROGRAM, known_programs())


def parse_survey(answer: Answer) -> Offer:
    """What the cluster offers to whoever asked."""
    found = read_sections(iter(complete(answer, 0)), SECTIONS)
    first = found["partitions"]
    if first.code:
        raise trouble("scontrol", first.code, "\n".join(first.lines))
    mine = associations(_lines(found, "user"), _lines(found, "assoc"))
    shapes = node_shapes(_lines(found, "nodes"))
    described = [line for line in map(forms.fields, first.lines) if line.get("PartitionName")]
    partitions = [one for line in described if _is_mine(line, mine) and (one := partition(line, shapes, mine.qos))]
    usual = [("partition", line["PartitionName"]) for line in described if line.get("Default") == "YES"]
    config = _config(_lines(found, "config"))
    return Offer(
        cluster=config.get("ClusterName", ""),
        version=config.get("SLURM_VERSION", ""),
        partitions=tuple(partitions),
        qos=tuple(_qos(_lines(found, "qos"), mine.qos)),
        accounts=mine.accounts,
        defaults=dict(usual) | mine.defaults,
        features=tuple(sorted({word for shape in shapes.values() for word in shape.features})),
        max_array=forms.number(config.get("MaxArraySize", "")),
        programs=dict(line.split("=", 1) for line in _lines(found, "programs") if "=" in line),
        mpi=tuple(mpi_kinds(_lines(found, "mpi"))),
        modules=tuple(modules(_lines(found, "modules"))),
        notes=tuple(_notes(found)),
    )


class Shape(NamedTuple):
    """The largest of a partition's nodes, by each measure."""

    cores: int = 0
    memory_mib: int = 0
    gpus: int = 0
    gpu_types: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()


def node_shapes(lines: Iterable[str]) -> Mapping[str, Shape]:
    """By partition, from ``sinfo``'s line for each kind of node."""
    found: dict[str, Shape] = {}
    for line in lines:
        parts = line.split("|")
        if len(parts) != 6:
            continue
        name, cores, memory, gres, features, _ = parts
        gpus, before = forms.gpus(gres), found.get(name, Shape())
        words = {word for word in features.split(",") if word not in _ALL}
        found[name] = Shape(
            cores=max(before.cores, forms.number(cores) or 0),
            memory_mib=max(before.memory_mib, forms.number(memory) or 0),
            gpus=max(before.gpus, sum(gpus.values())),
            gpu_types=before.gpu_types | {kind for kind in gpus if kind},
            features=before.features | words,
        )
    return found


def associations(users: Iterable[str], lines: Iterable[str]) -> Associations:
    """From ``sacctmgr``: one line for the user, one for each association ``account|qos,qos|default``."""
    accounts: dict[str, str] = {}
    allowed: set[str] = set()
    for line in lines:
        parts = line.split("|")
        if len(parts) != 3 or not parts[0]:
            continue
        accounts.setdefault(parts[0], parts[2])
        allowed |= {word.lstrip("+") for word in parts[1].split(",") if word}
    usual = next((line.strip() for line in users if line.strip() in accounts), "")
    defaults = {"account": usual} if usual else {}
    if accounts.get(usual):
        defaults["qos"] = accounts[usual]
    return Associations(tuple(accounts), frozenset(allowed), defaults)


def partition(line: Mapping[str, str], shapes: Mapping[str, Shape], allowed: frozenset[str]) -> Partition | None:
    """A partition from ``scontrol``'s line; None for one that cannot be named in a request."""
    name = line["PartitionName"]
    shape = shapes.get(name, Shape())
    named = line.get("AllowQos", "ALL")
    qos = [] if named in _ALL else [word for word in named.split(",") if not allowed or word in allowed]
    share = forms.number(line.get("DefMemPerCPU", ""))
    return _described(
        Partition,
        {
            "name": name,
            "cores": shape.cores or None,
            "memory_mib": shape.memory_mib or None,
            "memory_per_core_mib": share or None,
            "gpus": shape.gpus,
            "gpu_types": tuple(sorted(shape.gpu_types)),
            "max_nodes": forms.number(line.get("MaxNodes", "")) or None,
            "max_walltime_s": _limit_s(line.get("MaxTime", "")),
            "qos": tuple(qos),
        },
    )


def modules(lines: Iterable[str]) -> Iterator[str]:
    """Names of modules, without the directories that they lie in and marks such as ``(default)``; each once."""
    seen: set[str] = set()
    for line in lines:
        word = line.strip().partition("(")[0].rstrip("/")
        if word and not word.startswith("/") and not word.endswith(":") and " " not in word and word not in seen:
            seen.add(word)
            yield word


def mpi_kinds(lines: Iterable[str]) -> Iterator[str]:
    """The ways in which srun starts MPI programs, from ``srun --mpi=list``: one on a line, behind a heading."""
    for line in lines:
        word = line.removeprefix("srun:").strip()
        if _MPI.fullmatch(word) and word != "none":
            yield word


def _qos(lines: Iterable[str], allowed: frozenset[str]) -> Iterator[QosLimits]:
    for line in lines:
        parts = line.split("|")
        if len(parts) != 3 or (allowed and parts[0] not in allowed):
            continue
        nodes = forms.number(forms.tres(parts[2]).get("node", "")) or None
        facts = {"name": parts[0], "max_walltime_s": _limit_s(parts[1]), "max_nodes": nodes}
        if (found := _described(QosLimits, facts)) is not None:
            yield found


def _described(kind: type[Described], facts: Mapping[str, Any]) -> Described | None:
    try:
        return kind.model_validate(facts)
    except ValidationError:
        return None


def _is_mine(line: Mapping[str, str], mine: Associations) -> bool:
    """Whether one of the user's accounts may use a partition; groups are known to the cluster alone."""
    allowed = line.get("AllowAccounts", "ALL")
    denied = set(line.get("DenyAccounts", "").split(","))
    if not mine.accounts:
        return True
    if allowed not in _ALL:
        return bool(set(allowed.split(",")) & set(mine.accounts))
    return bool(set(mine.accounts) - denied)


def _limit_s(text: str) -> int | None:
    found = forms.seconds(text)
    return None if found is None or not 1 <= found <= MAX_DURATION_S else int(found)


def _config(lines: Iterable[str]) -> dict[str, str]:
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def _lines(found: Mapping[str, Section], name: str) -> list[str]:
    """What a command printed; nothing when it failed: that would be its complaint."""
    return [] if found[name].code else found[name].lines


def _notes(found: Mapping[str, Section]) -> Iterator[str]:
    what = {
        "nodes": "the nodes could not be read",
        "qos": "the limits of QOS could not be read",
        "assoc": "what your accounts allow could not be read",
    }
    for name, words in what.items():
        if found[name].code:
            said = next(iter(found[name].lines), f"exit code {found[name].code}")
            yield f"{words}: {said[:200]}"
    if not found["modules"].lines:
        yield "no modules are listed on the login node; some clusters have them on compute nodes only"
