from hypothesis import given
from hypothesis import strategies as st

from argosy.core.capacity import Load, fits, how_many_start, load_of, never_fits
from argosy.core.resources import Resources
from argosy.core.target import Limits, Target

jobs = st.builds(Resources, tasks=st.integers(1, 4), cpus=st.integers(1, 8), memory_mib=st.none() | st.integers(1, 64))
queues = st.lists(jobs, max_size=20)
caps = st.none() | st.integers(1, 40)
limits = st.builds(Limits, running=caps, cpus=caps, memory_mib=caps)


@given(limits, queues, queues)
def test_what_starts_fits_and_one_more_would_not(limit: Limits, live: list[Resources], queue: list[Resources]) -> None:
    load = load_of(live)
    count = how_many_start(limit, load, queue)
    if count:
        assert fits(limit, load_of([*live, *queue[:count]]))
    if count < len(queue):
        assert not fits(limit, load_of([*live, *queue[: count + 1]]))


def test_a_wide_job_is_not_overtaken_by_narrow_ones() -> None:
    queue = [Resources(cpus=8), Resources(cpus=1), Resources(cpus=1)]
    assert how_many_start(Limits(cpus=8), load_of([Resources(cpus=1)]), queue) == 0
    assert how_many_start(Limits(cpus=8), Load(), queue) == 1


def test_processors_are_those_of_all_tasks() -> None:
    assert load_of([Resources(tasks=4, cpus=2)]) == Load(running=1, cpus=8)


@given(limits, jobs)
def test_a_job_is_refused_just_when_it_could_never_start(limit: Limits, job: Resources) -> None:
    target = Target(name="here", root="/data", limits=limit)
    assert bool(never_fits(target, job)) == (how_many_start(limit, Load(), [job]) == 0)


def test_a_job_that_never_fits_is_told_what_the_target_allows() -> None:
    target = Target(name="here", root="/data", limits=Limits(cpus=4, memory_mib=100))
    cpus, memory = never_fits(target, Resources(cpus=8, memory_mib=200))
    assert (cpus.where, memory.where) == ("cpus", "memory")
    assert "asks for 8 cpus" in cpus.what
    assert "200 MiB of memory" in memory.what
    assert "argosy target edit here" in cpus.remedy
