"""Reading ``.xsc`` and ``.xst``: the cell at one step or at many, in named columns."""

import math
from typing import NamedTuple

from argosy.core.figures import number_below
from argosy.core.outputs import Excerpt

_LABELS = "#$LABELS "
_MOST_COLUMNS = 30
_LARGEST = 1e100


class CellRow(NamedTuple):
    """The cell at a step: the lengths of its periodic vectors in Å, by ``a``, ``b`` and ``c``."""

    step: int
    lengths: dict[str, float]


def read_step(text: str) -> int | None:
    """The step of an ``.xsc``; None when it is not whole: it lacks the labels, a value, or the end of its line."""
    rows = read_cells(Excerpt(text=text, size=0))
    return rows[-1].step if rows else None


def read_cells(excerpt: Excerpt, most: int = 5_000) -> list[CellRow]:
    """The rows that can be read, evenly chosen when there are more than ``most``.

    A part of a file without its labels has the usual ones.
    """
    lines = excerpt.text.split("\n")[0 if excerpt.complete else 1 : -1]
    labels = [line for line in lines if line.startswith(_LABELS)]
    if not labels and excerpt.complete:
        return []
    columns = labels[0].split()[1:] if labels else _usual(lines)
    rows = [line for line in lines if line and not line.startswith("#")]
    every = max(math.ceil(len(rows) / most), 1)
    return [row for line in rows[::every] if (row := _row(line, columns)) is not None]


def _usual(lines: list[str]) -> list[str]:
    vectors = [f"{vector}_{axis}" for vector in "abco" for axis in "xyz"]
    strain = [f"s_{axis}" for axis in "xyzuvw"]
    width = len(lines[-1].split()) if lines else 0
    return ["step", *vectors, *(strain if width > len(vectors) + 1 else ())]


def _row(line: str, columns: list[str]) -> CellRow | None:
    fields = line.split(None, _MOST_COLUMNS)
    if len(fields) != len(columns) or columns[:1] != ["step"]:
        return None
    step = fields[0]
    numbers = [number_below(field, _LARGEST) for field in fields[1:]]
    if not (step.isascii() and step.isdecimal() and len(step) <= 15) or None in numbers:
        return None
    named = {name: number or 0.0 for name, number in zip(columns[1:], numbers, strict=True)}
    lengths = {
        vector: math.hypot(*(named.get(f"{vector}_{axis}", 0.0) for axis in "xyz"))
        for vector in "abc"
        if f"{vector}_x" in named
    }
    return CellRow(int(step), lengths)
