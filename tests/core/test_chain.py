"""What follows when a link of a chain is over."""

from datetime import UTC, datetime

import pytest

from argosy.core.chain import Again, Link, Settled, following
from argosy.core.errors import BadInput
from argosy.core.goal import Aim, Goal, Standing, read_aim
from argosy.core.job import (
    Attempt,
    Cancelled,
    Cause,
    Closed,
    Failed,
    Lost,
    Outcome,
    Queued,
    RetryClass,
    Succeeded,
    Witness,
    said,
)

NOW = datetime(2026, 1, 2, tzinfo=UTC)
JOB = "j0123456789abcdefghjkm"
GOAL = Goal(aim=Aim(amount=300, unit="ns"), by="ada")


def link(outcome: Outcome, *, goal: Goal | None = GOAL) -> Attempt:
    state = Closed(outcome=outcome, directory="/d", evidence=said(Witness.WRAPPER, "over", NOW))
    return Attempt(job=JOB, number=1, target="here", state=state, due=NOW, goal=goal)


def failed(cause: Cause = Cause.EXIT_CODE, retry: RetryClass = RetryClass.ONCE) -> Failed:
    return Failed(cause=cause, explanation="It broke.", retry=retry)


def standing(step: int | None, began: int = 0) -> Standing:
    return Standing(began=began, step=step, timestep_fs=2.0)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [("300ns", 300, "ns"), ("1.5 us", 1500, "ns"), ("500ps", 0.5, "ns"), ("2000000 steps", 2_000_000, "steps")],
)
def test_a_goal_is_read_as_people_write_it(text: str, amount: float, unit: str) -> None:
    aim = read_aim(text)
    assert (aim.amount, aim.unit) == (pytest.approx(amount), unit)


@pytest.mark.parametrize("text", ["", "300", "ns", "-3ns", "0ns", "3 parsecs", "nan ns", "1e5ns"])
def test_what_is_no_goal_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_aim(text)
    assert "300ns" in refused.value.hint


def test_a_goal_in_time_is_a_whole_number_of_steps() -> None:
    assert read_aim("300ns").last_step(2.0) == 150_000_000
    assert read_aim("0.3ns").last_step(0.5) == 600_000
    assert read_aim("1ps").last_step(3.0) == 334
    assert read_aim("300ns").last_step(None) is None
    assert read_aim("70 steps").last_step(None) == 70


def test_a_link_that_came_so_far_ends_the_chain_at_its_goal() -> None:
    then = following(link(Succeeded()), standing(150_000_000))
    assert then == Settled("the goal of 300 ns is reached at step 150000000")


def test_a_link_whose_time_ran_out_in_the_moment_in_which_it_reached_the_goal_ends_the_chain_there() -> None:
    then = following(link(failed(Cause.WALLTIME, RetryClass.MORE_TIME)), standing(150_000_000))
    assert isinstance(then, Settled)
    assert then.words.startswith("the goal of 300 ns is reached at step 150000000, by its restart files")


def test_files_of_the_last_step_are_not_enough_when_the_run_failed() -> None:
    assert isinstance(following(link(failed()), standing(150_000_000)), Link)


def test_a_walltime_is_no_failure_however_often_it_comes() -> None:
    goal = GOAL.model_copy(update={"failures": 1})
    then = following(link(failed(Cause.WALLTIME, RetryClass.MORE_TIME), goal=goal), standing(1000))
    assert then == Link(150_000_000, GOAL)


def test_a_failed_link_that_left_files_is_gone_on_from_once() -> None:
    then = following(link(failed()), standing(1000))
    assert isinstance(then, Link)
    assert then.goal.failures == 1
    second = following(link(failed(), goal=then.goal), standing(2000, began=1000))
    assert second == Settled("it stops: 2 links failed in a row. It broke.")


def test_a_link_that_succeeded_in_between_counts_anew() -> None:
    goal = GOAL.model_copy(update={"failures": 1})
    then = following(link(Succeeded(), goal=goal), standing(1000))
    assert isinstance(then, Link)
    assert then.goal.failures == 0


@pytest.mark.parametrize("retry", [RetryClass.NEVER, RetryClass.AFTER_CHANGE])
def test_what_cannot_pass_by_itself_is_not_tried_again(retry: RetryClass) -> None:
    then = following(link(failed(retry=retry)), standing(1000))
    assert then == Settled("it stops: this failure does not pass by itself. It broke.")


def test_a_link_that_left_nothing_is_tried_again_once_if_that_may_help() -> None:
    for outcome in (failed(retry=RetryClass.AS_IS), Lost(explanation="It is gone.")):
        then = following(link(outcome), standing(None))
        assert isinstance(then, Again)
        assert isinstance(following(link(outcome, goal=then.goal), standing(None)), Settled)


@pytest.mark.parametrize("step", [None, 0, 500])
def test_a_link_without_progress_ends_the_chain_with_advice(step: int | None) -> None:
    then = following(link(failed(Cause.WALLTIME, RetryClass.MORE_TIME)), standing(step, began=500))
    assert isinstance(then, Settled)
    assert "nothing to go on from beyond step 500" in then.words
    assert "write restart files more often" in then.words


def test_whoever_cancels_a_link_ends_the_chain() -> None:
    then = following(link(Cancelled(by="ada")), standing(1000))
    assert then == Settled("it stops: the job was cancelled by ada")


def test_nothing_follows_on_what_is_not_over_or_has_no_goal() -> None:
    queued = link(Succeeded()).model_copy(update={"state": Queued(evidence=said(Witness.USER, "now", NOW))})
    for attempt in (queued, link(Succeeded(), goal=None)):
        with pytest.raises(ValueError, match="over and has a goal"):
            following(attempt, standing(1))
