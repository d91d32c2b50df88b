"""What a job needs from a machine, in the words of the science and never a scheduler's flag."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, Strict

from argosy.core.errors import BadInput
from argosy.core.quantities import (
    MAX_DURATION_S,
    MAX_SIZE_MIB,
    parse_duration_s,
    parse_memory_mib,
    spell_duration,
    spell_memory,
)
from argosy.core.values import Value, Whole, as_whole


def _memory(given: object) -> object:
    return _told(parse_memory_mib, given) if isinstance(given, str) else as_whole(given)


def _duration(given: object) -> object:
    return _told(parse_duration_s, given) if isinstance(given, str) else as_whole(given)


def _told(parse: Callable[[str], int], given: str) -> int:
    try:
        return parse(given)
    except BadInput as refusal:
        raise ValueError(f"{refusal.message}. {refusal.hint}".strip()) from None


# What the description of the door promises of texts: the plainest spellings. More are understood.
_MemoryWord = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}(\.[0-9]{1,3})? ?[KMGT](iB|B)?$", examples=["16GiB"])]
_DurationWord = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}(\.[0-9]{1,3})? ?(d|h|min|m|s)$", examples=["4h"])]
_MemoryNumber = Annotated[int, Field(ge=1, le=MAX_SIZE_MIB)]
_DurationNumber = Annotated[int, Field(ge=1, le=MAX_DURATION_S)]

MemoryMiB = Annotated[
    int,
    Strict(),
    Field(ge=1, le=MAX_SIZE_MIB),
    BeforeValidator(_memory, json_schema_input_type=_MemoryNumber | _MemoryWord),
]
DurationS = Annotated[
    int,
    Strict(),
    Field(ge=1, le=MAX_DURATION_S),
    BeforeValidator(_duration, json_schema_input_type=_DurationNumber | _DurationWord),
]


_LONGEST_COUNT = 12


class Resources(Value):
    """Nodes, tasks, cpus, gpus, memory and walltime of one job.

    ``tasks`` counts processes over all nodes, ``cpus`` is per task, ``gpus`` and ``memory_mib`` are for the whole job.
    ``memory_mib`` and ``walltime_s`` may be given as text such as ``16GiB`` and ``4h``; None leaves it to the target.
    """

    nodes: Whole = Field(default=1, ge=1, le=100_000)
    tasks: Whole = Field(default=1, ge=1, le=10_000_000)
    cpus: Whole = Field(default=1, ge=1, le=100_000)
    gpus: Whole = Field(default=0, ge=0, le=100_000)
    memory_mib: MemoryMiB | None = None
    walltime_s: DurationS | None = None

    @property
    def total_cpus(self) -> int:
        """Processors over all tasks."""
        return self.tasks * self.cpus

    def words(self) -> str:
        """The request in one line for people."""
        parts = [f"{self.total_cpus} cpu"]
        parts += [f"{self.tasks} tasks"] * (self.tasks > 1) + [f"{self.nodes} nodes"] * (self.nodes > 1)
        parts += [f"{self.gpus} gpu"] * (self.gpus > 0)
        if self.memory_mib is not None:
            parts.append(spell_memory(self.memory_mib))
        if self.walltime_s is not None:
            parts.append(spell_duration(self.walltime_s))
        return ", ".join(parts)


RESOURCE_WORDS = {
    "nodes": "nodes",
    "tasks": "tasks",
    "cpus": "cpus",
    "gpus": "gpus",
    "memory": "memory_mib",
    "walltime": "walltime_s",
}
"""What people write (``memory = "16GiB"``) and the field that holds it."""


def read_resources(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields for ``Resources`` from the words that people write.

    Raises BadInput for a word that is not one of ours, and for a resource that is given under both of its names.
    """
    unknown = sorted(set(given) - set(RESOURCE_WORDS) - set(RESOURCE_WORDS.values()))
    if unknown:
        msg = f"unknown resource {', '.join(map(repr, unknown))}"
        raise BadInput(msg, hint=f"The resources are: {', '.join(RESOURCE_WORDS)}.")
    twice = [word for word, field in RESOURCE_WORDS.items() if word != field and {word, field} <= set(given)]
    if twice:
        raise BadInput(f"the resource {twice[0]} is given twice", hint=f"Give either {twice[0]} or its other name.")
    return {RESOURCE_WORDS.get(word, word): _counted(word, value) for word, value in given.items()}


def _counted(word: str, value: Any) -> Any:
    """A count that was written as text, as command lines have nothing else; amounts of text need their unit."""
    is_count = RESOURCE_WORDS.get(word) == word and isinstance(value, str) and value.isascii() and value.isdecimal()
    return int(value) if is_count and len(value) <= _LONGEST_COUNT else value
