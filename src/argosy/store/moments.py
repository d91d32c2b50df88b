"""Times as the database keeps them: whole microseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Exact, for every aware time that Python can hold."""
    return (moment - _EPOCH) // _MICROSECOND


def to_moment(micros: int) -> datetime:
    """The same time again."""
    return _EPOCH + timedelta(microseconds=micros)


def to_micros_if(moment: datetime | None) -> int | None:
    """None stays None."""
    return None if moment is None else to_micros(moment)


def to_moment_if(micros: int | None) -> datetime | None:
    """None stays None."""
    return None if micros is None else to_moment(micros)
