"""What was measured: figures with all their raw numbers, beside each other in rows, and the machine they are from."""

import math
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Literal

from argosy.core.values import Moment, Value

FEWEST_FOR_P95 = 20
"""With fewer numbers the 95th percentile is only the largest of them."""


class Aim(Value):
    """What a figure shall be. With ``times`` the limit is that many times the median of the figure of this name."""

    at: Literal["median", "p95"] = "median"
    at_most: float | None = None
    at_least: float | None = None
    times: str = ""


class Figure(Value):
    """One thing, measured several times. ``ours`` says whether it is Argosy that was measured.

    ``beside`` is the name of the figure of the same row that it is compared with. A ``floor`` is no other
    program, but what nobody can do without.
    """

    name: str
    values: tuple[float, ...]
    ours: bool = False
    floor: bool = False
    beside: str = ""
    aim: Aim | None = None

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def p95(self) -> float:
        """The smallest number that 95 of 100 do not exceed."""
        return sorted(self.values)[math.ceil(0.95 * len(self.values)) - 1]


def beside(
    other: str, taken: Mapping[str, tuple[float, ...]], *, ours: str, aim: Aim, floor: bool = False, also: str = ""
) -> tuple[Figure, ...]:
    """Figures of which all are compared with one of them, which may be a floor; ours has the aim, ``also`` has none."""
    return tuple(
        Figure(
            name=name,
            values=values,
            ours=name in {ours, also},
            floor=floor and name == other,
            beside="" if name == other else other,
            aim=aim if name == ours else None,
        )
        for name, values in taken.items()
    )


class Again(Value):
    """When a row was measured again since the whole run, with which versions, and the load of the minute before."""

    began: Moment
    versions: dict[str, str]
    load_before: float


class Row(Value):
    """Figures of one kind, with how they were measured. ``again`` is set when that was after the whole run."""

    name: str
    title: str
    how: str
    unit: str
    better: Literal["less", "more"] = "less"
    figures: tuple[Figure, ...]
    again: Again | None = None

    def figure(self, name: str) -> Figure:
        return next(figure for figure in self.figures if figure.name == name)

    def ratio(self, figure: Figure) -> float | None:
        """How many times as large as the one beside it, by their medians; None for a figure that stands alone."""
        return figure.median / self.figure(figure.beside).median if figure.beside else None

    def kept(self, figure: Figure) -> bool | None:
        """Whether a figure is as it shall be; None when nothing was asked of it."""
        if figure.aim is None:
            return None
        reached = figure.median if figure.aim.at == "median" else figure.p95
        unit = self.figure(figure.aim.times).median if figure.aim.times else 1.0
        below = figure.aim.at_most is None or reached <= figure.aim.at_most * unit
        return below and (figure.aim.at_least is None or reached >= figure.aim.at_least * unit)


class Machine(Value):
    """Where the numbers are from. ``load_before`` is the load of the last minute when the measuring began."""

    processor: str
    processors: int
    memory_gb: float
    system: str
    kernel: str
    file_system: str
    load_before: float


class Report(Value):
    """One run of the whole bench, with those rows that were measured again since then in their place."""

    form: Literal[1] = 1
    began: Moment
    ended: Moment
    machine: Machine
    versions: dict[str, str]
    settings: dict[str, str]
    rows: tuple[Row, ...]

    def renewed(self, rows: Iterable[Row], again: Again) -> "Report":
        """The same with these rows in place of those with their names, or behind all."""
        new = {row.name: row.model_copy(update={"again": again}) for row in rows}
        old = tuple(new.pop(row.name, row) for row in self.rows)
        return self.model_copy(update={"rows": (*old, *new.values())})
