import math

from hypothesis import given
from hypothesis import strategies as st

from argosy.core.capacity import (
    DEEPEST,
    Filled,
    Load,
    Standing,
    depth_of_lanes,
    fits,
    how_many_start,
    lanes,
    load_of,
    load_of_lanes,
    never_fits,
)
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


@given(limits, queues, queues, st.integers(0, 5))
def test_lanes_take_no_more_room_than_their_first_and_nobody_overtakes(
    limit: Limits, live: list[Resources], queue: list[Resources], depth: int
) -> None:
    load = load_of(live)
    begun = lanes(limit, load, queue, depth=depth).begun
    assert [lane[0] for lane in begun] == list(range(how_many_start(limit, load, queue)))
    places = sorted(place for lane in begun for place in lane)
    assert places == list(range(len(places)))
    assert all(list(lane) == sorted(lane) and len(lane) <= depth + 1 for lane in begun)
    held = [(str(number), queue[place]) for number, lane in enumerate(begun) for place in lane]
    if begun:
        assert fits(limit, load_of_lanes([*(("", one) for one in live), *held]))


def test_jobs_are_spread_evenly_over_lanes() -> None:
    assert lanes(Limits(running=2), Load(), [Resources()] * 7, depth=9).begun == ((0, 2, 4, 6), (1, 3, 5))
    assert lanes(Limits(running=2), Load(), [Resources()] * 7, depth=0).begun == ((0,), (1,))


def test_lanes_that_run_out_are_filled_up_and_the_others_left_alone() -> None:
    small, wide = Load().plus(Resources()), Load().plus(Resources(cpus=2))
    full, running_out = Standing(room=wide, waiting=3), Standing(room=small, waiting=1)
    limit, load = Limits(running=2), small.beside(wide)
    assert lanes(limit, load, [Resources()] * 7, depth=4, standing=[full, running_out]) == Filled(
        behind=((), (0, 1, 2))
    )
    assert lanes(limit, load, [Resources(cpus=2)], depth=4, standing=[running_out]) == Filled(behind=((),))


def test_a_lane_takes_the_room_of_its_largest() -> None:
    live = [("a", Resources(cpus=4)), ("a", Resources(cpus=2)), ("", Resources()), ("", Resources())]
    assert load_of_lanes(live) == Load(running=3, cpus=6)


def test_only_jobs_that_are_over_at_once_have_others_behind_them() -> None:
    assert depth_of_lanes(math.inf) == 0
    assert depth_of_lanes(1.2) == 0
    assert depth_of_lanes(0.1) == 80
    assert depth_of_lanes(0.0) == DEEPEST
