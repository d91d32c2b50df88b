"""How far a run is, from the end of ``state.csv``."""

from collections.abc import Sequence
from statistics import harmonic_mean

from argosy.core.job import Progress
from argosy.core.outputs import Excerpt
from argosy.engines.openmm.asked import Asked
from argosy.engines.openmm.state_table import QUANTITIES, SPEED, Row, last_rows

_ROWS_FOR_SPEED = 10
_SLOWEST = 1e-9  # ns/day; below it, a row says nothing about the speed
_FS_PER_NS = 1e6
_S_PER_DAY = 86_400


def progress_of(asked: Asked, excerpt: Excerpt) -> Progress | None:
    """The last whole row; None before there is one."""
    rows = last_rows(excerpt, _ROWS_FOR_SPEED)
    if not rows:
        return None
    last, speed = rows[-1], _speed(rows)
    metrics = {
        f"{quantity.label} ({quantity.unit})": last.found[quantity.name]
        for quantity in QUANTITIES
        if quantity is not SPEED and quantity.name in last.found
    }
    return Progress(
        step=last.step,
        total=asked.steps,
        rate=speed,
        rate_unit=SPEED.unit if speed else "",
        remaining_s=_remaining_s(asked, last.step, speed),
        metrics=metrics,
    )


def _speed(rows: Sequence[Row]) -> float | None:
    """In ns/day. Rows are equally many steps apart, so the time that all took together gives the harmonic mean."""
    speeds = [speed for row in rows if (speed := row.found.get(SPEED.name, 0.0)) > _SLOWEST]
    return harmonic_mean(speeds) if speeds else None


def _remaining_s(asked: Asked, step: int, speed: float | None) -> float | None:
    if asked.steps is None or asked.timestep is None or speed is None:
        return None
    remaining_ns = max(asked.steps - step, 0) * asked.timestep / _FS_PER_NS
    return remaining_ns / speed * _S_PER_DAY
