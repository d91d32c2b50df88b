"""Answers in sections: what several commands printed, one after another, each with its exit code."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from argosy.core.errors import Garbled
from argosy.schedulers.slurm import rows


class Section(NamedTuple):
    """What one command printed, and its exit code."""

    code: int
    lines: list[str]


def read_sections(lines: Iterator[str], names: Sequence[str]) -> Mapping[str, Section]:
    """The sections by name; raises Garbled unless all of them are there in their order, whole, and nothing else."""
    found: dict[str, Section] = {}
    for name in names:
        word, *said = next(lines, "").split(" ")
        if word != "section" or said[:1] != [name] or len(said) != 3 or not (said[1] + said[2]).isdigit():
            raise Garbled(f"the answer should go on with its section {name}")
        found[name] = Section(int(said[1]), rows.taken(lines, int(said[2]), "said "))
    if (more := next(lines, None)) is not None:
        raise Garbled(f"the answer does not end where it should, but says {more[:200]!r}")
    return found
