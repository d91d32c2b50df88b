"""What engines foresee of a run, with the speed at which runs before it or it itself went."""

from collections.abc import Iterable
from datetime import datetime

from argosy.contracts import Engine, Foreseer
from argosy.core.alteration import altered
from argosy.core.findings import Finding
from argosy.core.foresight import (
    findings_of_checkpoints,
    findings_of_end,
    findings_of_length,
    findings_of_size,
)
from argosy.core.grant import walltime_of
from argosy.core.job import Attempt, Running
from argosy.core.spec import JobSpec

_SPEED_UNIT = "ns/day"


def foreseen_findings(
    engine: Engine,
    spec: JobSpec,
    before: Iterable[Attempt],
    told: Iterable[Finding] = (),
    *,
    in_walltimes: bool = False,
) -> tuple[Finding, ...]:
    """Before it starts: how much it will write, and at the speed of the jobs before how long it takes.

    And what an end in between would cost then. Nothing is said about what the checks have ``told`` of already.
    ``in_walltimes`` tells that jobs are asked for one.
    """
    foreseen = engine.foresee(spec) if isinstance(engine, Foreseer) else None
    if foreseen is None:
        return ()
    speed = next((known for one in before if (known := _speed(one)) is not None), None)
    walltime_s = spec.resources.walltime_s
    costly = (
        *findings_of_checkpoints(foreseen, ns_per_day=speed, walltime_s=walltime_s),
        *findings_of_length(foreseen, ns_per_day=speed, walltime_s=walltime_s, asked_for=in_walltimes),
    )
    places = {one.where for one in told}
    return (*findings_of_size(foreseen), *(one for one in costly if one.where not in places))


def running_findings(engine: Engine, spec: JobSpec, attempt: Attempt) -> tuple[Finding, ...]:
    """While it runs: how much an end could cost at the speed that it has, with the walltime that it got."""
    foreseen = engine.foresee(spec) if isinstance(engine, Foreseer) and attempt.state.kind == "running" else None
    if foreseen is None:
        return ()
    walltime_s = walltime_of(attempt.granted, altered(spec, attempt.altered).resources)
    return findings_of_checkpoints(foreseen, ns_per_day=_speed(attempt), walltime_s=walltime_s)


def findings_before_its_end(spec: JobSpec, attempt: Attempt, now: datetime) -> tuple[Finding, ...]:
    """While it runs: whether it will be through before its walltime is over. A chain is meant to take several."""
    state, progress = attempt.state, attempt.progress
    in_chain = attempt.goal is not None and attempt.goal.is_open
    if not isinstance(state, Running) or progress is None or in_chain:
        return ()
    walltime_s = walltime_of(attempt.granted, altered(spec, attempt.altered).resources)
    left_s = None if walltime_s is None else walltime_s - (now - state.since).total_seconds()
    return findings_of_end(remaining_s=progress.remaining_s, left_s=left_s)


def _speed(attempt: Attempt) -> float | None:
    progress = attempt.progress
    return progress.rate if progress is not None and progress.rate_unit == _SPEED_UNIT else None
