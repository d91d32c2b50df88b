"""How an attempt closes. Pure.

The witnesses are the wrapper's report, the scheduler's cause, the user's wish and the engine's verdict. Success needs
two of them: an exit report with code 0, and the engine's own verdict that its outputs are complete.
"""

from argosy.core.failures import Diagnosis
from argosy.core.job import (
    Attempt,
    Cancelled,
    Cause,
    Ended,
    Failed,
    Lost,
    Outcome,
    RetryClass,
    State,
    Succeeded,
    Told,
    Wish,
)
from argosy.core.outputs import Complete, Excerpt, Incomplete, Outputs, Verdict
from argosy.core.quantities import spell_duration
from argosy.core.wrapper import ExitReport

_CAUSE_WORDS = {
    Cause.WALLTIME: (
        "It reached its walltime and was stopped.",
        "Ask for a longer walltime, or continue from its checkpoint.",
        RetryClass.MORE_TIME,
    ),
    Cause.OUT_OF_MEMORY: (
        "It used more memory than it asked for and was killed.",
        "Ask for more memory.",
        RetryClass.MORE_MEMORY,
    ),
    Cause.NODE_FAILURE: (
        "The machine it ran on failed.",
        "Try again; the job itself is not to blame.",
        RetryClass.AS_IS,
    ),
    Cause.PREEMPTED: (
        "The scheduler took its place for a more urgent job.",
        "Try again, or continue from its checkpoint.",
        RetryClass.CHECKPOINT,
    ),
    Cause.REQUEUED: (
        "The scheduler stopped it and put it back into its queue, but an attempt starts only once.",
        "Try again, or continue from its checkpoint.",
        RetryClass.AS_IS,
    ),
    Cause.START_FAILED: (
        "It was never started.",
        "Look at the events and at the target's messages, then try again.",
        RetryClass.AS_IS,
    ),
    Cause.REJECTED: (
        "The scheduler refused it.",
        "Change the request as the scheduler's message says.",
        RetryClass.AFTER_CHANGE,
    ),
}
_TOLD_BY_THE_SCHEDULER = frozenset({Cause.NODE_FAILURE, Cause.START_FAILED, Cause.REJECTED})
_NEVER_BEGAN = frozenset({Cause.START_FAILED, Cause.REJECTED})


def judge(attempt: Attempt, verdict: Verdict, diagnosis: Diagnosis | None) -> Outcome:
    """The outcome of an attempt in state Ended. ``diagnosis`` is what the failure catalogue found in the logs.

    ``verdict`` counts only where there is an exit report. Raises ValueError for an attempt in any other state.
    """
    state = attempt.state
    if not isinstance(state, Ended):
        msg = f"only an ended attempt can be judged, not one that is {state.kind}"
        raise ValueError(msg)
    if state.report is not None and isinstance(verdict, Complete) and _succeeded(state.report, state.cause, verdict):
        return Succeeded(remark=verdict.remark)
    if attempt.wish is not None and state.cause in _NEVER_BEGAN:
        return Cancelled(by=attempt.wish.by, explanation="It was cancelled before it started.")
    if state.cause is not None:
        return _by_cause(state.cause, state, diagnosis)
    return _by_report(attempt.wish, state, verdict, diagnosis)


def telling_of(state: State, outputs: Outputs) -> Outputs:
    """What the catalogue is searched for: what was left, and of a start that failed what the scheduler says.

    A program that was never started wrote nothing itself.
    """
    if not isinstance(state, Ended) or state.cause is not Cause.START_FAILED:
        return outputs
    words = state.evidence.words
    said_of_it = Excerpt(text=words, size=len(words.encode()))
    return outputs.model_copy(update={"texts": {**outputs.texts, "scheduler": said_of_it}})


def _succeeded(report: ExitReport, cause: Cause | None, verdict: Complete) -> bool:
    """Whether two witnesses agree. Outputs that prove it outweigh everything: a stop may have come too late."""
    if report.stage != "program" or report.code != 0:
        return False
    stopped = report.cancelled is not None or report.walltime_reached is not None or cause is not None
    return not (stopped and verdict.by_exit_code)


def retry_class(outcome: Outcome) -> RetryClass:
    """What a further attempt would need: a lost one may simply be tried again, one that did not fail needs none."""
    if isinstance(outcome, Failed):
        return outcome.retry
    return RetryClass.AS_IS if isinstance(outcome, Lost) else RetryClass.NEVER


def _by_cause(cause: Cause, state: Ended, diagnosis: Diagnosis | None) -> Outcome:
    excerpt = diagnosis.excerpt if diagnosis and diagnosis.excerpt else state.evidence.words
    if cause is Cause.START_FAILED and diagnosis is not None:
        return _diagnosed(cause, diagnosis)
    if cause in _CAUSE_WORDS:
        explanation, advice, retry = _CAUSE_WORDS[cause]
        if cause in _TOLD_BY_THE_SCHEDULER:  # the last lines of its output would hide how that is known
            explanation = f"{explanation} {_sentence(state.evidence.words)}"
        return Failed(cause=cause, explanation=explanation, advice=advice, excerpt=excerpt, retry=retry)
    if diagnosis is not None:
        return _diagnosed(cause, diagnosis)
    return Failed(cause=cause, explanation=_sentence(state.evidence.words), advice=_UNKNOWN)


