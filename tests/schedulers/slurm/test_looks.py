import pytest

from argosy.core.job import Cause
from argosy.core.quantities import MAX_DURATION_S
from argosy.core.sighting import Presence, Sighting
from argosy.schedulers.slurm.scheduler import SCHEDULER
from argosy.schedulers.slurm.states import STATES
from tests.schedulers.slurm.telling import NOW_S, TOKEN, entry, listing, report, row, start, watched


def look(*lines: str, rows: tuple[str, ...] = (), claimed: str = "yes", handle: str = "17") -> Sighting:
    return SCHEDULER.parse_list([watched(handle=handle)], listing(entry(*lines, claimed=claimed), rows))[TOKEN]


def cancelled_at(tail: str = "") -> str:
    return f"launch slurmstepd-c1: error: *** JOB 17 ON c1 CANCELLED AT 2026-11-24T13:00:00{tail} ***"


FAILED = report(status=137, signal=9)
STOPPED = report(status=143, signal=15, cancelled=NOW_S - 5)


# --- With an exit report ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [state.name for state in STATES] + ["TELEPORTED"])
def test_a_program_that_says_it_ended_well_is_believed_at_once(state: str) -> None:
    seen = look(*start(), *report(status=0, code=0), rows=(row(state),))
    assert seen.report is not None
    assert (seen.report.code, seen.cause, seen.conclusive) == (0, None, True)


@pytest.mark.parametrize("ending", [FAILED, STOPPED, report(status=0, code=0, cancelled=NOW_S - 5)])
def test_what_did_not_end_well_waits_for_slurms_word_on_it(ending: list[str]) -> None:
    for state in ("RUNNING", "COMPLETING"):
        seen = look(*start(), *ending, rows=(row(state),))
        assert (seen.report, seen.presence) == (None, Presence.RUNNING)
    seen = look(*start(), *ending, rows=(row("OUT_OF_MEMORY", end=NOW_S),))
    assert seen.report is not None
    assert (seen.cause, seen.presence) == (Cause.OUT_OF_MEMORY, Presence.OVER)
    assert "OUT_OF_MEMORY" in seen.words


def test_but_not_for_ever() -> None:
    long_ago = report(status=137, signal=9, ended=NOW_S - 100)
    assert look(*start(), *long_ago, rows=(row("COMPLETING"),)).report is not None
    assert look(*start(), *FAILED).report is not None, "nor when it has left the queue"


@pytest.mark.parametrize(
    ("tail", "cause"),
    [
        (" DUE TO TIME LIMIT", Cause.WALLTIME),
        (" DUE TO PREEMPTION", Cause.PREEMPTED),
        (" DUE TO JOB REQUEUE", Cause.REQUEUED),
        (" DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS", Cause.NODE_FAILURE),
        (" DUE TO SIGNAL Terminated", None),
        ("", None),
    ],
)
def test_the_words_of_the_node_say_why_it_was_stopped(tail: str, cause: Cause | None) -> None:
    assert look(*start(), cancelled_at(tail), *STOPPED).cause is cause


def test_the_words_of_the_node_say_that_memory_ran_out() -> None:
    line = "launch slurmstepd-c1: error: Detected 1 oom-kill event(s) in StepId=17.batch. Some of your processes may"
    assert look(*start(), *FAILED, line).cause is Cause.OUT_OF_MEMORY


# --- Without one -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state", [state for state in STATES if state.presence is not Presence.OVER], ids=lambda s: s.name
)
def test_nothing_that_may_still_end_otherwise_is_over_for_certain(state: object) -> None:
    name = state.name  # type: ignore[attr-defined]
    for claimed in ("yes", "no"):
        seen = look(*(start() if claimed == "yes" else ()), rows=(row(name),), claimed=claimed)
        assert not seen.conclusive
        assert seen.report is None


