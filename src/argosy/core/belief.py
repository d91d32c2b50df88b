"""What to believe of an attempt after one look at it, given several witnesses. Pure.

The order of trust: the wrapper's exit report, then the scheduler's accounting, then the listing, then silence.
Silence proves nothing: an attempt that is merely absent is looked at again until its absence is conclusive or has
lasted long.
"""

import math
from datetime import datetime, timedelta

from argosy.core.grant import Grant
from argosy.core.job import Attempt, Ended, Evidence, Running, Staged, State, Submitted, Witness, said
from argosy.core.lifecycle import ABSENCE_GRACE_S, missing_long
from argosy.core.quantities import MAX_DURATION_S
from argosy.core.resources import Resources
from argosy.core.sighting import Presence, Sighting
from argosy.core.values import Value
from argosy.core.wrapper import ExitReport

UNNOTICED_S = 5.0
"""How long after its last move an attempt may be out of sight before that is noted: between two steps it often is."""
BOOKS_GRACE_S = 1800.0
"""How long an attempt that left the queue may stay open in the scheduler's books. After an outage of theirs they are
written late; what they still call running then may have any end."""
PASSED_OVER_S = 5.0
"""How long an attempt may wait for its turn in a lane before it is handed in again, where there is room."""
PASSED_OVER_TIMES = 3


class Belief(Value):
    """The state to write, or None to leave it; and since when the attempt has been missing, if it is."""

    state: State | None = None
    missing_since: datetime | None = None


_AS_IT_WAS = Belief()
_SAME_START = timedelta(minutes=1)
_SAME_SHARE = 10
_WITH_SCHEDULER = (Presence.PENDING, Presence.RUNNING)
_COUNTED_S = 60
"""Schedulers count walltimes in whole minutes."""


def believe(attempt: Attempt, sighting: Sighting, now: datetime) -> Belief:
    """What one look means for an attempt that is Staged, Submitted or Running; nothing for any other.

    The state never has a lower rank than before. A Staged attempt of which anything was seen is adopted: it was
    launched, and nobody lived to write that down.
    """
    state = attempt.state
    if not isinstance(state, (Staged, Submitted, Running)):
        return _AS_IT_WAS
    if sighting.report is not None:
        return Belief(state=_reported(state, sighting, sighting.report, now))
    if not sighting.directory_exists:
        return _over(state, sighting, now)
    if sighting.presence is Presence.RUNNING:
        return _moved(_running(state, sighting, now))
    if sighting.presence is Presence.PENDING:
        return _moved(_pending(state, sighting, now))
    return _out_of_sight(attempt, state, sighting, now)


def _moved(state: State | None) -> Belief:
    return _AS_IT_WAS if state is None else Belief(state=state)


def _reported(state: Staged | Submitted | Running, sighting: Sighting, report: ExitReport, now: datetime) -> Ended:
    """Its own word on its end; what the scheduler knows of the reason is told with it."""
    words = f"{report.words}; {sighting.words}" if sighting.cause and sighting.words else report.words
    return Ended(
        directory=state.directory,
        report=report,
        cause=sighting.cause,
        stopped_by=sighting.stopped_by,
        evidence=said(Witness.WRAPPER, words, now),
    )


def expected_start(attempt: Attempt, sighting: Sighting, now: datetime) -> datetime | None:
    """When an attempt is expected to start, as it is to be remembered; None for one that does not wait.

    Estimates move with every look of the scheduler. One that differs by less than a minute, or by less than a tenth of
    the time to it, is no news.
    """
    if sighting.presence is not Presence.PENDING or isinstance(attempt.state, Running):
        return None
    before, said = attempt.expected, sighting.expected
    if before is None or said is None or said == before:
        return said
    small = max(_SAME_START, abs(before - now) / _SAME_SHARE)
    return before if abs(said - before) < small else said


def grant_seen(attempt: Attempt, asked: Resources, nodes: int, sighting: Sighting) -> Grant | None:
    """What a look shows to be given to an attempt instead of what was ``asked`` for, which takes so many ``nodes``.

    None where nothing is. An attempt that neither waits nor runs keeps what was known before. A walltime that was left
    open is told once it runs: while it waits it would be one more word about every such job.
    """
    if sighting.presence not in _WITH_SCHEDULER:
        return attempt.granted
    wanted_s = MAX_DURATION_S if asked.walltime_s is None else math.ceil(asked.walltime_s / _COUNTED_S) * _COUNTED_S
    untold = asked.walltime_s is None and sighting.presence is Presence.PENDING
    walltime_s = sighting.walltime_s if sighting.walltime_s != wanted_s and not untold else None
    had = sighting.nodes if sighting.nodes != nodes else None
    return Grant(walltime_s=walltime_s, nodes=had) if walltime_s or had else None


