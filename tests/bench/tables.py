"""Rows as Markdown tables: for the terminal and for the page, so that both say the same."""

from collections.abc import Sequence
from itertools import count

from tests.bench.figures import FEWEST_FOR_P95, Figure, Row


def table(row: Row) -> str:
    """One row as a table."""
    heads = ["", f"median ({row.unit})", "p95", "least to most", "times measured"]
    columns = [_name, _median, _p95, _range, _count]
    if any(figure.beside for figure in row.figures):
        heads.append("compared")
        columns.append(_compared)
    if any(figure.aim for figure in row.figures):
        heads.append("aim")
        columns.append(_aim)
    return _markdown(heads, [[column(row, figure) for column in columns] for figure in row.figures])


def number(value: float) -> str:
    """Three digits that mean something, or all those before the point."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _name(_row: Row, figure: Figure) -> str:
    return f"**{figure.name}**" if figure.ours else figure.name


def _median(_row: Row, figure: Figure) -> str:
    return number(figure.median)


def _p95(_row: Row, figure: Figure) -> str:
    return number(figure.p95) if len(figure.values) >= FEWEST_FOR_P95 else ""


def _range(_row: Row, figure: Figure) -> str:
    return f"{number(min(figure.values))} to {number(max(figure.values))}"


def _count(_row: Row, figure: Figure) -> str:
    return str(len(figure.values))


def _compared(row: Row, figure: Figure) -> str:
    ratio = row.ratio(figure)
    return "" if ratio is None else f"{number(ratio)} times {figure.beside}"


def _aim(row: Row, figure: Figure) -> str:
    if figure.aim is None:
        return ""
    limits = [("≤", figure.aim.at_most), ("≥", figure.aim.at_least)]
    said = " and ".join(f"{sign} {limit:g}" for sign, limit in limits if limit is not None)
    unit = f"times {figure.aim.times}" if figure.aim.times else row.unit
    at = "p95 " if figure.aim.at == "p95" else ""
    return f"{at}{said} {unit}: {'kept' if row.kept(figure) else 'missed'}"


def _markdown(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]
    rule = ["-" * width if place == 0 else "-" * (width - 1) + ":" for place, width in enumerate(widths)]
    padded = [[_padded(*at) for at in zip(line, widths, count(), strict=False)] for line in (heads, *lines)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (padded[0], rule, *padded[1:]))


def _padded(cell: str, width: int, place: int) -> str:
    return cell.rjust(width) if place else cell.ljust(width)
