"""The science of a run: final values, each quantity over the steps, means, and the cell."""

import math
from collections.abc import Iterator, Sequence
from statistics import fmean

from argosy.core.outputs import Excerpt, Outputs, Results, Scalar, Series, Table
from argosy.engines.namd.cell_files import CellRow, read_cells
from argosy.engines.namd.config import Config
from argosy.engines.namd.log import Energies, Log
from argosy.engines.namd.progress import SHOWN, SPEED_UNIT, speed_of

MOST_POINTS = 5_000
"""How many points a series has at most."""

_QUANTITIES = {
    **SHOWN,
    "KINETIC": ("Kinetic energy", "kcal/mol"),
    "BOND": ("Bonds", "kcal/mol"),
    "ANGLE": ("Angles", "kcal/mol"),
    "DIHED": ("Dihedrals", "kcal/mol"),
    "IMPRP": ("Impropers", "kcal/mol"),
    "ELECT": ("Electrostatics", "kcal/mol"),
    "VDW": ("Van der Waals", "kcal/mol"),
    "BOUNDARY": ("Restraints", "kcal/mol"),
    "MISC": ("Other forces", "kcal/mol"),
    "GPRESSURE": ("Pressure of groups", "bar"),
}
_NAMES = {"TEMP": "temperature", "TOTAL": "total_energy", "POTENTIAL": "potential_energy", "KINETIC": "kinetic_energy"}


def results_of(config: Config, log: Log, outputs: Outputs) -> Results:
    """Whatever can be read; empty when nothing can. Numbers that are not finite are left out."""
    rows = _sampled(log)
    cells = _cells(config, outputs)
    return Results(
        scalars=tuple(_scalars(config, log, cells)),
        series=(*_series(rows, _remark(log, rows)), *_cell_series(cells)),
        tables=tuple(_tables(rows)),
    )


def _sampled(log: Log) -> list[Energies]:
    """Rows evenly apart, the last among them."""
    count = len(log.rows)
    every = max(math.ceil((count - 1) / (MOST_POINTS - 1)), 1)
    numbers = list(range(0, count, every))
    if count and numbers[-1] != count - 1:
        numbers.append(count - 1)
    return [row for number in numbers if (row := log.energies(number)) is not None]


def _cells(config: Config, outputs: Outputs) -> list[CellRow]:
    name = config.text("XSTfile") or f"{config.output_name}.xst"
    found = outputs.texts.get(name) or next(
        (excerpt for path, excerpt in outputs.texts.items() if path.endswith(".xst")), Excerpt(text="", size=0)
    )
    return read_cells(found, MOST_POINTS)


def _scalars(config: Config, log: Log, cells: Sequence[CellRow]) -> Iterator[Scalar]:
    last = log.energies(-1)
    for name, (label, unit) in _QUANTITIES.items():
        if last and name in last.found:
            yield Scalar(name=_named(name), label=label, value=last.found[name], unit=unit)
    timestep_fs = log.timestep_fs or config.number("timestep", 1.0) or 1.0
    done = None if log.step is None else max(log.step - config.first_step, 0)
    moved = None if done is None or log.minimising or log.minimised else done * timestep_fs / 1e6
    for name, label, value, unit in (
        ("speed", "Speed", speed_of(log, timestep_fs), SPEED_UNIT),
        ("simulated_time", "Simulated time", moved, "ns"),
        ("steps", "Steps done", done, ""),
        ("last_step", "Last step", log.step, ""),
        ("atoms", "Atoms", log.atoms, ""),
        ("wall_time", "Wall time", log.wall_s, "s"),
        *((f"cell_{name}", f"Cell length {name}", length, "Å") for name, length in _last_cell(cells)),
    ):
        if value is not None:
            yield Scalar(name=name, label=label, value=value, unit=unit)


def _last_cell(cells: Sequence[CellRow]) -> list[tuple[str, float]]:
    return list(cells[-1].lengths.items()) if cells else []


def _named(column: str) -> str:
    return _NAMES.get(column, column.lower())


def _series(rows: Sequence[Energies], remark: str) -> Iterator[Series]:
    for name, (label, unit) in _QUANTITIES.items():
        points = [(row.step, row.found[name]) for row in rows if name in row.found]
        if points:
            yield _over_steps(_named(name), label + remark, unit, points)


def _cell_series(cells: Sequence[CellRow]) -> Iterator[Series]:
    for name in "abc":
        points = [(row.step, row.lengths[name]) for row in cells if name in row.lengths]
        if points:
            yield _over_steps(f"cell_{name}", f"Cell length {name}", "Å", points)


def _over_steps(name: str, label: str, unit: str, points: Sequence[tuple[int, float]]) -> Series:
    return Series(
        name=name,
        label=label,
        unit=unit,
        x_label="Step",
        x=tuple(float(step) for step, _ in points),
        y=tuple(value for _, value in points),
    )


def _remark(log: Log, rows: Sequence[Energies]) -> str:
    remarks = [f"{len(rows):,} of {len(log.rows):,} rows"] if len(rows) < len(log.rows) else []
    if not log.complete:
        remarks.append("from the end of a larger log")
    return f" ({', '.join(remarks)})" if remarks else ""


def _tables(rows: Sequence[Energies]) -> Iterator[Table]:
    lines: list[tuple[str | float, ...]] = []
    for name, (label, unit) in _QUANTITIES.items():
        values = [row.found[name] for row in rows if name in row.found]
        if values:
            mean = fmean(values)
            lines.append((label, unit, values[-1], mean, math.sqrt(fmean((value - mean) ** 2 for value in values))))
    if lines:
        columns = ("quantity", "unit", "final", "mean", "deviation")
        yield Table(name="final values, and means over all rows", columns=columns, rows=tuple(lines))
