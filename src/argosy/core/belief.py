"""What to believe of an attempt after one look at it, given several witnesses. Pure.

The order of trust: the wrapper's exit report, then the scheduler's accounting, then the listing, then silence. Silence proves
nothing: an attempt that is merely absent is looked at again until its absence is conclusive or has lasted long.
"""

from datetime import datetime, timedelta

from argosy.core.job import Attempt, Ended, Evidence, Running, Staged, State, Submitted, Witness, said
from argosy.core.lifecycle import ABSENCE_GRACE_S
from argosy.core.sighting import Presence, Sighting
from argosy.core.values import Value


class Belief(Value):
    """The state to write, or None to leave it; and since when the attempt has been missing, if it is."""

    state: State | None = None
    missing_since: datetime | None = None


def believe(attempt: Attempt, sighting: Sighting, now: datetime) -> Belief:
    """What one look means for an attempt that is Staged, Submitted or Running."""
    state = attempt.state
    if not isinstance(state, Staged | Submitted | Running):
        return Belief()
    if sighting.report is not None:
        return Belief(state=_ended_with_report(state.directory, sighting, now))
    if sighting.presence is Presence.OVER:
        return _over(attempt, state, sighting, now)
    if sighting.presence is Presence.ABSENT:
        return _absent(attempt, state, sighting, now)
    if sighting.presence is Presence.RUNNING:
        return Belief(state=_running(state, sighting, now))
    return Belief(state=_pending(state, sighting, now))


def _ended_with_report(directory: str, sighting: Sighting, now: datetime) -> Ended:
    evidence = said(Witness.WRAPPER, "exit report", now)
    return Ended(directory=directory, report=sighting.report, cause=sighting.cause, evidence=evidence)


def _over(attempt: Attempt, state: Staged | Submitted | Running, sighting: Sighting, now: datetime) -> Belief:
    """The scheduler says it is over but the wrapper's report is not there (yet)."""
    patient = not sighting.conclusive and not _missing_long(attempt, now)
    if patient:
        return Belief(missing_since=attempt.missing_since or now)
    evidence = said(Witness.SCHEDULER, sighting.words, now)
    return Belief(state=Ended(directory=state.directory, cause=sighting.cause, evidence=evidence))


def _absent(attempt: Attempt, state: Staged | Submitted | Running, sighting: Sighting, now: datetime) -> Belief:
    if isinstance(state, Staged):
        return Belief()  # nothing was ever started: the launch is still to come
    if not sighting.directory_exists:
        return Belief(state=_vanished(state, now))
    if not sighting.claimed or not (sighting.conclusive or _missing_long(attempt, now)):
        return Belief(
            missing_since=attempt.missing_since or now
        )  # unclaimed: it may still start, until that is forbidden
    words = sighting.words or "the scheduler does not know it any more, and there is no exit report"
    return Belief(
        state=Ended(directory=state.directory, cause=sighting.cause, evidence=said(Witness.SCHEDULER, words, now))
    )


def _vanished(state: Submitted | Running, now: datetime) -> Ended:
    words = f"its directory {state.directory} is gone from the target"
    return Ended(directory=state.directory, evidence=said(Witness.ARGOSY, words, now))


def _missing_long(attempt: Attempt, now: datetime) -> bool:
    since = attempt.missing_since
    return since is not None and now - since > timedelta(seconds=ABSENCE_GRACE_S)


def _running(state: Staged | Submitted | Running, sighting: Sighting, now: datetime) -> State | None:
    if isinstance(state, Running):
        return None
    start = sighting.start
    return Running(
        directory=state.directory,
        handle=sighting.handle or getattr(state, "handle", ""),
        host=start.host if start else "",
        since=start.started if start else now,
        evidence=_seen(sighting, now),
    )


def _pending(state: Staged | Submitted | Running, sighting: Sighting, now: datetime) -> State | None:
    if isinstance(state, Running):
        return None  # a requeued job waits again at the scheduler; for us it has been running and will end
    if isinstance(state, Submitted) and state.reason == sighting.words:
        return None
    return Submitted(
        directory=state.directory, handle=sighting.handle, reason=sighting.words, evidence=_seen(sighting, now)
    )


def _seen(sighting: Sighting, now: datetime) -> Evidence:
    witness = Witness.WRAPPER if sighting.start else Witness.SCHEDULER
    return said(witness, sighting.words or sighting.presence.value, now)
