"""The ground of every value that crosses a module border."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Between these lies every time that Argosy holds; the list of jobs orders by numbers that reach as far."""


class Value(BaseModel):
    """A frozen, closed record: unknown keys are refused, fields never change after construction."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        msg = "a time needs a time zone; Argosy keeps all times in UTC"
        raise ValueError(msg)
    if not EARLIEST <= moment <= LATEST:
        msg = f"a time must lie between the years {EARLIEST.year} and {LATEST.year}"
        raise ValueError(msg)
    return moment


Moment = Annotated[datetime, AfterValidator(_aware)]
"""A point in time with its zone; always UTC inside Argosy."""


# What comes in from outside is what it says that it is. The ordinary reading is kinder: true would be the number 1, the
# text "0" a time in 1970 and the number 1 a yes, and a slip of the pen would become a wish.


def as_whole(given: object) -> object:
    """JSON has one kind of number: 4.0 is the whole number 4 there."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


_WRITTEN_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def _written_moment(given: object) -> object:
    if isinstance(given, datetime) or (isinstance(given, str) and _WRITTEN_MOMENT.fullmatch(given)):
        return given
    raise ValueError("a time is written like 2026-03-01T12:00:00Z, with its zone")


def _nearest(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return _aware(moment)
    return min(max(moment, EARLIEST), LATEST)


Whole = Annotated[int, Strict(), BeforeValidator(as_whole)]
"""A whole number that was given as a number: neither true or false, nor text."""

Count = Annotated[int, Strict(), Field(ge=1), BeforeValidator(as_whole)]
"""A whole number of things, at least one."""

Real = Annotated[float, Strict()]
"""A number that was given as a number: neither true or false, nor text."""

YesOrNo = Annotated[bool, Strict()]
"""True or false, and nothing that could be meant so."""

AskedMoment = Annotated[datetime, AfterValidator(_nearest), BeforeValidator(_written_moment)]
"""A moment that a list is asked with, given as RFC 3339 writes it: no number of seconds since whenever.

Nothing happened before the earliest or after the latest moment that we hold, so those stand for all beyond them.
"""

Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
"""Text for people on one line, without control characters."""
