"""Times for people."""

from datetime import datetime, timedelta

from argosy.core.quantities import spell_span

_JITTER = timedelta(minutes=1)
"""What the clocks of two machines may differ by: a time a little ahead has just been."""
_YEAR_S = 365.25 * 86_400
_STEPS = ((60, "s", 1), (3600, "m", 60), (86_400, "h", 3600), (2 * _YEAR_S, "d", 86_400))


def ago(moment: datetime | None, now: datetime) -> str:
    """How long since: ``12s``, ``5m``, ``3h``, ``2d``, and ``3y`` when it is more than two years."""
    if moment is None:
        return ""
    seconds = max((now - moment).total_seconds(), 0.0)
    for below, unit, size in _STEPS:
        if seconds < below:
            return f"{int(seconds // size)}{unit}"
    return f"{int(seconds // _YEAR_S)}y"


def span(seconds: float | None) -> str:
    """How long: ``0.4s``, ``12s``, ``5m 10s``, ``3h 05m``, ``2d 3h``; nothing for None."""
    return "" if seconds is None else spell_span(seconds)


def exactly(moment: datetime | None) -> str:
    """A time in ISO 8601, for other programs; nothing for None."""
    return "" if moment is None else moment.isoformat()


def when(moment: datetime | None, now: datetime) -> str:
    """A time and how long ago it was, or how long until then, in the zone of whoever reads it."""
    if moment is None:
        return ""
    if moment > now + _JITTER:
        return ahead(moment, now)
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S} ({ago(moment, now)} ago)"


def ahead(moment: datetime, now: datetime) -> str:
    """A time to come and how long until then, in the zone of whoever reads it."""
    left = (moment - now).total_seconds()
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S} ({f'in {span(left)}' if left > 0 else 'any moment'})"
