"""How much a run will write, and how often it should write what it can be gone on from."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.findings import Finding, Severity
from argosy.core.foresight import (
    Foreseen,
    Written,
    findings_of_checkpoints,
    findings_of_end,
    findings_of_length,
    findings_of_size,
    size_of,
    wanted_interval,
)

DAY_S = 86_400
FRAMES = Written(what="trajectory", parameter="dcd_freq", every=1_000, size=12_000_000)


def run(every: int = 5_000, *, steps: int = 10_000_000, written: tuple[Written, ...] = ()) -> Foreseen:
    checkpoint = Written(what="checkpoint", parameter="restart_freq", every=every, size=96_000_000, adds_up=False)
    return Foreseen(steps=steps, timestep_fs=2.0, written=written, checkpoint=checkpoint, cycle=20)


def checkpoints(every: int, ns_per_day: float | None, walltime_s: int | None = DAY_S) -> tuple[Finding, ...]:
    return findings_of_checkpoints(run(every), ns_per_day=ns_per_day, walltime_s=walltime_s)


def test_frames_add_up_and_checkpoints_replace_each_other() -> None:
    assert size_of(run(written=(FRAMES,))) == 10_000 * 12_000_000 + 96_000_000
    assert size_of(run(steps=100, written=(FRAMES,))) == 0


def test_a_lot_of_output_is_told_with_what_makes_most_of_it() -> None:
    (found,) = findings_of_size(run(written=(FRAMES, Written(what="cell", parameter="xst_freq", every=10, size=200))))
    assert found.where == "dcd_freq"
    assert found.what == "the run will leave about 120 GB: the trajectory is written 10,000 times"
    assert list(findings_of_size(run(written=(FRAMES.model_copy(update={"every": 1_000_000}),)))) == []


def test_checkpoints_far_apart_are_told_with_a_better_interval() -> None:
    # At 1.728 ns/day a step of 2 fs takes 0.1 s.
    (found,) = checkpoints(100_000, 1.728)
    assert (found.where, found.what) == (
        "restart_freq",
        "at 1.73 ns/day it can be gone on from what it writes every 2h 46m 40s",
    )
    assert found.remedy == "Take 8,000: one every 13m 20s."
    (short,) = checkpoints(10_000, 1.728, walltime_s=3_600)
    assert short.remedy == "Take 1,800: one every 3m."


def test_checkpoints_all_the_time_are_told() -> None:
    (found,) = checkpoints(20, 1.728)
    assert found.what == "at 1.73 ns/day it writes what it can be gone on from every 2 seconds"


@pytest.mark.parametrize(("every", "speed"), [(8_000, 1.728), (20_000, 1.728), (100_000, None)])
def test_a_fair_interval_or_an_unknown_speed_is_silent(every: int, speed: float | None) -> None:
    assert checkpoints(every, speed) == ()


@pytest.mark.parametrize("speed", [0.0, -1.0, 5e-324, 1e300, math.inf, math.nan])
def test_a_speed_that_cannot_be_is_as_good_as_none(speed: float) -> None:
    assert checkpoints(20, speed) == checkpoints(100_000, speed) == ()


def test_a_run_that_is_over_before_it_could_be_written_better_is_left_alone() -> None:
    def found(every: int, steps: int) -> tuple[Finding, ...]:
        return findings_of_checkpoints(run(every, steps=steps), ns_per_day=1.728, walltime_s=DAY_S)

    assert found(100_000, 99_999) == ()
    assert len(found(100_000, 100_000)) == 1
    assert found(20, 7_999) == ()
    assert len(found(20, 8_000)) == 1


def test_checkpoints_alone_can_be_a_lot() -> None:
    huge = Written(what="checkpoint", parameter="restart_freq", every=5_000, size=10**11, adds_up=False)
    (found,) = findings_of_size(Foreseen(steps=10_000, checkpoint=huge))
    assert found.where == "restart_freq"


@given(st.floats(1e-6, 1e4), st.one_of(st.none(), st.integers(1, 10**8)), st.integers(1, 1000))
def test_a_better_interval_is_whole_cycles_and_no_longer_than_wanted(
    step_s: float, walltime_s: int | None, cycle: int
) -> None:
    interval = wanted_interval(step_s, walltime_s, cycle)
    assert interval >= cycle
    assert interval % cycle == 0
    assert interval == cycle or interval * step_s <= 900 * (1 + 1e-9)


def length(ns_per_day: float | None, walltime_s: int | None, *, asked_for: bool = True) -> tuple[Finding, ...]:
    return findings_of_length(run(), ns_per_day=ns_per_day, walltime_s=walltime_s, asked_for=asked_for)


def test_a_walltime_is_proposed_at_the_speed_of_the_job_before() -> None:
    # 20 ns.
    (found,) = length(80.0, None)
    assert (found.severity, found.where, found.what, found.remedy) == (
        Severity.SUGGESTION,
        "walltime",
        "at 80 ns/day, as the job that it follows, it takes about 6h",
        "Ask for 7h 20m.",
    )
    assert length(80.0, None, asked_for=False) == ()


def test_a_walltime_that_will_be_too_short_is_told_before_the_start() -> None:
    (found,) = length(80.0, 4 * 3600, asked_for=False)
    assert found.severity is Severity.WARNING
    assert found.what == "at 80 ns/day, as the job that it follows, it takes about 6h, but its walltime is 4h"
    assert found.remedy == "Ask for 7h 20m, or have it gone on from afterwards: argosy extend."


@pytest.mark.parametrize(
    ("ns_per_day", "walltime_s"), [(80.0, 6 * 3600), (80.0, 6 * 3600 - 900), (None, 60), (math.nan, None), (0.0, None)]
)
def test_a_walltime_that_is_long_enough_or_an_unknown_speed_is_silent(
    ns_per_day: float | None, walltime_s: int | None
) -> None:
    assert length(ns_per_day, walltime_s) == ()


def test_a_run_of_no_steps_takes_no_time() -> None:
    assert findings_of_length(run(steps=0), ns_per_day=80.0, walltime_s=None, asked_for=True) == ()


def test_a_run_that_will_not_be_through_before_its_end_is_told_by_how_much() -> None:
    (found,) = findings_of_end(remaining_s=10_810.0, left_s=3_590.0)
    assert (found.where, found.what) == (
        "walltime",
        "at its speed it needs 3h more, but its walltime is over in 1h",
    )
    assert "argosy extend" in found.remedy


@pytest.mark.parametrize(
    ("remaining_s", "left_s"),
    [(3_600.0, 7_200.0), (3_600.0, 3_500.0), (90.0, 40.0), (None, 60.0), (9e9, None), (9e9, 0.0), (9e9, -5.0)],
)
def test_a_run_that_is_through_in_time_or_of_which_nothing_is_known_is_left_alone(
    remaining_s: float | None, left_s: float | None
) -> None:
    assert findings_of_end(remaining_s=remaining_s, left_s=left_s) == ()
