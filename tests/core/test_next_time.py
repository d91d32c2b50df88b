"""What is proposed for a job that goes on: the walltime that the rest takes, and the memory that it needs."""

from typing import Any

import pytest

from argosy.core.job import Attempt, Cause, Closed, Failed, Outcome, Progress, RetryClass, Succeeded
from argosy.core.next_time import NextTime, longest_walltime_s, next_time
from argosy.core.onward import Onward, with_rest
from argosy.core.remedies import Case, remedy
from argosy.core.resources import Resources
from argosy.core.slurm import Partition, QosLimits, Slurm, SlurmWishes
from argosy.core.spec import JobSpec
from argosy.core.spending import Spent
from argosy.core.target import Target
from tests.core.cases import RUNNING, SEEN, attempt

HOUR = 3600
TOO_LONG = Failed(cause=Cause.WALLTIME, explanation="It reached its walltime.", retry=RetryClass.MORE_TIME)
TOO_LARGE = Failed(cause=Cause.OUT_OF_MEMORY, explanation="It used too much.", retry=RetryClass.MORE_MEMORY)


def over(outcome: Outcome = TOO_LONG, remaining_s: float | None = 10 * HOUR, **more: Any) -> Attempt:
    progress = Progress(step=5, total=10, rate=12.3, rate_unit="ns/day", remaining_s=remaining_s, **more)
    return attempt(Closed(outcome=outcome, evidence=SEEN), progress=progress)


def spec(**asked: Any) -> JobSpec:
    resources = Resources(**({"walltime_s": 24 * HOUR, "memory_mib": 8192} | asked))
    return JobSpec(name="run", argv=("sh",), resources=resources, slurm=SlurmWishes(partition="long", qos="normal"))


def used(peak_memory_mib: int) -> Spent:
    return Spent(elapsed_s=HOUR, cpus=1, memory_mib=8192, peak_memory_mib=peak_memory_mib)


def cluster(partition_s: int | None, qos_s: int | None = None) -> Target:
    site = Slurm(
        partitions=(Partition(name="long", max_walltime_s=partition_s),),
        qos_limits=(QosLimits(name="normal", max_walltime_s=qos_s),),
    )
    return Target(name="alpine", root="/data", scheduler="slurm", slurm=site)


def test_the_rest_takes_what_is_left_at_its_speed_and_a_fifth_more() -> None:
    found = next_time(spec(), over(), None, None)
    assert found.walltime_s == 12 * HOUR + 300
    assert found.words == ("walltime 12h 5m: at its speed (12.3 ns/day) the rest takes 10h",)
    assert found.memory_mib is None


@pytest.mark.parametrize(
    ("job", "last"),
    [
        (spec(), over(Succeeded())),
        (spec(), attempt(RUNNING)),
        (spec(), over(remaining_s=None)),
        (spec(), over(broken="it is NaN")),
        (spec(walltime_s=None), over()),
    ],
)
def test_where_nothing_is_known_or_nothing_is_left_nothing_is_proposed(job: JobSpec, last: Attempt) -> None:
    assert next_time(job, last, None, None) == NextTime()


def test_no_more_time_is_proposed_than_the_target_gives() -> None:
    assert longest_walltime_s(spec(), cluster(48 * HOUR, 6 * HOUR)) == 6 * HOUR
    assert longest_walltime_s(spec(), cluster(None)) is None
    found = next_time(spec(), over(), None, cluster(6 * HOUR))
    assert found.walltime_s == 6 * HOUR
    assert "alpine gives no more, so that takes several jobs" in found.words[0]
    assert next_time(spec(walltime_s=6 * HOUR), over(), None, cluster(6 * HOUR)) == NextTime()


def test_memory_is_raised_after_it_ran_out_and_lowered_where_much_was_never_used() -> None:
    assert next_time(spec(), over(TOO_LARGE), None, None).memory_mib == 12_288
    assert next_time(spec(), over(TOO_LARGE), used(12_000), None).memory_mib == 15_360
    assert next_time(spec(), over(), used(1000), None).memory_mib == 1280
    assert next_time(spec(), over(), used(6000), None).memory_mib is None
    assert next_time(spec(memory_mib=None), over(TOO_LARGE), None, None).memory_mib is None


def test_what_is_said_counts_more_than_what_fits() -> None:
    rest = NextTime(walltime_s=HOUR, memory_mib=1024)
    assert with_rest(Onward(), rest).resources == {"walltime_s": HOUR, "memory_mib": 1024}
    said = with_rest(Onward(resources={"walltime": "2h", "cpus": 4}), rest)
    assert said.resources == {"walltime_s": "2h", "memory_mib": 1024, "cpus": 4}
    assert with_rest(Onward(), NextTime()) == Onward()


def test_what_ended_at_its_walltime_goes_on_with_the_walltime_that_the_rest_takes() -> None:
    rest = next_time(spec(), over(), None, None)
    one = remedy(Case(spec(), TOO_LONG, None, can_go_on=True, rest=rest))
    assert (one.way, one.onward.resources) == ("go_on", {"walltime_s": 12 * HOUR + 300})
    assert [(change.what, change.before, change.after) for change in one.changes] == [("walltime_s", "1d", "12h 5m")]
    preempted = Failed(cause=Cause.PREEMPTED, explanation="It had to go.", retry=RetryClass.CHECKPOINT)
    assert remedy(Case(spec(), preempted, None, can_go_on=True, rest=rest)).changes == ()
