import pytest

from argosy.core.failures import Diagnosis
from argosy.core.job import Cancelled, Cause, Failed, Lost, Outcome, RetryClass, State, Succeeded, Told, Wish
from argosy.core.judgement import judge, telling_of
from argosy.core.outputs import Complete, Incomplete, Outputs, Verdict
from tests.core.cases import EARLIER, NOW, QUEUED, RUNNING, WISH, after, attempt, ended, report

PROVEN = Complete(remark="all steps done")
BY_CODE = Complete(by_exit_code=True)
UNFINISHED = Incomplete(explanation="It stopped at step 7.", signature="short", retry=RetryClass.CHECKPOINT)
DIAGNOSIS = Diagnosis(
    signature="disk_full", explanation="A disk was full.", advice="Make room.", excerpt="ENOSPC", retry=RetryClass.WAIT
)


def judged(
    state: State, verdict: Verdict = BY_CODE, *, wish: Wish | None = None, diagnosis: Diagnosis | None = None
) -> Outcome:
    return judge(attempt(state, wish=wish), verdict, diagnosis)


def failed(outcome: Outcome) -> Failed:
    assert isinstance(outcome, Failed)
    assert outcome.explanation.endswith(".")
    assert outcome.explanation[0].isupper()
    return outcome


@pytest.mark.parametrize("state", [QUEUED, RUNNING])
def test_only_what_has_ended_is_judged(state: State) -> None:
    with pytest.raises(ValueError, match="only an ended attempt"):
        judged(state)


# --- Success ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", [PROVEN, BY_CODE])
def test_success_needs_exit_code_0_and_the_engines_verdict(verdict: Complete) -> None:
    assert judged(ended(report=report(0)), verdict) == Succeeded(remark=verdict.remark)


def test_exit_code_0_without_complete_outputs_is_incomplete() -> None:
    outcome = failed(judged(ended(report=report(0)), UNFINISHED))
    assert (outcome.cause, outcome.explanation) == (Cause.INCOMPLETE, "It stopped at step 7.")
    assert outcome.retry is RetryClass.CHECKPOINT


@pytest.mark.parametrize("verdict", [PROVEN, BY_CODE])
def test_complete_outputs_do_not_turn_another_exit_code_into_success(verdict: Complete) -> None:
    assert failed(judged(ended(report=report(1)), verdict)).cause is Cause.EXIT_CODE


@pytest.mark.parametrize("verdict", [PROVEN, BY_CODE])
def test_a_wish_that_was_never_delivered_does_not_undo_a_success(verdict: Complete) -> None:
    assert isinstance(judged(ended(report=report(0)), verdict, wish=WISH), Succeeded)


@pytest.mark.parametrize("told", [{"cancelled": EARLIER}, {"walltime_reached": EARLIER}])
def test_outputs_that_prove_completion_outweigh_a_stop_that_came_too_late(told: dict[str, object]) -> None:
    assert isinstance(judged(ended(report=report(0, **told)), PROVEN, wish=WISH), Succeeded)


def test_outputs_that_prove_completion_outweigh_the_schedulers_cause() -> None:
    assert isinstance(judged(ended(report=report(0), cause=Cause.OUT_OF_MEMORY), PROVEN), Succeeded)


def test_a_program_that_was_told_to_stop_and_ended_with_0_did_not_finish() -> None:
    outcome = judged(ended(report=report(0, cancelled=after(-3))), BY_CODE, wish=WISH)
    assert outcome == Cancelled(by="ada", explanation="It ended with exit code 0, 3s after it was told to stop.")
    outcome = judged(ended(report=report(0, walltime_reached=after(-3))), BY_CODE)
    assert failed(outcome).cause is Cause.WALLTIME
    outcome = judged(ended(report=report(0), cause=Cause.PREEMPTED), BY_CODE)
    assert failed(outcome).cause is Cause.PREEMPTED


# --- Stopped ---------------------------------------------------------------------------------------------------------


def test_a_wish_that_was_obeyed_is_cancelled_by_its_author() -> None:
    outcome = judged(ended(report=report(signal=15, cancelled=after(-2))), wish=WISH)
    assert isinstance(outcome, Cancelled)
    assert outcome.by == "ada"
    assert "signal 15 (TERM), 2s after" in outcome.explanation


def test_a_clock_that_was_set_back_gives_no_negative_time() -> None:
    outcome = judged(ended(report=report(signal=15, cancelled=after(90))), wish=WISH)
    assert isinstance(outcome, Cancelled)
    assert "0s after" in outcome.explanation


