"""Whether an attempt that is over is followed by another one by itself, and after what pause. Pure."""

from collections.abc import Sequence

from argosy.core.job import Failed, Lost, Outcome, RetryClass
from argosy.core.judgement import retry_class
from argosy.core.lifecycle import may_retry
from argosy.core.retry_wishes import RetryWishes, often

_IN_VAIN = frozenset({RetryClass.NEVER, RetryClass.MORE_MEMORY, RetryClass.MORE_TIME})


def pause_before_next_s(
    outcome: Outcome, earlier: Sequence[Outcome], *, retries: int, wishes: RetryWishes
) -> int | None:
    """Seconds until the next attempt; None when there is none by itself.

    ``earlier`` are the outcomes of the attempts before. What the wishes name, by its cause or else by its class, is
    tried again as often as they say; of all else at most ``retries``, within the bounds of ``may_retry``. A failure
    that is known to come back without a change is never tried again.
    """
    name = _named(outcome, wishes)
    if name is None:
        others = tuple(retry_class(one) for one in earlier if _named(one, wishes) is None)
        return 0 if may_retry(retry_class(outcome), earlier=others, allowed=retries) else None
    before, asked = sum(_named(one, wishes) == name for one in earlier), often(wishes[name])
    return asked.pause_s(before) if before < asked.times else None


def _named(outcome: Outcome, wishes: RetryWishes) -> str | None:
    """The wish that is about this outcome."""
    if isinstance(outcome, Lost):
        names = ("lost", RetryClass.AS_IS.value)
    elif isinstance(outcome, Failed) and not _comes_back(outcome):
        names = (outcome.cause.value, outcome.retry.value)
    else:
        return None
    return next((name for name in names if name in wishes), None)


def _comes_back(outcome: Failed) -> bool:
    known = outcome.retry is RetryClass.AFTER_CHANGE and bool(outcome.signature)
    return known or outcome.retry in _IN_VAIN
