"""The science of a run: final values, how each quantity went over time, and what its mean was."""

import math
from collections.abc import Iterator, Sequence
from statistics import fmean

from argosy.core.outputs import Excerpt, Outputs, Results, Scalar, Series, Table
from argosy.engines.openmm.state_table import QUANTITIES, SPEED, STATE_TABLE, TIME, Quantity, Row, Sample, sample
from argosy.engines.openmm.summary import Measured, Summary, read_summary

MOST_POINTS = 5_000
"""How many points a series has at most."""

_LABELS = {quantity.name: quantity.label for quantity in QUANTITIES}


def results_of(outputs: Outputs) -> Results:
    """Whatever can be read; empty when nothing can. Numbers that are not finite are left out."""
    summary = read_summary(outputs)
    excerpt = outputs.texts.get(STATE_TABLE, Excerpt(text="", size=0))
    sampled = sample(excerpt, MOST_POINTS)
    return Results(
        scalars=tuple(_scalars(summary)) if summary else (),
        series=tuple(_series(sampled, _remark(sampled, excerpt))),
        tables=tuple(_tables(sampled.rows)),
    )


def _scalars(summary: Summary) -> Iterator[Scalar]:
    final = {name: _LABELS.get(name, name) for name in summary.final}
    measured = [(name, label, summary.final[name]) for name, label in final.items()]
    measured += [
        (name, label, found)
        for name, label, found in (
            ("simulated_time", "Simulated time", summary.simulated_time),
            ("speed", "Speed", summary.speed),
            ("wall_time", "Wall time", _count(summary.wall_time_s, "s")),
            ("steps", "Steps done", _count(summary.steps_done)),
            ("atoms", "Atoms", _count(summary.atoms)),
            ("waters", "Water molecules", _count(summary.waters)),
            *((f"ions_{name}", f"{name} ions", _count(number)) for name, number in summary.ions.items()),
        )
        if found is not None
    ]
    for name, label, found in measured:
        if math.isfinite(found.value):
            yield Scalar(name=name, label=label, value=found.value, unit=found.unit.replace("^3", "³"))


def _count(number: float | None, unit: str = "") -> Measured | None:
    return None if number is None else Measured(value=number, unit=unit)


def _series(sampled: Sample, remark: str) -> Iterator[Series]:
    for quantity in QUANTITIES:
        points = [(row.time_ps, row.found[quantity.name]) for row in sampled.rows if quantity.name in row.found]
        if points:
            yield Series(
                name=quantity.name,
                label=quantity.label + remark,
                unit=quantity.unit,
                x_label=TIME.label,
                x_unit=TIME.unit,
                x=tuple(time_ps for time_ps, _ in points),
                y=tuple(value for _, value in points),
            )


def _remark(sampled: Sample, excerpt: Excerpt) -> str:
    remarks = [f"one in {sampled.every} of {sampled.total:,} rows"] if sampled.every > 1 else []
    if not excerpt.complete:
        remarks.append(f"from the end of a larger {STATE_TABLE}")
    return f" ({', '.join(remarks)})" if remarks else ""


def _tables(rows: Sequence[Row]) -> Iterator[Table]:
    lines = [line for quantity in QUANTITIES if quantity is not SPEED and (line := _line(quantity, rows))]
    if lines:
        columns = ("quantity", "unit", "final", "mean", "deviation")
        yield Table(name="final values, and means over all rows", columns=columns, rows=tuple(lines))


def _line(quantity: Quantity, rows: Sequence[Row]) -> tuple[str | float, ...] | None:
    values = [row.found[quantity.name] for row in rows if quantity.name in row.found]
    if not values:
        return None
    mean = fmean(values)
    deviation = math.sqrt(fmean((value - mean) * (value - mean) for value in values))
    return quantity.label, quantity.unit, values[-1], mean, deviation