def test_a_forced_wish_is_told_of_with_the_signal_that_really_ended_the_program() -> None:
    forced = WISH.model_copy(update={"forced": True})
    for signal, name in ((9, "KILL"), (15, "TERM")):
        outcome = judged(ended(report=report(signal=signal, cancelled=after(-2))), wish=forced)
        assert isinstance(outcome, Cancelled)
        assert "killed at once" in outcome.explanation
        assert name in outcome.explanation


def test_an_adopted_job_that_was_killed_as_somebody_wished_is_cancelled_though_its_scheduler_calls_it_failed() -> None:
    forced = WISH.model_copy(update={"forced": True})
    for told, kind in ((Told(succeeded=False, signal=9), Cancelled), (Told(succeeded=False, code=3), Failed)):
        assert isinstance(judged(ended(told=told), wish=forced), kind)


def test_a_crash_before_the_wish_was_delivered_is_a_failure() -> None:
    assert failed(judged(ended(report=report(signal=11)), wish=WISH)).cause is Cause.SIGNAL


def test_a_term_from_outside_is_cancelled_but_by_nobody_of_ours() -> None:
    outcome = judged(ended(report=report(signal=15, cancelled=EARLIER)))
    assert isinstance(outcome, Cancelled)
    assert "outside Argosy" in outcome.by


def test_the_walltime_that_came_before_the_wish_is_the_cause() -> None:
    stopped = report(signal=15, walltime_reached=after(-20), cancelled=after(-10))
    assert failed(judged(ended(report=stopped), wish=WISH)).cause is Cause.WALLTIME
    stopped = report(signal=15, walltime_reached=after(-10), cancelled=after(-20))
    assert isinstance(judged(ended(report=stopped), wish=WISH), Cancelled)


def test_the_walltime_asks_for_more_time() -> None:
    outcome = failed(judged(ended(report=report(signal=15, walltime_reached=EARLIER)), diagnosis=DIAGNOSIS))
    assert (outcome.cause, outcome.retry) == (Cause.WALLTIME, RetryClass.MORE_TIME)


def test_a_cancel_before_the_program_began_says_so() -> None:
    before = report(stage="setup", cancelled=EARLIER)
    for wish in (WISH, None):
        outcome = judged(ended(report=before), wish=wish)
        assert isinstance(outcome, Cancelled)
        assert "before its program began" in outcome.explanation


def test_a_start_that_was_forbidden_for_a_wish_is_cancelled() -> None:
    outcome = judged(ended(cause=Cause.START_FAILED), wish=WISH)
    assert isinstance(outcome, Cancelled)
    assert "before it started" in outcome.explanation


def test_a_cancel_while_the_environment_was_set_up_is_no_failure_of_the_environment() -> None:
    outcome = judged(ended(report=report(78, stage="prologue", cancelled=EARLIER)), wish=WISH)
    assert isinstance(outcome, Cancelled)


# --- Never begun -----------------------------------------------------------------------------------------------------


def test_an_environment_that_fails_blames_the_target_and_not_the_program() -> None:
    outcome = failed(judged(ended(report=report(78, stage="prologue")), diagnosis=DIAGNOSIS))
    assert (outcome.cause, outcome.excerpt) == (Cause.START_FAILED, "ENOSPC")
    assert "environment" in outcome.explanation


def test_a_program_that_could_not_be_started_did_not_exit_with_a_code() -> None:
    outcome = failed(judged(ended(report=report(74, stage="setup"))))
    assert (outcome.cause, outcome.retry) == (Cause.START_FAILED, RetryClass.AS_IS)


def test_a_start_that_was_given_up_may_be_tried_again() -> None:
    outcome = failed(judged(ended(cause=Cause.START_FAILED)))
    assert (outcome.cause, outcome.retry, outcome.excerpt) == (Cause.START_FAILED, RetryClass.AS_IS, "seen")
    assert outcome.explanation == "It was never started. Seen."


def test_what_the_scheduler_took_and_gave_up_must_be_changed_as_it_says() -> None:
    outcome = failed(judged(ended(cause=Cause.REJECTED)))
    assert (outcome.explanation, outcome.retry) == ("The scheduler refused it. Seen.", RetryClass.AFTER_CHANGE)


def test_why_a_start_failed_is_told_where_the_catalogue_knows_it() -> None:
    outcome = failed(judged(ended(cause=Cause.START_FAILED), diagnosis=DIAGNOSIS))
    assert (outcome.cause, outcome.signature) == (Cause.START_FAILED, DIAGNOSIS.signature)


def test_the_words_of_the_scheduler_are_searched_where_a_start_failed_and_nowhere_else() -> None:
    assert telling_of(ended(cause=Cause.START_FAILED), Outputs()).texts["scheduler"].text == "seen"
    assert telling_of(ended(cause=Cause.WALLTIME), Outputs()) == Outputs()


# --- Without a report ------------------------------------------------------------------------------------------------


