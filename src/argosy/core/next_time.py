"""What a job that goes on from one that is over best asks for, by what that one used and how far it came. Pure."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from argosy.core.job import Attempt, Closed, Failed, Outcome, RetryClass, Succeeded
from argosy.core.quantities import MAX_SIZE_MIB, spell_duration, spell_memory
from argosy.core.spec import JobSpec
from argosy.core.spending import Spent, memory_enough_mib
from argosy.core.target import Target
from argosy.core.values import Value

_SPARE = 1.2
_TO_BEGIN_S = 300
_ROUND_S = 300
_MORE = 1.5


class NextTime(Value):
    """Resources for the rest of a job, and why; None where nothing better is known than what it asked for."""

    walltime_s: int | None = None
    memory_mib: int | None = None
    words: tuple[str, ...] = ()


class _Asked(NamedTuple):
    amount: int
    words: str


def next_time(spec: JobSpec, attempt: Attempt, spent: Spent | None, target: Target | None) -> NextTime:
    """The walltime that the rest takes at the speed of this attempt, and the memory that it needs.

    Nothing for one that succeeded or is open, and no more time than the target gives, as far as it says that.
    """
    if not isinstance(attempt.state, Closed) or isinstance(attempt.state.outcome, Succeeded):
        return NextTime()
    walltime = next(_walltime(spec, attempt, target), None)
    memory = next(_memory(spec, attempt.state.outcome, spent), None)
    return NextTime(
        walltime_s=walltime.amount if walltime else None,
        memory_mib=memory.amount if memory else None,
        words=tuple(one.words for one in (walltime, memory) if one),
    )


def _walltime(spec: JobSpec, attempt: Attempt, target: Target | None) -> Iterator[_Asked]:
    progress, before_s = attempt.progress, spec.resources.walltime_s
    if progress is None or not progress.remaining_s or progress.broken or before_s is None:
        return
    wanted_s = walltime_for(progress.remaining_s)
    most_s = longest_walltime_s(spec, target)
    allowed_s = wanted_s if most_s is None else min(wanted_s, most_s)
    rate = f" ({progress.rate:.3g} {progress.rate_unit})" if progress.rate else ""
    words = f"walltime {spell_duration(allowed_s)}: at its speed{rate} the rest takes "
    words += spell_duration(progress.remaining_s)
    if allowed_s < wanted_s:
        words += f"; {target.name if target else 'the target'} gives no more, so that takes several jobs: argosy extend"
    if allowed_s != before_s:
        yield _Asked(allowed_s, words)


def walltime_for(run_s: float) -> int:
    """The walltime to ask for, in seconds, when a run takes about so long: with some to spare, as a round number."""
    return math.ceil((run_s * _SPARE + _TO_BEGIN_S) / _ROUND_S) * _ROUND_S


def longest_walltime_s(spec: JobSpec, target: Target | None) -> int | None:
    """The longest walltime that the target gives to such a job, where it says that."""
    if target is None or target.slurm is None:
        return None
    site, wishes = target.slurm, target.slurm.wishes(spec.slurm)
    named = [one.max_walltime_s for one in site.partitions if one.name == wishes.partition]
    named += [one.max_walltime_s for one in site.qos_limits if one.name == wishes.qos]
    return min((most for most in named if most is not None), default=None)


def _memory(spec: JobSpec, outcome: Outcome, spent: Spent | None) -> Iterator[_Asked]:
    before, peak = spec.resources.memory_mib, spent.peak_memory_mib if spent else None
    enough = memory_enough_mib(spent) if spent else None
    used = f"it used {spell_memory(peak)}" if peak else "it ran out of it"
    if isinstance(outcome, Failed) and outcome.retry is RetryClass.MORE_MEMORY:
        if before is not None:
            more = min(max(math.ceil(before * _MORE), enough or 0), MAX_SIZE_MIB)
            yield _Asked(more, f"memory {spell_memory(more)}: {used}, and had {spell_memory(before)}")
    elif enough is not None and before is not None and enough != before:
        yield _Asked(enough, f"memory {spell_memory(enough)}: {used}, as far as it was sampled")