def with_grant(sighting: Sighting, granted: Grant | None) -> Sighting:
    """The sighting with words that tell of what is given instead of what was asked for."""
    if granted is None or sighting.presence not in _WITH_SCHEDULER:
        return sighting
    words = f"{sighting.words}; {granted.words()}" if sighting.words else granted.words()
    return sighting.model_copy(update={"words": words})


def wants_a_start(attempt: Attempt, sighting: Sighting, now: datetime, *, in_turn: bool) -> bool:
    """Whether a look that changed nothing shows that an attempt is still to be started, or again.

    Staged ones are. So is what was handed in to a scheduler that starts jobs ``in_turn``, and has not begun, when it
    waits behind a job that takes long, or when nobody is there any more who would start it; also when nobody lived to
    write down in which lane it stands. It cannot start twice: the first start takes the claim. A scheduler with a
    queue of its own needs no such help.
    """
    state = attempt.state
    if isinstance(state, Staged):
        return True
    if not isinstance(state, Submitted) or not in_turn or sighting.claimed:
        return False
    if attempt.trouble is not None and attempt.trouble.times >= PASSED_OVER_TIMES:
        return False
    if sighting.presence is Presence.PENDING:
        return state.lane != attempt.token and now - state.evidence.at >= timedelta(seconds=PASSED_OVER_S)
    return sighting.presence is Presence.ABSENT and sighting.conclusive


def _out_of_sight(attempt: Attempt, state: Staged | Submitted | Running, sighting: Sighting, now: datetime) -> Belief:
    """Over or absent, and without an exit report (yet)."""
    began = sighting.presence is Presence.OVER or sighting.claimed or isinstance(state, Running)
    if isinstance(state, Staged) and not began:
        return _AS_IT_WAS  # nothing was ever started: the launch is still to come
    if isinstance(state, Staged) and not sighting.conclusive:
        return Belief(state=_submitted(state, sighting, now))
    grace_s = BOOKS_GRACE_S if sighting.open_in_books else ABSENCE_GRACE_S
    if began and (sighting.conclusive or missing_long(attempt, now, grace_s)):  # else it may begin, until forbidden
        return _over(state, sighting, now)
    return Belief(missing_since=_missing_since(attempt, now))


def _over(state: Staged | Submitted | Running, sighting: Sighting, now: datetime) -> Belief:
    words = sighting.words or "the scheduler does not know it any more, and there is no exit report"
    began = state.since if isinstance(state, Running) else sighting.began
    began = sighting.start.started if sighting.start else began
    return Belief(
        state=Ended(
            directory=state.directory,
            since=began,
            cause=sighting.cause,
            stopped_by=sighting.stopped_by,
            told=sighting.told,
            evidence=said(sighting.witness, words, now),
        )
    )


def _missing_since(attempt: Attempt, now: datetime) -> datetime | None:
    if attempt.missing_since is not None:
        return min(attempt.missing_since, now)  # a clock that was set back must not make the wait endless
    noticed = abs(now - attempt.state.evidence.at) >= timedelta(seconds=UNNOTICED_S)
    return now if noticed else None


def _running(state: Staged | Submitted | Running, sighting: Sighting, now: datetime) -> State | None:
    start, evidence = sighting.start, _seen(sighting, now)
    if not isinstance(state, Running):
        return Running(
            directory=state.directory,
            handle=_handle(state, sighting),
            lane=_lane(state),
            host=start.host if start else "",
            since=start.started if start else sighting.began or now,
            evidence=evidence,
        )
    host, since = (start.host, start.started) if start and not state.host else (state.host, state.since)
    if evidence.words == state.evidence.words and host == state.host:
        return None
    return state.model_copy(update={"host": host, "since": since, "evidence": evidence})


def _pending(state: Staged | Submitted | Running, sighting: Sighting, now: datetime) -> State | None:
    if isinstance(state, Running):
        return None  # a requeued job waits again at the scheduler; for us it has been running and will end
    if isinstance(state, Submitted) and sighting.words in {"", state.reason}:
        return None  # no word is no news: a scheduler gives none between two of its own looks
    return _submitted(state, sighting, now)


def _submitted(state: Staged | Submitted, sighting: Sighting, now: datetime) -> Submitted:
    return Submitted(
        directory=state.directory,
        handle=_handle(state, sighting),
        lane=_lane(state),
        reason=sighting.words,
        evidence=_seen(sighting, now),
    )


def _lane(state: Staged | Submitted) -> str:
    return "" if isinstance(state, Staged) else state.lane


def _handle(state: Staged | Submitted | Running, sighting: Sighting) -> str:
    return sighting.handle or ("" if isinstance(state, Staged) else state.handle)


def _seen(sighting: Sighting, now: datetime) -> Evidence:
    witness = Witness.WRAPPER if sighting.start else sighting.witness
    return said(witness, sighting.words or sighting.presence.value, now)
