"""Results: tables, plots in the terminal, pictures in files, CSV."""

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argosy.cli.exits import Exit
from argosy.cli.page import Page
from argosy.cli.shown import Column, Rows, Several, Shown
from argosy.core.errors import BadInput
from argosy.core.outputs import Scalar, Series, Table
from argosy.core.quantities import spell_number
from argosy.core.views import JobResults

_PLOT_ROWS = 18
_FEWEST_POINTS = 2
_CURVE = re.compile(r"[\u2801-\u28ff]+")  # what is drawn in braille


def of_results(found: JobResults) -> Shown:
    """Scalars, tables, and a summary of each series."""
    results = found.results
    parts: list[Shown] = []
    if results.scalars:
        parts.append(_scalars(results.scalars))
    parts += [_table(table) for table in results.tables]
    if results.series:
        parts.append(_summary(results.series))
    return Several(parts, found)


def _scalars(scalars: Sequence[Scalar]) -> Rows[Scalar]:
    return Rows(
        scalars,
        (
            Column("QUANTITY", lambda one, _: one.label or one.name, exact=lambda one: one.name, shrinks=True),
            Column("VALUE", lambda one, _: spell_number(one.value), exact=lambda one: repr(one.value), right=True),
            Column("UNIT", lambda one, _: one.unit),
        ),
    )


def _table(table: Table) -> Rows[tuple[str | float, ...]]:
    def column(place: int, title: str) -> Column[tuple[str | float, ...]]:
        numbers = all(isinstance(row[place], int | float) for row in table.rows)
        return Column(
            title, lambda row, _: cell(row[place]), exact=lambda row: str(row[place]), right=numbers, shrinks=True
        )

    columns = [column(place, title) for place, title in enumerate(table.columns)]
    return Rows(table.rows, columns, empty=f"The table {table.name} is empty.")


def _summary(series: Sequence[Series]) -> Rows[Series]:
    def over(one: Series) -> str:
        return f"{one.x_label} ({one.x_unit})" if one.x_unit else one.x_label

    return Rows(
        series,
        (
            Column("SERIES", lambda one, _: one.name, shrinks=True),
            Column("OVER", lambda one, _: over(one), shrinks=True),
            Column("POINTS", lambda one, _: str(len(one.y)), right=True),
            Column("FIRST", lambda one, _: spell_number(one.y[0]) if one.y else "", right=True),
            Column("LAST", lambda one, _: spell_number(one.y[-1]) if one.y else "", right=True),
            Column("LEAST", lambda one, _: spell_number(min(one.y)) if one.y else "", right=True),
            Column("MOST", lambda one, _: spell_number(max(one.y)) if one.y else "", right=True),
            Column("UNIT", lambda one, _: one.unit),
        ),
        below="Draw one: argosy results JOB --plot SERIES",
    )


def cell(value: str | float) -> str:
    """A table's cell."""
    return value if isinstance(value, str) else spell_number(value)


@dataclass(frozen=True)
class _Plots:
    """Series, drawn below each other."""

    series: Sequence[Series]
    value: Any
    exit_code: Exit = Exit.SUCCEEDED

    def table(self, page: Page) -> Iterator[str]:
        """The drawings, as wide as the page."""
        for one in self.series:
            yield from drawn(one, page)

    def plain(self) -> Iterator[str]:
        """The numbers, with tabs between them."""
        for one in self.series:
            yield from (f"{one.name}\t{x!r}\t{y!r}" for x, y in zip(one.x, one.y, strict=True))

    def json(self) -> Any:
        """The series."""
        return [one.model_dump(mode="json") for one in self.series]


def terminal_plots(series: Sequence[Series], found: JobResults) -> Shown:
    """The series, drawn in the terminal."""
    return _Plots(series, found)


def drawn(series: Series, page: Page) -> list[str]:
    """One series as text."""
    points = [(x, y) for x, y in zip(series.x, series.y, strict=True) if math.isfinite(x) and math.isfinite(y)]
    if len(points) < _FEWEST_POINTS:
        return [f"{title(series)}: too few points to draw ({len(points)})"]
    # The plotting library is without types.
    from plotext import figure

    canvas: Any = figure
    canvas.clear()
    canvas.plot_size(min(page.columns, 120), _PLOT_ROWS)
    line: Any = canvas.signal([x for x, _ in points], [y for _, y in points], marker="braille")
    line.lines()
    canvas.draw(line)
    canvas.title(title(series))
    canvas.label(axis(series.x_label, series.x_unit), "x")
    # The library's own colours bring a background of their own, which is white on a dark terminal.
    text: str = canvas.build().string(colorless=True)
    return [_CURVE.sub(lambda curve: page.paint(curve[0], "cyan"), row.rstrip()) for row in text.splitlines()]


def title(series: Series) -> str:
    """What is drawn, with its unit."""
    return axis(series.label or series.name, series.unit)


def axis(label: str, unit: str) -> str:
    """A label with its unit."""
    return f"{label} ({unit})" if unit else label


def draw_file(series: Sequence[Series], path: Path, *, kind: str, title: str) -> None:
    """The series as one picture, below each other. Raises BadInput without matplotlib or when it cannot be written."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        hint = "Install it: pip install 'argosy[plots]'"
        raise BadInput("pictures need matplotlib, which is not installed", hint=hint) from None
    picture: Any = Figure(figsize=(8, 2.6 * len(series) + 0.6), layout="constrained")
    picture.suptitle(title)
    for place, one in enumerate(series, start=1):
        axes: Any = picture.add_subplot(len(series), 1, place)
        axes.plot(one.x, one.y, linewidth=1.2)
        axes.set_xlabel(axis(one.x_label, one.x_unit))
        axes.set_ylabel(axis(one.label or one.name, one.unit))
        axes.grid(visible=True, alpha=0.3)
    try:
        picture.savefig(path, format=kind, dpi=150)
    except OSError as trouble:
        raise BadInput(f"{path}: {trouble.strerror}", hint="Choose another place.") from None


def csv_lines(series: Sequence[Series]) -> list[str]:
    """One column for each series when all are over the same; else series, x and y in three columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if all((one.x, one.x_label) == (series[0].x, series[0].x_label) for one in series):
        first = series[0]
        writer.writerow([axis(first.x_label, first.x_unit), *(axis(one.name, one.unit) for one in series)])
        writer.writerows(zip(first.x, *(one.y for one in series), strict=True))
    else:
        writer.writerow(["series", "x", "y"])
        writer.writerows((one.name, x, y) for one in series for x, y in zip(one.x, one.y, strict=True))
    return text.getvalue().splitlines()
