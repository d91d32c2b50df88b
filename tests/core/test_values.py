from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from argosy.core.values import EARLIEST, LATEST, AskedMoment, Count, Real, Whole, YesOrNo

REFUSED = {
    "a yes as a whole number": (Whole, True),
    "text as a whole number": (Whole, "4"),
    "a part of a whole number": (Whole, 4.5),
    "none as a count": (Count, 0),
    "a yes as a count": (Count, True),
    "a yes as a number": (Real, True),
    "text as a number": (Real, "0.5"),
    "a number as a yes": (YesOrNo, 1),
    "text as a yes": (YesOrNo, "yes"),
    "a number in text as a time": (AskedMoment, "0"),
    "a number as a time": (AskedMoment, 0.5),
    "a day as a time": (AskedMoment, "2026-03-01"),
    "a time without its zone": (AskedMoment, "2026-03-01T12:00:00"),
}


@pytest.mark.parametrize(("kind", "given"), REFUSED.values(), ids=REFUSED)
def test_what_is_given_as_something_else_is_refused(kind: object, given: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(given)


def test_a_whole_number_may_be_written_with_a_point_as_json_allows() -> None:
    assert TypeAdapter(Whole).validate_json("4.0") == 4


def test_a_moment_to_ask_with_counts_as_the_nearest_that_is_held() -> None:
    asked = TypeAdapter(AskedMoment)
    assert asked.validate_python("2026-03-01T12:00:00Z") == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert asked.validate_python("0090-01-22T22:06:03.990360-11:25") == EARLIEST
    assert asked.validate_python("9999-12-31T23:59:59Z") == LATEST