def test_killed_without_a_report_is_lost_not_failed() -> None:
    outcome = judged(ended())
    assert isinstance(outcome, Lost)
    assert outcome.explanation == "It ended without an exit report: seen."
    assert outcome.advice


def test_killed_without_a_report_after_a_wish_is_cancelled() -> None:
    outcome = judged(ended(), wish=WISH)
    assert isinstance(outcome, Cancelled)
    assert "seen" in outcome.explanation


@pytest.mark.parametrize(
    ("cause", "retry"),
    [
        (Cause.WALLTIME, RetryClass.MORE_TIME),
        (Cause.OUT_OF_MEMORY, RetryClass.MORE_MEMORY),
        (Cause.NODE_FAILURE, RetryClass.AS_IS),
        (Cause.PREEMPTED, RetryClass.CHECKPOINT),
        (Cause.REQUEUED, RetryClass.AS_IS),
        (Cause.REJECTED, RetryClass.AFTER_CHANGE),
    ],
)
def test_what_the_scheduler_knows_is_the_cause(cause: Cause, retry: RetryClass) -> None:
    for facts in ({}, {"report": report(signal=9)}):
        outcome = failed(judged(ended(cause=cause, **facts)))
        assert (outcome.cause, outcome.retry) == (cause, retry)
        assert outcome.advice


def test_what_somebody_stopped_at_the_scheduler_is_cancelled_and_not_lost() -> None:
    outcome = judged(ended(stopped_by="user 1002"))
    assert outcome == Cancelled(by="user 1002", explanation="Seen.")
    assert judged(ended(stopped_by="user 1002"), wish=WISH) != outcome
    told = judged(ended(stopped_by="user 1002", report=report(signal=15, cancelled=after(-3))))
    assert isinstance(told, Cancelled)
    assert told.by == "user 1002"


def test_a_code_that_only_accounting_knows_is_explained_by_the_logs_or_its_words() -> None:
    assert failed(judged(ended(cause=Cause.EXIT_CODE), diagnosis=DIAGNOSIS)).signature == "disk_full"
    assert failed(judged(ended(cause=Cause.EXIT_CODE))).explanation == "Seen."


def test_no_verdict_makes_a_success_of_what_left_no_report() -> None:
    for facts in ({}, {"cause": Cause.WALLTIME}, {"cause": Cause.EXIT_CODE}):
        assert not isinstance(judged(ended(**facts), PROVEN), Succeeded)


# --- Failed on its own -----------------------------------------------------------------------------------------------


def test_a_failure_is_explained_by_the_catalogue() -> None:
    outcome = failed(judged(ended(report=report(1)), diagnosis=DIAGNOSIS))
    assert (outcome.explanation, outcome.signature, outcome.retry) == ("A disk was full.", "disk_full", RetryClass.WAIT)


def test_a_failure_that_no_rule_knows_tells_how_it_ended() -> None:
    assert failed(judged(ended(report=report(3)))).explanation == "The program ended with exit code 3."
    outcome = failed(judged(ended(report=report(signal=9))))
    assert (outcome.cause, outcome.explanation) == (Cause.SIGNAL, "The program ended with signal 9 (KILL).")


def test_an_engine_that_knows_the_failure_explains_it_before_the_catalogue() -> None:
    outcome = failed(judged(ended(report=report(1)), UNFINISHED, diagnosis=DIAGNOSIS))
    assert (outcome.cause, outcome.explanation) == (Cause.EXIT_CODE, "It stopped at step 7.")


def test_an_engine_that_only_misses_its_outputs_leaves_the_explanation_to_the_catalogue() -> None:
    missing = Incomplete(explanation="There is no output.")
    assert failed(judged(ended(report=report(1)), missing, diagnosis=DIAGNOSIS)).signature == "disk_full"


def test_every_combination_has_an_outcome() -> None:
    reports = [
        None,
        report(0),
        report(2),
        report(signal=9),
        report(stage="setup", cancelled=NOW),
        report(74, stage="setup"),
    ]
    reports += [report(0, cancelled=NOW), report(78, stage="prologue"), report(signal=15, walltime_reached=NOW)]
    for one in reports:
        for cause in (None, *Cause):
            for verdict in (PROVEN, BY_CODE, UNFINISHED):
                for wish in (None, WISH):
                    outcome = judged(ended(report=one, cause=cause), verdict, wish=wish)
                    success = isinstance(outcome, Succeeded)
                    assert not success or (one and one.code == 0 and verdict.kind == "complete")


def test_how_it_is_known_that_the_machine_failed_is_told() -> None:
    outcome = failed(judged(ended(cause=Cause.NODE_FAILURE)))
    assert outcome.explanation == "The machine it ran on failed. Seen."
