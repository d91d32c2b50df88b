from datetime import datetime, timedelta

import pytest

from argosy.core.belief import (
    BOOKS_GRACE_S,
    PASSED_OVER_S,
    PASSED_OVER_TIMES,
    UNNOTICED_S,
    Belief,
    believe,
    expected_start,
    wants_a_start,
)
from argosy.core.job import Attempt, Cause, Closed, Ended, Running, State, Submitted, Succeeded, Trouble, Witness
from argosy.core.lifecycle import ABSENCE_GRACE_S
from argosy.core.sighting import Presence, Sighting
from tests.core.cases import (
    DRAFT,
    NOW,
    QUEUED,
    RUNNING,
    SEEN,
    STAGED,
    SUBMITTED,
    WAITING,
    after,
    attempt,
    ended,
    report,
    sighting,
    start,
)

LIVE = [STAGED, SUBMITTED, RUNNING]
LONG = after(-ABSENCE_GRACE_S - 1)


@pytest.mark.parametrize("state", [DRAFT, WAITING, QUEUED, ended(), Closed(outcome=Succeeded(), evidence=SEEN)])
@pytest.mark.parametrize("presence", list(Presence))
def test_only_what_may_be_at_the_target_is_moved_by_a_look(state: State, presence: Presence) -> None:
    assert believe(attempt(state), sighting(presence, conclusive=True, report=report(0)), NOW) == Belief()


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("presence", list(Presence))
def test_the_exit_report_outweighs_whatever_the_scheduler_says(state: State, presence: Presence) -> None:
    belief = believe(attempt(state), sighting(presence, report=report(3), directory_exists=True), NOW)
    assert isinstance(belief.state, Ended)
    assert belief.state.report == report(3)
    assert belief.state.evidence.witness is Witness.WRAPPER
    assert belief.state.evidence.words == "exit code 3"


def test_a_cause_that_accounting_knows_travels_with_the_report() -> None:
    seen = sighting(Presence.OVER, report=report(signal=9), cause=Cause.OUT_OF_MEMORY)
    belief = believe(attempt(RUNNING), seen, NOW)
    assert isinstance(belief.state, Ended)
    assert belief.state.cause is Cause.OUT_OF_MEMORY


def test_what_the_scheduler_says_of_a_cause_stands_beside_the_report() -> None:
    seen = sighting(Presence.OVER, report=report(signal=9), cause=Cause.WALLTIME, words="TIMEOUT")
    belief = believe(attempt(RUNNING), seen, NOW)
    assert isinstance(belief.state, Ended)
    assert belief.state.evidence.words == "signal 9 (KILL); TIMEOUT"


def test_who_stopped_it_and_what_the_books_say_is_kept() -> None:
    seen = sighting(
        Presence.OVER, conclusive=True, words="CANCELLED", stopped_by="user 1002", witness=Witness.ACCOUNTING
    )
    belief = believe(attempt(SUBMITTED), seen, NOW)
    assert isinstance(belief.state, Ended)
    assert (belief.state.stopped_by, belief.state.evidence.witness) == ("user 1002", Witness.ACCOUNTING)


def test_a_pending_job_without_a_word_of_the_scheduler_keeps_its_last_reason() -> None:
    waits = SUBMITTED.model_copy(update={"reason": "waits for its turn"})
    assert believe(attempt(waits), sighting(Presence.PENDING), NOW) == Belief()
    told = believe(attempt(waits), sighting(Presence.PENDING, words="held"), NOW).state
    assert isinstance(told, Submitted)
    assert told.reason == "held"


# --- Silence proves nothing ------------------------------------------------------------------------------------------


def test_a_staged_attempt_of_which_nothing_was_seen_is_still_to_be_launched() -> None:
    for conclusive in (False, True):
        assert believe(attempt(STAGED), sighting(Presence.ABSENT, conclusive=conclusive), NOW) == Belief()


@pytest.mark.parametrize("state", [SUBMITTED, RUNNING])
@pytest.mark.parametrize("claimed", [False, True])
@pytest.mark.parametrize("presence", [Presence.ABSENT, Presence.OVER])
def test_an_attempt_out_of_sight_is_first_only_missing(state: State, presence: Presence, claimed: bool) -> None:
    assert believe(attempt(state), sighting(presence, claimed=claimed), NOW) == Belief(missing_since=NOW)


