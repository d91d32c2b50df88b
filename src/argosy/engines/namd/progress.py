"""How far a run is, over all its commands, from the end of its log."""

import math
from collections.abc import Mapping
from statistics import fmean

from argosy.core.job import Progress
from argosy.engines.namd.config import Config
from argosy.engines.namd.log import Log

SPEED_UNIT = "ns/day"
NS_PER_DAY = 0.0864
"""ns/day of a run that makes a step of one fs in one second."""

_HOT_K = 500.0
_TIMES_TOO_HOT = 1.5

SHOWN: Mapping[str, tuple[str, str]] = {
    "TOTAL": ("Total energy", "kcal/mol"),
    "POTENTIAL": ("Potential energy", "kcal/mol"),
    "TEMP": ("Temperature", "K"),
    "PRESSURE": ("Pressure", "bar"),
    "VOLUME": ("Volume", "Å³"),
}
"""The columns that people want to see, with their names and units."""


def progress_of(config: Config, log: Log) -> Progress | None:
    """Steps done of the steps of this job; None before the log tells any."""
    if log.step is None:
        return None
    first, last = config.first_step, config.last_step
    done = max(log.step - first, 0)
    total = None if last is None else last - first
    timestep_fs = log.timestep_fs or config.number("timestep", 1.0)
    minimising = log.minimising or config.kind_at(log.step) == "minimize"
    speed = None if minimising else speed_of(log, timestep_fs)
    return Progress(
        step=done,
        total=total or None,
        rate=speed,
        rate_unit=SPEED_UNIT if speed else "",
        remaining_s=_remaining_s(total, done, speed, timestep_fs),
        metrics=_metrics(log),
        broken="" if minimising else _broken(config, log),
    )


def speed_of(log: Log, timestep_fs: float | None) -> float | None:
    """In ns a day: NAMD's own figure, else that of its last timings, else that of its benchmark."""
    if log.ns_per_day:
        return log.ns_per_day[-1]
    if log.step_s and timestep_fs:
        return _finite(NS_PER_DAY * timestep_fs / fmean(log.step_s))
    return _finite(log.benchmark_ns_per_day)


def _broken(config: Config, log: Log) -> str:
    """What shows that a run cannot be mended by going on: energies that are no numbers, or a heat that runs away.

    The first energies after a start may be of any size; two rows in a row are not by chance.
    """
    rows = [row for number in (-2, -1) if (row := log.energies(number)) is not None]
    if len(rows) == 2 and not any(row.sound for row in rows):
        return f"at step {rows[1].step} the energies are no numbers any more"
    asked = config.number("langevinTemp") or config.number("reassignHold") or config.number("temperature")
    hot = max(_HOT_K, _TIMES_TOO_HOT * (asked or 0.0))
    heats = [row.found.get("TEMP", 0.0) for row in rows]
    if len(heats) == 2 and min(heats) > hot:
        return f"at step {rows[1].step} the temperature is {heats[1]:.0f} K"
    return ""


def _remaining_s(total: int | None, done: int, speed: float | None, timestep_fs: float | None) -> float | None:
    if total is None or not speed or not timestep_fs:
        return None
    return _finite(max(total - done, 0) * NS_PER_DAY * timestep_fs / speed)


def _metrics(log: Log) -> dict[str, float]:
    last = log.energies(-1)
    if last is None:
        return {}
    return {f"{label} ({unit})": last.found[name] for name, (label, unit) in SHOWN.items() if name in last.found}


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
