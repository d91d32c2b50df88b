import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.job import Closed, RetryClass, State, Succeeded
from argosy.core.lifecycle import (
    ABSENCE_GRACE_S,
    CANCEL_AGAIN_S,
    MAX_RETRIES,
    Step,
    backoff_s,
    is_due,
    may_retry,
    next_step,
    troubled,
)
from tests.core.cases import DRAFT, NOW, QUEUED, RUNNING, SEEN, STAGED, SUBMITTED, WAITING, WISH, after, attempt, ended

CLOSED = Closed(outcome=Succeeded(), evidence=SEEN)


@pytest.mark.parametrize(
    ("state", "step", "wished"),
    [
        (DRAFT, Step.REST, Step.ABANDON),
        (WAITING, Step.RELEASE, Step.ABANDON),
        (QUEUED, Step.STAGE, Step.ABANDON),
        (STAGED, Step.LAUNCH, Step.FORBID),
        (SUBMITTED, Step.WATCH, Step.CANCEL),
        (RUNNING, Step.WATCH, Step.CANCEL),
        (ended(), Step.COLLECT, Step.COLLECT),
        (CLOSED, Step.REST, Step.REST),
    ],
)
def test_each_state_has_its_step_and_a_wish_is_read_at_every_door(state: State, step: Step, wished: Step) -> None:
    assert next_step(attempt(state), NOW) is step
    assert next_step(attempt(state, wish=WISH), NOW) is wished


@pytest.mark.parametrize("state", [SUBMITTED, RUNNING])
def test_a_program_that_was_told_is_watched_and_told_again_after_a_minute(state: State) -> None:
    told = attempt(state, wish=WISH, cancel_sent=NOW)
    assert next_step(told, after(CANCEL_AGAIN_S)) is Step.WATCH
    assert next_step(told, after(CANCEL_AGAIN_S + 1)) is Step.CANCEL


def test_a_clock_that_was_set_back_does_not_keep_a_program_from_being_told() -> None:
    assert next_step(attempt(RUNNING, wish=WISH, cancel_sent=after(86_400)), NOW) is Step.CANCEL


def test_a_launch_that_nobody_saw_for_two_minutes_is_forbidden() -> None:
    lost = attempt(SUBMITTED, missing_since=NOW)
    assert next_step(lost, after(ABSENCE_GRACE_S)) is Step.WATCH
    assert next_step(lost, after(ABSENCE_GRACE_S + 1)) is Step.FORBID
    assert next_step(attempt(RUNNING, missing_since=NOW), after(ABSENCE_GRACE_S + 1)) is Step.WATCH


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_wait_is_never_shorter_than_half_a_second_nor_longer_than_450(times: int, jitter: float) -> None:
    assert 0.5 <= backoff_s(times, jitter) <= 450


def test_what_follows_on_an_attempt_may_pause_for_a_day_and_else_a_time_so_far_ahead_is_another_clocks() -> None:
    first = attempt(QUEUED).model_copy(update={"due": after(7200)})
    second = first.model_copy(update={"number": 2})
    assert is_due(first, NOW)
    assert not is_due(second, NOW)
    assert is_due(second, after(7200))
    assert is_due(second.model_copy(update={"due": after(3 * 86_400)}), NOW)


def test_waits_double_until_five_minutes() -> None:
    assert [backoff_s(times, 0.5) for times in (1, 2, 3, 9, 10, 1000)] == [1, 2, 4, 256, 300, 300]
    assert [backoff_s(times, 0.5, away=True) for times in (1, 2, 3, 9, 1000)] == [1, 2, 4, 60, 60]


def test_trouble_is_counted_while_it_is_the_same() -> None:
    first = troubled(None, code="unreachable", message="no answer", hint="wait", now=NOW)
    second = troubled(first, code="unreachable", message="still none", hint="", now=after(1))
    other = troubled(second, code="denied", message="no", hint="", now=after(2))
    assert [one.times for one in (first, second, other)] == [1, 2, 1]
    assert (second.message, second.at) == ("still none", after(1))


@pytest.mark.parametrize("retry", list(RetryClass))
def test_nothing_is_tried_again_that_the_user_did_not_allow(retry: RetryClass) -> None:
    assert not may_retry(retry, earlier=(), allowed=0)


@pytest.mark.parametrize(
    "retry", [RetryClass.NEVER, RetryClass.MORE_MEMORY, RetryClass.MORE_TIME, RetryClass.AFTER_CHANGE]
)
def test_what_needs_a_change_is_not_tried_again_by_itself(retry: RetryClass) -> None:
    assert not may_retry(retry, earlier=(), allowed=3)


def test_the_same_class_is_tried_again_at_most_twice_and_once_only_once() -> None:
    as_is, once = RetryClass.AS_IS, RetryClass.ONCE
    assert may_retry(as_is, earlier=(as_is,), allowed=3)
    assert not may_retry(as_is, earlier=(as_is, as_is), allowed=3)
    assert may_retry(once, earlier=(as_is,), allowed=3)
    assert not may_retry(once, earlier=(once,), allowed=3)


@given(st.lists(st.sampled_from(RetryClass)), st.sampled_from(RetryClass), st.integers(0, 9))
def test_there_are_never_more_tries_than_allowed(earlier: list[RetryClass], retry: RetryClass, allowed: int) -> None:
    if may_retry(retry, earlier=tuple(earlier), allowed=allowed):
        assert len(earlier) < min(allowed, MAX_RETRIES)