def test_it_is_missing_since_the_first_look_that_did_not_find_it() -> None:
    belief = believe(attempt(SUBMITTED, missing_since=after(-7)), sighting(Presence.ABSENT), NOW)
    assert belief == Belief(missing_since=after(-7))


def test_the_moment_between_a_launch_and_its_claim_is_not_noted() -> None:
    seen = sighting(Presence.ABSENT)
    young = SUBMITTED.model_copy(update={"evidence": SEEN.model_copy(update={"at": after(-UNNOTICED_S + 1)})})
    assert believe(attempt(young), seen, NOW) == Belief()
    assert believe(attempt(young), seen, after(2)).missing_since == after(2)


def test_seen_again_it_is_missing_no_more() -> None:
    belief = believe(attempt(RUNNING, missing_since=after(-60)), sighting(Presence.RUNNING, words="seen"), NOW)
    assert belief == Belief()


@pytest.mark.parametrize(
    ("presence", "claimed"), [(Presence.OVER, False), (Presence.OVER, True), (Presence.ABSENT, True)]
)
def test_what_began_and_is_missing_for_long_is_over(presence: Presence, claimed: bool) -> None:
    belief = believe(attempt(SUBMITTED, missing_since=LONG), sighting(presence, claimed=claimed), NOW)
    assert isinstance(belief.state, Ended)
    assert belief.state.report is None


def test_what_was_running_is_over_when_missing_for_long_whatever_became_of_its_claim() -> None:
    belief = believe(attempt(RUNNING, missing_since=LONG), sighting(Presence.ABSENT, claimed=False), NOW)
    assert isinstance(belief.state, Ended)


@pytest.mark.parametrize("conclusive", [False, True])
def test_what_nobody_claimed_may_still_start_however_long_it_is_missing(conclusive: bool) -> None:
    seen = sighting(Presence.ABSENT, conclusive=conclusive)
    assert believe(attempt(SUBMITTED, missing_since=LONG), seen, NOW) == Belief(missing_since=LONG)


def test_a_clock_that_was_set_back_does_not_make_the_wait_endless() -> None:
    belief = believe(attempt(SUBMITTED, missing_since=after(86_400)), sighting(Presence.OVER), NOW)
    assert belief == Belief(missing_since=NOW)


def test_a_clock_that_was_set_back_does_not_hide_that_it_is_missing() -> None:
    future = SUBMITTED.model_copy(update={"evidence": SEEN.model_copy(update={"at": after(3600)})})
    assert believe(attempt(future), sighting(Presence.ABSENT), NOW).missing_since == NOW


def test_what_the_books_still_call_open_is_given_them_time_to_tell_how_it_ended() -> None:
    seen = sighting(Presence.ABSENT, claimed=True, open_in_books=True, words="the books call it running")
    assert believe(attempt(RUNNING, missing_since=LONG), seen, NOW) == Belief(missing_since=LONG)
    belief = believe(attempt(RUNNING, missing_since=after(-BOOKS_GRACE_S - 1)), seen, NOW)
    assert isinstance(belief.state, Ended)
    assert belief.state.evidence.words == "the books call it running"


# --- What is conclusive ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", LIVE)
def test_processes_that_are_certainly_dead_end_the_attempt_at_once(state: State) -> None:
    seen = sighting(Presence.OVER, claimed=True, conclusive=True, words="its processes are gone")
    belief = believe(attempt(state), seen, NOW)
    assert isinstance(belief.state, Ended)
    assert (belief.state.report, belief.state.cause) == (None, None)
    assert belief.state.evidence.words == "its processes are gone"


def test_a_reboot_ends_the_attempt_with_its_cause() -> None:
    seen = sighting(Presence.OVER, claimed=True, conclusive=True, cause=Cause.NODE_FAILURE)
    belief = believe(attempt(RUNNING), seen, NOW)
    assert isinstance(belief.state, Ended)
    assert belief.state.cause is Cause.NODE_FAILURE