@pytest.mark.parametrize("state", [state for state in STATES if state.presence is Presence.OVER], ids=lambda s: s.name)
def test_what_slurm_calls_over_is_over_once_its_report_had_time_to_be_seen(state: object) -> None:
    name, cause = state.name, state.cause  # type: ignore[attr-defined]
    for age, conclusive in ((5, False), (100, True)):
        seen = look(*start(), rows=(row(name, end=NOW_S - age),))
        assert (seen.presence, seen.conclusive, seen.cause) == (Presence.OVER, conclusive, cause)
        assert name in seen.words


def test_an_unknown_state_moves_nobody() -> None:
    assert look(*start(), rows=(row("TELEPORTED"),)).presence is Presence.RUNNING
    seen = look(rows=(row("TELEPORTED"),), claimed="no")
    assert (seen.presence, seen.conclusive) == (Presence.PENDING, False)
    assert "TELEPORTED" in seen.words


def test_pending_tells_why_and_before_slurm_has_looked_nothing() -> None:
    seen = look(rows=(row("PENDING", reason="QOSMaxJobsPerUserLimit"),), claimed="no")
    assert seen.presence is Presence.PENDING
    assert "your own running jobs" in seen.words
    assert look(rows=(row("PENDING"),), claimed="no").words == ""


def test_what_has_begun_and_is_pending_again_was_put_back_and_will_not_run_again() -> None:
    seen = look(*start(), rows=(row("PENDING", reason="BeginTime"),))
    assert (seen.presence, seen.conclusive, seen.cause) == (Presence.OVER, False, Cause.REQUEUED)
    seen = look(*start(), cancelled_at(" DUE TO PREEMPTION"), rows=(row("PENDING", reason="BeginTime"),))
    assert seen.cause is Cause.PREEMPTED


def test_stopped_with_a_report_and_pending_again_it_was_put_back_though_its_node_says_nothing_yet() -> None:
    assert look(*start(), *STOPPED, rows=(row("PENDING", reason="BeginTime"),)).cause is Cause.REQUEUED
    assert look(*start(), *FAILED, rows=(row("PENDING", reason="BeginTime"),)).cause is None, "it failed by itself"
    late = look(*start(), cancelled_at(" DUE TO PREEMPTION"), *STOPPED, rows=(row("PENDING"),))
    assert late.cause is Cause.PREEMPTED


def test_what_a_sibling_of_the_federation_runs_is_running() -> None:
    assert look(*start(), rows=(row("REVOKED"),)).presence is Presence.RUNNING
    seen = look(rows=(row("REVOKED"),), claimed="no")
    assert (seen.presence, seen.words) == (Presence.PENDING, "another cluster of the federation has taken it")


def test_a_held_job_that_never_began_waits() -> None:
    seen = look(rows=(row("PENDING", reason="launch failed requeued held"),), claimed="no")
    assert (seen.presence, seen.cause) == (Presence.PENDING, None)
    assert "held after failed starts" in seen.words


def test_out_of_the_queue_without_a_report_the_books_are_asked() -> None:
    assert look(*start()).unexplained
    assert look(claimed="no").unexplained
    assert look(*start(), rows=(row("FAILED", end=NOW_S - 100),)).unexplained
    assert look(rows=(row("CANCELLED", end=NOW_S - 100),), claimed="no").unexplained
    assert not look(*start(), rows=(row("TIMEOUT", end=NOW_S - 100),)).unexplained
    assert not look(claimed="no", handle="").unexplained, "it was never handed in"
    seen = look(*start(), cancelled_at(" DUE TO TIME LIMIT"))
    assert (seen.unexplained, seen.cause, seen.conclusive) == (False, Cause.WALLTIME, False)


def test_cancelled_before_it_began_it_did_not_fail() -> None:
    seen = look(rows=(row("CANCELLED", end=NOW_S - 100),), claimed="no")
    assert (seen.presence, seen.cause, seen.conclusive) == (Presence.OVER, None, True)


def test_failed_without_a_claim_it_never_started() -> None:
    seen = look(rows=(row("FAILED", end=NOW_S - 100, reason="JobLaunchFailure"),), claimed="no")
    assert (seen.cause, seen.conclusive) == (Cause.START_FAILED, True)


