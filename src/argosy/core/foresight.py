"""What a run will write and how much of it an end could cost, before it starts and while it runs. Pure."""

import math
from collections.abc import Iterator

from pydantic import Field

from argosy.core.findings import Finding, suggestion, warning
from argosy.core.next_time import walltime_for
from argosy.core.quantities import spell_duration, spell_size
from argosy.core.values import Real, Value

_MUCH_BYTES = 10_000_000_000
_OFTEN_S = 15.0
_SELDOM_S = 3600.0
_WANTED_S = 900.0
_PARTS = 20
_SOON_S = 60.0
_FS_PER_NS = 1e6
_S_PER_DAY = 86_400
_SHORTEST_STEP_S = 1e-9


class Written(Value):
    """A file that a run writes to every so many steps: so many bytes each time.

    ``parameter`` is where it is set how often. What does not ``add_up`` replaces what was written before. Zero bytes
    are unknown.
    """

    what: str
    parameter: str
    every: int = Field(ge=1)
    size: int = Field(default=0, ge=0)
    adds_up: bool = True


class Foreseen(Value):
    """A run of ``steps`` steps of ``timestep_fs`` each, with what it writes.

    ``checkpoint`` is what it can be gone on from, if it writes anything like that; its interval is best a multiple of
    ``cycle`` steps.
    """

    steps: int = Field(ge=0)
    timestep_fs: Real | None = None
    written: tuple[Written, ...] = ()
    checkpoint: Written | None = None
    cycle: int = Field(default=1, ge=1)


def size_of(foreseen: Foreseen) -> int:
    """About how many bytes the run leaves; 0 when nothing is known."""
    return sum(_size(one, foreseen.steps) for one in _all(foreseen))


def _all(foreseen: Foreseen) -> tuple[Written, ...]:
    return (*foreseen.written, foreseen.checkpoint) if foreseen.checkpoint else foreseen.written


def _size(one: Written, steps: int) -> int:
    times = steps // one.every
    return one.size * (times if one.adds_up else min(times, 1))


def findings_of_size(foreseen: Foreseen) -> Iterator[Finding]:
    """A warning at what makes most of a lot of output."""
    total = size_of(foreseen)
    if total < _MUCH_BYTES:
        return
    most = max(_all(foreseen), key=lambda one: _size(one, foreseen.steps))
    times = foreseen.steps // most.every
    what = f"the run will leave about {spell_size(total)}: the {most.what} is written {times:,} times"
    yield warning(most.parameter, what, remedy="Write it less often, or make sure that there is room on the target.")


def findings_of_checkpoints(
    foreseen: Foreseen, *, ns_per_day: float | None, walltime_s: int | None
) -> tuple[Finding, ...]:
    """A warning when an end in between would cost much, or checkpoints are written all the time, at a known speed.

    A run that is over before its first checkpoint gets none.
    """
    checkpoint, step_s = foreseen.checkpoint, _step_s(foreseen, ns_per_day)
    if checkpoint is None or step_s is None or checkpoint.every > foreseen.steps:
        return ()
    lost_s = checkpoint.every * step_s
    better = wanted_interval(step_s, walltime_s, foreseen.cycle)
    remedy = f"Take {better:,}: one every {spell_duration(max(round(better * step_s), 1))}."
    speed = f"at {ns_per_day:.3g} ns/day"
    if lost_s > min(_SELDOM_S, (walltime_s or math.inf) / 4) and better < checkpoint.every:
        what = f"{speed} it can be gone on from what it writes every {spell_duration(round(lost_s))}"
        why = "So much is lost when it ends in between, as at the end of its walltime."
        return (warning(checkpoint.parameter, what, why=why, remedy=remedy),)
    if lost_s < _OFTEN_S and checkpoint.every < better <= foreseen.steps:
        what = f"{speed} it writes what it can be gone on from every {lost_s:.2g} seconds"
        return (warning(checkpoint.parameter, what, why="Writing takes time as well.", remedy=remedy),)
    return ()


def findings_of_length(
    foreseen: Foreseen, *, ns_per_day: float | None, walltime_s: int | None, asked_for: bool
) -> tuple[Finding, ...]:
    """Before it starts: a warning when it takes clearly longer than its walltime, at the speed of the job before it.

    Where jobs are ``asked_for`` a walltime and it has none, one is proposed.
    """
    step_s = _step_s(foreseen, ns_per_day)
    if step_s is None or not foreseen.steps:
        return ()
    takes_s = foreseen.steps * step_s
    what = f"at {ns_per_day:.3g} ns/day, as the job that it follows, it takes about {_in_minutes(takes_s)}"
    remedy = f"Ask for {spell_duration(walltime_for(takes_s))}"
    if walltime_s is None:
        return (suggestion("walltime", what, remedy=f"{remedy}."),) if asked_for else ()
    if not _clearly_more(takes_s, walltime_s):
        return ()
    remedy = f"{remedy}, or have it gone on from afterwards: argosy extend."
    return (warning("walltime", f"{what}, but its walltime is {spell_duration(walltime_s)}", remedy=remedy),)


def findings_of_end(*, remaining_s: float | None, left_s: float | None) -> tuple[Finding, ...]:
    """A warning when a run needs clearly more time, at the speed that it has, than is left of its walltime.

    ``remaining_s`` moves by itself from look to look, so a twentieth of it or a minute more is no matter.
    """
    if remaining_s is None or left_s is None or left_s <= 0:
        return ()
    if not _clearly_more(remaining_s, left_s):
        return ()
    what = f"at its speed it needs {_in_minutes(remaining_s)} more, but its walltime is over in {_in_minutes(left_s)}"
    remedy = "Have its walltime raised at the cluster, or have it gone on from afterwards: argosy extend."
    return (warning("walltime", what, remedy=remedy),)


def _clearly_more(needed_s: float, there_s: float) -> bool:
    return needed_s - there_s > max(_SOON_S, needed_s / _PARTS)


def _in_minutes(seconds: float) -> str:
    return spell_duration(max(round(seconds / 60), 1) * 60)


def wanted_interval(step_s: float, walltime_s: int | None, cycle: int) -> int:
    """Steps between checkpoints: a quarter of an hour, or a twentieth of a shorter walltime, as a round number.

    It is a multiple of ``cycle``, and at least one.
    """
    wanted_s = min(_WANTED_S, (walltime_s or math.inf) / _PARTS)
    cycles = max(int(wanted_s / step_s / cycle), 1)
    unit = 10 ** (len(str(cycles)) - 1)
    return cycles // unit * unit * cycle


def _step_s(foreseen: Foreseen, ns_per_day: float | None) -> float | None:
    """How long a step takes; None when that is not known, or what was read cannot be true."""
    if ns_per_day is None or ns_per_day <= 0 or foreseen.timestep_fs is None:
        return None
    step_s = foreseen.timestep_fs / _FS_PER_NS / ns_per_day * _S_PER_DAY
    return step_s if _SHORTEST_STEP_S <= step_s <= _S_PER_DAY else None
