"""The walk of an attempt: which step comes next, and how long to wait after trouble. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from argosy.core.job import Attempt, RetryClass, Trouble
from argosy.core.retry_wishes import LONGEST_PAUSE_S

ABSENCE_GRACE_S = 120.0
"""How long an attempt may be absent, inconclusively, before it is believed to be over."""
CANCEL_AGAIN_S = 60.0
"""How long a program that was told to stop is given before it is told again."""
MAX_RETRIES_PER_CLASS = 2
MAX_RETRIES = 3

_CANCEL_AGAIN = timedelta(seconds=CANCEL_AGAIN_S)
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 300.0
_LONGEST_AWAY_S = 60.0
LONGEST_WAIT = timedelta(seconds=1.5 * _LONGEST_WAIT_S)
"""No attempt is ever put off for longer than this, but one that follows on another by itself."""
LONGEST_PAUSE = timedelta(seconds=LONGEST_PAUSE_S)
_AUTOMATIC = frozenset(
    {RetryClass.WAIT, RetryClass.AS_IS, RetryClass.OTHER_NODE, RetryClass.ONCE},
)


class Step(StrEnum):
    """What the server does with an attempt next. Each step first looks whether its work is already done."""

    RELEASE = "release"
    STAGE = "stage"
    LAUNCH = "launch"
    WATCH = "watch"
    CANCEL = "cancel"
    FORBID = "forbid"
    ABANDON = "abandon"
    COLLECT = "collect"
    REST = "rest"


_WITHOUT_WISH = {
    "draft": Step.REST,
    "waiting": Step.RELEASE,
    "queued": Step.STAGE,
    "staged": Step.LAUNCH,
    "submitted": Step.WATCH,
    "running": Step.WATCH,
    "ended": Step.COLLECT,
    "closed": Step.REST,
}
_WITH_WISH = _WITHOUT_WISH | {
    "draft": Step.ABANDON,
    "waiting": Step.ABANDON,
    "queued": Step.ABANDON,
    "staged": Step.FORBID,
}


def next_step(attempt: Attempt, now: datetime) -> Step:
    """The step that an attempt needs now.

    A cancel wish is read at every door: before the launch it prevents the start, afterwards it is sent to the
    scheduler and, when the program is still there a minute later, sent again. FORBID begins with a look, too: an
    attempt whose one start was taken before cannot be forbidden any more, and only a look moves it on.
    """
    kind = attempt.state.kind
    if kind == "submitted" and missing_long(attempt, now):
        return Step.FORBID
    if attempt.wish is None:
        return _WITHOUT_WISH[kind]
    if kind in {"submitted", "running"} and cancel_is_due(attempt, now):
        return Step.CANCEL
    return _WITH_WISH[kind]


def is_due(attempt: Attempt, now: datetime) -> bool:
    """Whether an attempt has waited long enough. A time further ahead than any wait was written by another clock."""
    paused = attempt.state.kind == "queued" and attempt.number > 1
    return not timedelta(0) < attempt.due - now <= (LONGEST_PAUSE if paused else LONGEST_WAIT)


def missing_long(attempt: Attempt, now: datetime, grace_s: float = ABSENCE_GRACE_S) -> bool:
    """Whether an attempt has been nowhere for so long that it is believed to be over, or its start better forbidden."""
    return attempt.missing_since is not None and now - attempt.missing_since > timedelta(seconds=grace_s)


def cancel_is_due(attempt: Attempt, now: datetime) -> bool:
    """Whether the scheduler must be told (again) to stop a running attempt; also after a clock was set back."""
    return attempt.cancel_sent is None or abs(now - attempt.cancel_sent) > _CANCEL_AGAIN


def backoff_s(times: int, jitter: float, *, away: bool = False) -> float:
    """Seconds to wait after ``times`` troubles in a row: 1, 2, 4 ... up to 300, each scaled by 0.5 to 1.5.

    Up to 60 while the machine is ``away``: one that is back after an hour should soon be found. ``jitter`` lies in
    [0, 1); it keeps many clients from coming back at the same instant.
    """
    longest_s = _LONGEST_AWAY_S if away else _LONGEST_WAIT_S
    return min(_FIRST_WAIT_S * 2 ** min(times - 1, 16), longest_s) * (0.5 + jitter)


def troubled(last: Trouble | None, *, code: str, message: str, hint: str, now: datetime) -> Trouble:
    """The next trouble of an attempt: the count grows while the same code comes back in a row."""
    times = last.times + 1 if last is not None and last.code == code else 1
    return Trouble(code=code, message=message, hint=hint, times=times, at=now)


def may_retry(retry: RetryClass, *, earlier: tuple[RetryClass, ...], allowed: int) -> bool:
    """Whether a failed attempt gets another one by itself.

    ``earlier`` are the classes of the attempts before it. Only for classes that need no change of the request; at most
    ``allowed`` times (the user's wish), at most twice for the same class (once for ``once``), and three times over all.
    """
    if retry not in _AUTOMATIC or len(earlier) >= min(allowed, MAX_RETRIES):
        return False
    most = 1 if retry is RetryClass.ONCE else MAX_RETRIES_PER_CLASS
    return earlier.count(retry) < most