def test_what_slurm_gave_up_before_it_had_nodes_was_refused_and_says_why() -> None:
    refused = row("FAILED", end=NOW_S, reason="BadConstraints")
    seen = look(rows=(refused.replace("|c1|", "||"),), claimed="no")
    assert (seen.presence, seen.cause, seen.conclusive, seen.unexplained) == (
        Presence.OVER, Cause.REJECTED, True, False,
    )  # fmt: skip
    assert "no node has all that it asks for (BadConstraints)" in seen.words
    assert look(rows=(refused,), claimed="no").cause is Cause.START_FAILED, "it had a node"
    ended = look(rows=(row("CANCELLED", end=NOW_S - 100, reason="BadConstraints").replace("|c1|", "||"),), claimed="no")
    assert ended.cause is None, "somebody ended it"


def test_a_wrapper_that_could_not_begin_says_why() -> None:
    seen = look("launch argosy: no room for the exit report in /x", rows=(row("FAILED", end=NOW_S),))
    assert (seen.presence, seen.conclusive, seen.cause) == (Presence.OVER, True, Cause.START_FAILED)
    assert "no room" in seen.words


def test_the_start_record_of_what_is_known_to_run_is_not_read_again() -> None:
    one = watched().model_copy(update={"begun": True})
    answer = listing(entry("launch argosy: no exit report can be written in /x"), (row("RUNNING"),))
    seen = SCHEDULER.parse_list([one], answer)[TOKEN]
    assert (seen.presence, seen.start) == (Presence.RUNNING, None)
    assert SCHEDULER.list([watched(), one]).argv[5:] == (
        *(one.token, one.directory.encode(), ""),
        *(one.token, one.directory.encode(), "begun"),
    )


# --- Several jobs of one name ----------------------------------------------------------------------------------------


def test_handed_in_twice_the_one_that_runs_counts() -> None:
    rows = (row("PENDING", number="18"), row("RUNNING", number="17"))
    seen = look(*start(), rows=rows)
    assert (seen.presence, seen.handle) == (Presence.RUNNING, "17")


def test_handed_in_twice_it_is_not_over_while_the_other_one_may_start() -> None:
    rows = (row("CANCELLED", number="17", end=NOW_S - 500), row("PENDING", number="18", reason="Priority"))
    seen = look(rows=rows, claimed="no")
    assert (seen.presence, seen.handle) == (Presence.PENDING, "18")


def test_the_second_start_of_a_job_that_was_handed_in_twice_is_no_requeue() -> None:
    rows = (row("PENDING", number="18"), row("FAILED", number="17", end=NOW_S - 500))
    assert look(*start(), rows=rows).cause is None


def test_a_damaged_record_is_told_and_hides_nothing() -> None:
    seen = look(*start(), "exit version=1", rows=(row("TIMEOUT", end=NOW_S - 100),))
    assert (seen.cause, seen.report) == (Cause.WALLTIME, None)
    assert "exit report" in seen.words


# --- What Slurm gives it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "given"),
    [
        ("N/A 1795528000 20:00 1", (1200, 1)),
        ("N/A N/A 1-00:00:00 4", (86_400, 4)),
        ("N/A N/A UNLIMITED 12", (MAX_DURATION_S, 12)),
        ("N/A N/A INVALID 1", (None, 1)),
        ("N/A N/A  ", (None, None)),
        ("N/A N/A", (None, None)),
        ("N/A", (None, None)),
    ],
)
@pytest.mark.parametrize("state", ["PENDING", "RUNNING", "COMPLETING"])
def test_a_row_tells_the_walltime_and_the_nodes_that_a_job_has_by_now(
    state: str, times: str, given: tuple[int | None, int | None]
) -> None:
    claimed = "no" if state == "PENDING" else "yes"
    seen = look(rows=(row(state, end=times),), claimed=claimed)
    assert (seen.walltime_s, seen.nodes) == given
