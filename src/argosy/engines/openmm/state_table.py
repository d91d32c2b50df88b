"""Reading ``state.csv``: a header and rows of numbers, of which only a part may be at hand.

A part may begin and end in mid-line. It may lack the header, so the number of columns tells which they are. A line
without its end may lack digits and is left out.
"""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from argosy.core.figures import number_below
from argosy.core.outputs import Excerpt
from argosy.core.values import Value

STATE_TABLE = "state.csv"

_LARGEST = 1e100  # no quantity here is that large; its square can still be computed with
_NEAR_END_CHARS = 20_000


class Quantity(Value):
    """A column: its name, how people call it, and its unit."""

    name: str
    label: str
    unit: str


TIME = Quantity(name="time", label="Time", unit="ps")
ENERGIES = (
    Quantity(name="potential_energy", label="Potential energy", unit="kJ/mol"),
    Quantity(name="kinetic_energy", label="Kinetic energy", unit="kJ/mol"),
    Quantity(name="total_energy", label="Total energy", unit="kJ/mol"),
    Quantity(name="temperature", label="Temperature", unit="K"),
)
BOX = (Quantity(name="volume", label="Box volume", unit="nm³"), Quantity(name="density", label="Density", unit="g/mL"))
SPEED = Quantity(name="speed", label="Speed", unit="ns/day")
QUANTITIES = (*ENERGIES, *BOX, SPEED)

_COLUMNS = {2 + len(found): found for found in (QUANTITIES, (*ENERGIES, SPEED))}


class Row(NamedTuple):
    """One row. ``found`` holds what is a number; ``sound`` is False when something that should be one is not."""

    step: int
    time_ps: float
    found: dict[str, float]
    sound: bool


class Sample(NamedTuple):
    """Every ``every``-th of the ``total`` rows at hand, and the last of them; all when ``every`` is 1."""

    rows: Sequence[Row]
    every: int
    total: int


def last_rows(excerpt: Excerpt, count: int) -> list[Row]:
    """The last rows, at most ``count``, of a part of the table; those that cannot be read are left out."""
    near = excerpt.text[-_NEAR_END_CHARS:]
    lines = _whole_lines(near, cut=not excerpt.complete or len(near) < len(excerpt.text))
    return _parsed(lines[-count:])


def sample(excerpt: Excerpt, most: int) -> Sample:
    """At most ``most`` rows (two or more), evenly apart, the first and the last among them.

    Rows are left out and never averaged: means and fluctuations of a quantity stay what they are.
    """
    lines = _whole_lines(excerpt.text, cut=not excerpt.complete)
    every = max(math.ceil((len(lines) - 1) / (most - 1)), 1)
    chosen = lines[::every]
    if lines and (len(lines) - 1) % every:
        chosen.append(lines[-1])
    return Sample(_parsed(chosen), every, len(lines))


def _whole_lines(text: str, *, cut: bool) -> list[str]:
    lines = text.split("\n")[1 if cut else 0 : -1]
    return [line for line in lines if line and not line.startswith("#")]


def _parsed(lines: Sequence[str]) -> list[Row]:
    return [row for row in map(_row, lines) if row is not None]


def _row(line: str) -> Row | None:
    step, *fields = line.split(",")
    columns = _COLUMNS.get(1 + len(fields))
    if columns is None or not re.fullmatch("[0-9]{1,15}", step):
        return None
    time_ps, *numbers = (number_below(field, _LARGEST) for field in fields)
    if time_ps is None:
        return None
    found = {column.name: number for column, number in zip(columns, numbers, strict=True) if number is not None}
    return Row(int(step), time_ps, found, all(column.name in found for column in columns if column is not SPEED))
