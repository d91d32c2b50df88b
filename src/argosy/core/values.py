"""The ground of every value that crosses a module border."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

_FIRST_YEAR = 1970
_LAST_YEAR = 2200


class Value(BaseModel):
    """A frozen, closed record: unknown keys are refused, fields never change after construction."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        msg = "a time needs a time zone; Argosy keeps all times in UTC"
        raise ValueError(msg)
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        msg = f"a time must lie between the years {_FIRST_YEAR} and {_LAST_YEAR}"
        raise ValueError(msg)
    return moment


Moment = Annotated[datetime, AfterValidator(_aware)]
"""A point in time with its zone; always UTC inside Argosy."""
