"""How an attempt closes: from the wrapper's report, the scheduler's cause, the user's wish and the engine's verdict. Pure.

Success needs two witnesses: an exit report with code 0 and the engine's own verdict that its outputs are complete.
"""

from argosy.core.failures import Diagnosis
from argosy.core.job import Attempt, Cancelled, Cause, Ended, Failed, Lost, Outcome, RetryClass, Succeeded
from argosy.core.outputs import Complete, Incomplete, Verdict
from argosy.core.quantities import spell_duration
from argosy.core.wrapper import ExitReport

_CAUSE_WORDS = {
    Cause.WALLTIME: (
        "it reached its walltime and was stopped",
        "Ask for a longer walltime, or continue from its checkpoint.",
        RetryClass.MORE_TIME,
    ),
    Cause.OUT_OF_MEMORY: (
        "it used more memory than it asked for and was killed",
        "Ask for more memory.",
        RetryClass.MORE_MEMORY,
    ),
    Cause.NODE_FAILURE: (
        "the machine it ran on failed",
        "Try again; the job itself is not to blame.",
        RetryClass.AS_IS,
    ),
    Cause.PREEMPTED: (
        "the scheduler took its place for a more urgent job",
        "Try again, or continue from its checkpoint.",
        RetryClass.CHECKPOINT,
    ),
    Cause.START_FAILED: (
        "it was never started",
        "Look at the events and at the target's messages, then try again.",
        RetryClass.AS_IS,
    ),
    Cause.REJECTED: (
        "the scheduler refused it",
        "Change the request as the scheduler's message says.",
        RetryClass.AFTER_CHANGE,
    ),
}


def judge(attempt: Attempt, verdict: Verdict, diagnosis: Diagnosis | None) -> Outcome:
    """The outcome of an attempt in state Ended. ``diagnosis`` is what the failure catalogue found in the logs."""
    state = attempt.state
    if not isinstance(state, Ended):
        msg = f"only an ended attempt can be judged, not one that is {state.kind}"
        raise ValueError(msg)
    if state.cause is not None:
        return _by_cause(state.cause, state, diagnosis)
    if state.report is None:
        return _without_report(attempt, state)
    return _by_report(attempt, state.report, verdict, diagnosis)


def _by_cause(cause: Cause, state: Ended, diagnosis: Diagnosis | None) -> Outcome:
    words, advice, retry = _CAUSE_WORDS.get(cause, ("it failed", "", RetryClass.AFTER_CHANGE))
    excerpt = diagnosis.excerpt if diagnosis else state.evidence.words
    return Failed(cause=cause, explanation=_sentence(words), advice=advice, excerpt=excerpt, retry=retry)


def _without_report(attempt: Attempt, state: Ended) -> Outcome:
    if attempt.wish is not None:
        return Cancelled(
            by=attempt.wish.by, explanation=f"It was stopped before it could report: {state.evidence.words}."
        )
    advice = (
        "Its output up to that moment is kept. Try again with 'argosy retry', or continue from its last checkpoint."
    )
    return Lost(explanation=_sentence(f"it ended without an exit report: {state.evidence.words}"), advice=advice)


def _by_report(attempt: Attempt, report: ExitReport, verdict: Verdict, diagnosis: Diagnosis | None) -> Outcome:
    if report.stage == "prologue":
        return _no_environment(diagnosis)
    if report.code == 0 and isinstance(verdict, Complete):
        return Succeeded(remark=verdict.remark)
    if report.cancelled is not None and attempt.wish is not None:
        took = spell_duration(max((report.ended - report.cancelled).total_seconds(), 0))
        return Cancelled(by=attempt.wish.by, explanation=f"It stopped within {took} after it was told to.")
    if report.walltime_reached is not None:
        words, advice, retry = _CAUSE_WORDS[Cause.WALLTIME]
        return Failed(cause=Cause.WALLTIME, explanation=_sentence(words), advice=advice, retry=retry)
    if report.cancelled is not None:
        return Cancelled(
            by="a TERM signal from outside Argosy", explanation="Somebody or something on the target told it to stop."
        )
    if isinstance(verdict, Incomplete) and (report.code == 0 or verdict.signature):
        return _incomplete(verdict, report)
    return _crashed(report, diagnosis)


def _no_environment(diagnosis: Diagnosis | None) -> Failed:
    return Failed(
        cause=Cause.START_FAILED,
        explanation="A line of the target's environment failed, so the program was not started.",
        advice="Look at 'argosy logs --stderr' and correct the prologue of the target with 'argosy target edit'.",
        excerpt=diagnosis.excerpt if diagnosis else "",
    )


def _incomplete(verdict: Incomplete, report: ExitReport) -> Failed:
    cause = verdict.cause if report.code == 0 else _cause_of(report)
    return Failed(
        cause=cause,
        explanation=verdict.explanation,
        advice=verdict.advice,
        excerpt=verdict.excerpt,
        signature=verdict.signature,
        retry=verdict.retry,
    )


def _crashed(report: ExitReport, diagnosis: Diagnosis | None) -> Failed:
    if diagnosis is not None:
        return Failed(
            cause=_cause_of(report),
            explanation=diagnosis.explanation,
            advice=diagnosis.advice,
            excerpt=diagnosis.excerpt,
            signature=diagnosis.signature,
            retry=diagnosis.retry,
        )
    advice = "Look at the last lines of its output with 'argosy logs'. Argosy knows no rule for this failure."
    return Failed(
        cause=_cause_of(report), explanation=_sentence(f"the program ended with {report.words}"), advice=advice
    )


def _cause_of(report: ExitReport) -> Cause:
    return Cause.SIGNAL if report.code is None else Cause.EXIT_CODE


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")