def test_a_forbidden_start_ends_the_attempt() -> None:
    seen = sighting(Presence.OVER, claimed=True, conclusive=True, cause=Cause.START_FAILED)
    for state in LIVE:
        belief = believe(attempt(state), seen, NOW)
        assert isinstance(belief.state, Ended)
        assert belief.state.cause is Cause.START_FAILED


@pytest.mark.parametrize("state", LIVE)
def test_a_directory_that_is_gone_ends_the_attempt(state: State) -> None:
    seen = sighting(Presence.ABSENT, directory_exists=False, words="its directory is gone")
    belief = believe(attempt(state), seen, NOW)
    assert isinstance(belief.state, Ended)
    assert belief.state.evidence.words == "its directory is gone"


def test_a_killed_wrapper_whose_program_lives_is_running_and_says_so() -> None:
    seen = sighting(Presence.RUNNING, claimed=True, conclusive=True, start=start(), words="the wrapper was killed")
    belief = believe(attempt(RUNNING), seen, NOW)
    assert isinstance(belief.state, Running)
    assert belief.state.evidence.words == "the wrapper was killed"
    assert (belief.state.since, belief.state.handle, belief.state.host) == (RUNNING.since, "17", "node7")
    assert believe(attempt(belief.state), seen, NOW) == Belief()


# --- Moving right ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [STAGED, SUBMITTED])
def test_a_running_program_is_adopted_with_the_facts_of_its_start_record(state: State) -> None:
    seen = sighting(Presence.RUNNING, claimed=True, start=start(host="node9"), handle="99")
    belief = believe(attempt(state), seen, NOW)
    assert isinstance(belief.state, Running)
    assert (belief.state.host, belief.state.since, belief.state.handle) == ("node9", start().started, "99")


def test_running_without_a_start_record_yet_learns_its_host_later() -> None:
    first = believe(attempt(SUBMITTED), sighting(Presence.RUNNING, words="R"), NOW).state
    assert isinstance(first, Running)
    assert (first.host, first.since) == ("", NOW)
    second = believe(attempt(first), sighting(Presence.RUNNING, words="R", start=start()), after(5)).state
    assert isinstance(second, Running)
    assert (second.host, second.since) == ("node7", start().started)


@pytest.mark.parametrize(
    ("presence", "claimed"), [(Presence.OVER, True), (Presence.OVER, False), (Presence.ABSENT, True)]
)
def test_a_staged_attempt_that_turns_out_to_have_been_launched_is_adopted(presence: Presence, claimed: bool) -> None:
    belief = believe(attempt(STAGED), sighting(presence, claimed=claimed, handle="5"), NOW)
    assert isinstance(belief.state, Submitted)
    assert belief.state.handle == "5"


def test_a_staged_attempt_in_the_queue_of_the_scheduler_is_adopted() -> None:
    belief = believe(attempt(STAGED), sighting(Presence.PENDING, handle="5", words="Priority"), NOW)
    assert isinstance(belief.state, Submitted)
    assert (belief.state.handle, belief.state.reason) == ("5", "Priority")


def test_a_new_reason_for_waiting_is_kept_with_the_handle() -> None:
    belief = believe(attempt(SUBMITTED), sighting(Presence.PENDING, words="Resources"), NOW)
    assert isinstance(belief.state, Submitted)
    assert (belief.state.handle, belief.state.reason) == ("17", "Resources")
    assert believe(attempt(belief.state), sighting(Presence.PENDING, words="Resources"), NOW) == Belief()


def test_a_requeued_job_stays_running() -> None:
    assert believe(attempt(RUNNING), sighting(Presence.PENDING, words="requeued"), NOW) == Belief()


def test_a_look_that_shows_nothing_new_writes_nothing() -> None:
    assert believe(attempt(RUNNING), sighting(Presence.RUNNING, words="seen"), NOW) == Belief()


FOLLOWER = SUBMITTED.model_copy(update={"lane": "another"})
PASSED_OVER = FOLLOWER.evidence.at + timedelta(seconds=PASSED_OVER_S)