def _without_report(wish: Wish | None, state: Ended) -> Outcome:
    if state.told is not None and not _was_killed(wish, state.told):
        return _by_word(state.told, state.evidence.words)
    if wish is not None:
        words = f"it was over before it could report its end: {state.evidence.words}"
        return _stopped(wish, _sentence(words))
    if state.stopped_by:
        return Cancelled(by=state.stopped_by, explanation=_sentence(state.evidence.words))
    advice = "Its output up to that moment is kept. Try again with 'argosy retry', or continue from its checkpoint."
    return Lost(explanation=_sentence(f"it ended without an exit report: {state.evidence.words}"), advice=advice)


def _was_killed(wish: Wish | None, told: Told) -> bool:
    """Whether it ended as a job does that was killed since somebody wished so: its scheduler calls that a failure."""
    return wish is not None and wish.forced and told.signal == 9


def _by_word(told: Told, words: str) -> Outcome:
    """How a job without a wrapper ended: nobody but its scheduler knows."""
    if told.succeeded:
        return Succeeded(remark=f"{words}; Argosy did not start it and knows no more")
    cause = Cause.SIGNAL if told.signal else Cause.EXIT_CODE
    return Failed(cause=cause, explanation=_sentence(words), advice=_ADOPTED, retry=RetryClass.AFTER_CHANGE)


_ADOPTED = "Look at what it wrote in its directory. Argosy did not start it, so it cannot try it again."


def _by_report(wish: Wish | None, state: Ended, verdict: Verdict, diagnosis: Diagnosis | None) -> Outcome:
    report = state.report
    if report is None:
        return _without_report(wish, state)
    if wish is not None and report.cancelled is not None and _first(report) == report.cancelled:
        return _stopped(wish, _obeyed(report))
    if report.walltime_reached is not None and _first(report) == report.walltime_reached:
        explanation, advice, retry = _CAUSE_WORDS[Cause.WALLTIME]
        return Failed(cause=Cause.WALLTIME, explanation=explanation, advice=advice, retry=retry)
    if report.cancelled is not None:
        words = f"Somebody or something on the target told it to stop. {_obeyed(report)}"
        return Cancelled(by=state.stopped_by or "a TERM signal from outside Argosy", explanation=words)
    if report.stage != "program":
        return _not_started(report, diagnosis)
    if isinstance(verdict, Incomplete) and (report.code == 0 or verdict.signature):
        return _incomplete(verdict, report)
    return _crashed(report, diagnosis)


def _stopped(wish: Wish, how: str) -> Outcome:
    """A run that was stopped because it was broken has failed; any other has been cancelled."""
    if wish.kind == "cancel":
        return Cancelled(by=wish.by, explanation=f"It was to be killed at once. {how}" if wish.forced else how)
    return Failed(
        cause=Cause.INCOMPLETE,
        explanation=f"It was stopped because it was broken: {wish.words}. {how}",
        advice="Minimise longer, use a shorter timestep, or look for atoms that overlap; then go on from before that.",
        excerpt=wish.words,
        signature="unstable",
    )


def _first(report: ExitReport) -> object:
    """What told it to stop first; a wish counts before a walltime of the same second."""
    return min(moment for moment in (report.cancelled, report.walltime_reached) if moment is not None)


def _obeyed(report: ExitReport) -> str:
    if report.stage == "setup" or report.cancelled is None:
        return "It was stopped before its program began."
    took = spell_duration(max((report.ended - report.cancelled).total_seconds(), 0))
    return f"It ended with {report.words}, {took} after it was told to stop."


def _not_started(report: ExitReport, diagnosis: Diagnosis | None) -> Failed:
    excerpt = diagnosis.excerpt if diagnosis else ""
    if report.stage == "prologue":
        return Failed(
            cause=Cause.START_FAILED,
            explanation="A line of the target's environment failed, so the program was not started.",
            advice="Look at 'argosy logs --stderr' and correct the target's prologue or modules: argosy target edit.",
            excerpt=excerpt,
        )
    return Failed(
        cause=Cause.START_FAILED,
        explanation="Its directory could not be used, so the program was not started.",
        advice="Check that the target's root has room and may be written to, then try again with 'argosy retry'.",
        excerpt=excerpt,
        retry=RetryClass.AS_IS,
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


_UNKNOWN = "Look at the last lines of its output with 'argosy logs'. Argosy knows no rule for this failure."


def _crashed(report: ExitReport, diagnosis: Diagnosis | None) -> Failed:
    if diagnosis is not None:
        return _diagnosed(_cause_of(report), diagnosis)
    explanation = _sentence(f"the program ended with {report.words}")
    return Failed(cause=_cause_of(report), explanation=explanation, advice=_UNKNOWN)


def _diagnosed(cause: Cause, diagnosis: Diagnosis) -> Failed:
    return Failed(
        cause=cause,
        explanation=diagnosis.explanation,
        advice=diagnosis.advice,
        excerpt=diagnosis.excerpt,
        signature=diagnosis.signature,
        retry=diagnosis.retry,
    )


def _cause_of(report: ExitReport) -> Cause:
    return Cause.SIGNAL if report.code is None else Cause.EXIT_CODE


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")
