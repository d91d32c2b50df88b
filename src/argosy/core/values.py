"""The ground of every value that crosses a module border."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

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