def wants(one: Attempt, seen: Sighting, now: datetime = PASSED_OVER, *, in_turn: bool = True) -> bool:
    return wants_a_start(one, seen, now, in_turn=in_turn)


@pytest.mark.parametrize("in_turn", [True, False])
def test_what_is_staged_wants_a_start(in_turn: bool) -> None:
    assert wants(attempt(STAGED), sighting(Presence.ABSENT), NOW, in_turn=in_turn)


def test_who_waited_long_for_its_turn_is_started_elsewhere() -> None:
    waiting = sighting(Presence.PENDING)
    assert wants(attempt(FOLLOWER), waiting)
    assert not wants(attempt(FOLLOWER), waiting, PASSED_OVER - timedelta(seconds=1))
    first = attempt(SUBMITTED)
    first = first.model_copy(update={"state": SUBMITTED.model_copy(update={"lane": first.token})})
    assert not wants(first, waiting)


def test_who_is_left_by_its_lane_is_started_again_unless_it_has_begun() -> None:
    left = sighting(Presence.ABSENT, conclusive=True)
    assert wants(attempt(FOLLOWER), left)
    assert not wants(attempt(FOLLOWER), sighting(Presence.ABSENT))
    assert not wants(attempt(FOLLOWER), sighting(Presence.ABSENT, conclusive=True, claimed=True))


def test_so_is_who_was_found_in_a_lane_that_nobody_lived_to_write_down() -> None:
    waiting = sighting(Presence.PENDING, words="it waits for its turn")
    found = believe(attempt(STAGED), waiting, NOW).state
    assert isinstance(found, Submitted)
    assert wants(attempt(found), waiting, NOW + timedelta(seconds=PASSED_OVER_S))
    assert wants(attempt(found), sighting(Presence.ABSENT, conclusive=True), NOW)


@pytest.mark.parametrize("presence", list(Presence))
@pytest.mark.parametrize("conclusive", [False, True])
def test_what_a_queue_has_taken_is_never_handed_in_again_by_a_look(presence: Presence, conclusive: bool) -> None:
    seen = sighting(presence, conclusive=conclusive)
    assert not wants(attempt(SUBMITTED), seen, after(3600), in_turn=False)
    assert not wants(attempt(FOLLOWER), seen, after(3600), in_turn=False)


def test_there_is_an_end_of_starting_again() -> None:
    left = sighting(Presence.ABSENT, conclusive=True)
    tired = Trouble(code="passed_over", message="", times=PASSED_OVER_TIMES, at=NOW)
    assert not wants(attempt(FOLLOWER, trouble=tired), left)


@pytest.mark.parametrize(("presence", "kind"), [(Presence.RUNNING, Running), (Presence.PENDING, Submitted)])
def test_the_lane_goes_with_the_attempt(presence: Presence, kind: type[Running | Submitted]) -> None:
    state = believe(attempt(FOLLOWER), sighting(presence, words="new"), NOW).state
    assert isinstance(state, kind)
    assert state.lane == "another"


# --- When it is expected to start ------------------------------------------------------------------------------------


def test_an_estimate_is_kept_while_the_attempt_waits_and_forgotten_when_it_does_not() -> None:
    waits = sighting(Presence.PENDING, expected=after(600))
    assert expected_start(attempt(SUBMITTED), waits, NOW) == after(600)
    assert expected_start(attempt(STAGED), waits, NOW) == after(600)
    known = attempt(SUBMITTED, expected=after(600))
    assert expected_start(known, sighting(Presence.PENDING), NOW) is None
    assert expected_start(known, sighting(Presence.RUNNING), NOW) is None
    assert expected_start(attempt(RUNNING), waits, NOW) is None


@pytest.mark.parametrize(
    ("before", "said", "news"),
    [(600, 650, False), (600, 661, True), (36_000, 39_000, False), (36_000, 40_000, True), (36_000, 30_000, True)],
)
def test_a_small_move_of_an_estimate_is_no_news(before: float, said: float, news: bool) -> None:
    known = attempt(SUBMITTED, expected=after(before))
    kept = expected_start(known, sighting(Presence.PENDING, expected=after(said)), NOW)
    assert kept == after(said if news else before)
