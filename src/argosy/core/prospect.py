"""When a job would start, and how that is known. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from argosy.core.crowd import Waits
from argosy.core.findings import Finding, Severity
from argosy.core.sighting import Refused
from argosy.core.values import Moment, Value

Basis = Literal["room", "test", "queue", "history"]
"""``room``: there is room now. ``test``: the scheduler was asked about this very job. ``queue``: what the scheduler
expects of jobs that wait already. ``history``: how long earlier jobs of ours have waited."""
_RANK: Sequence[Basis] = ("room", "test", "history", "queue")


class Trial(Value):
    """What a scheduler says about a job that is not handed in: when it would start and where, or why it never would.

    ``start`` is an estimate of this moment; others' jobs may end earlier or come in between. ``unasked`` says why
    nobody could be asked, and ``hint`` what helps then.
    """

    start: Moment | None = None
    nodes: str = ""
    partition: str = ""
    cpus: int | None = None
    refusal: Refused | None = None
    unasked: str = ""
    hint: str = ""


class Ahead(Value):
    """Jobs that wait in a partition already, how many of them have an expected start, and the latest of these."""

    waiting: int = Field(default=0, ge=0)
    expected: int = Field(default=0, ge=0)
    latest: Moment | None = None


class Estimate(Value):
    """When a job would start, on one basis, and what stands behind it."""

    basis: Basis
    start: Moment
    words: str


class Prospect(Value):
    """A job at one target: whether it may run there, and when it would start; the best founded estimate comes first.

    ``trouble`` says why the target could not be asked.
    """

    target: str
    partition: str = ""
    findings: tuple[Finding, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    trouble: str = ""
    hint: str = ""

    @property
    def start(self) -> datetime | None:
        """When it would start by the best estimate; None where it may not run, or nothing is known."""
        return self.estimates[0].start if self.estimates and self.may_run else None

    @property
    def may_run(self) -> bool:
        """Whether nothing forbids it."""
        return not self.trouble and all(one.severity is not Severity.ERROR for one in self.findings)


def by_start(prospects: Iterable[Prospect]) -> tuple[Prospect, ...]:
    """The earliest first; then those of which no start is known, then those where it may not run."""

    def order(one: Prospect) -> tuple[bool, bool, float, str]:
        start = one.start
        return (not one.may_run, start is None, start.timestamp() if start else 0.0, one.target)

    return tuple(sorted(prospects, key=order))


def estimates(trial: Trial, ahead: Ahead, waits: Waits | None, now: datetime) -> tuple[Estimate, ...]:
    """All that is known of a start at a shared queue, the best founded first."""
    found: list[Estimate] = []
    if trial.start is not None:
        where = f" on {trial.nodes}" if trial.nodes else ""
        words = f"the scheduler plans so for a job like this{where}; it changes as others come and end early"
        found.append(Estimate(basis="test", start=max(trial.start, now), words=words))
    if waits is not None:
        words = f"half of {waits.jobs} jobs of yours have waited less; sizes and times of day are not looked at"
        found.append(Estimate(basis="history", start=now + timedelta(seconds=waits.median_s), words=words))
    if ahead.latest is not None and ahead.latest > now:
        words = f"the last of {ahead.expected} waiting jobs with an expected start; {ahead.waiting} wait in all"
        found.append(Estimate(basis="queue", start=ahead.latest, words=words))
    return tuple(sorted(found, key=lambda one: _RANK.index(one.basis)))


def with_room(words: str, now: datetime) -> Estimate:
    """There is room for it now."""
    return Estimate(basis="room", start=now, words=words)
