"""What words on the command line mean."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from argosy.cli.moments import when
from argosy.cli.wanting import beginning, conditions, filled, said
from argosy.core.errors import BadInput

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


def test_zero_is_something_that_somebody_says_and_nothing_is_not() -> None:
    assert said(retries=0, gpus=1, draft=False, name=None, outputs=(), labels={}, after=[]) == {"retries": 0, "gpus": 1}


def test_a_time_to_come_is_a_date_or_so_long_from_now() -> None:
    assert beginning("6h", NOW) == NOW + timedelta(hours=6)
    assert beginning("2026-12-01T08:00+01:00", NOW) == datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert beginning(None, NOW) is None


@pytest.mark.parametrize("words", ["", "soon", "6", "2026-13-01", "-6h"])
def test_what_is_no_time_is_refused_in_words(words: str) -> None:
    with pytest.raises(BadInput, match="neither a time"):
        beginning(words, NOW)


@pytest.mark.parametrize(
    ("seconds", "words"), [(-7200, "(2h ago)"), (2, "(0s ago)"), (7200, "(in 2h 00m)"), (21_600, "(in 6h 00m)")]
)
def test_a_time_is_told_with_its_distance_whichever_way(seconds: int, words: str) -> None:
    assert when(NOW + timedelta(seconds=seconds), NOW).endswith(words)


NOTHING: dict[str, Any] = dict.fromkeys(("fate", "target", "engine", "label", "since", "before"))


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock on the wall is that of this zone."""
    with monkeypatch.context() as there:
        there.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "edge"), [("EAST-12", "0001-01-01"), ("WEST+12", "9999-12-31T23:59")], indirect=["zone"]
)
@pytest.mark.usefixtures("zone")
def test_a_time_that_is_beyond_the_calendar_in_universal_time_is_refused(edge: str) -> None:
    with pytest.raises(BadInput, match="beyond the calendar"):
        beginning(edge, NOW)


def test_conditions_that_nobody_has_given_are_none() -> None:
    assert conditions(**NOTHING) == {}


@pytest.mark.parametrize(
    "empty", [{"target": ""}, {"engine": " "}, {"label": ["mood=good", ""]}, {"since": ""}, {"before": ""}]
)
def test_an_empty_word_is_no_condition_that_falls_away(empty: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        conditions(**NOTHING | {"fate": ["running"]} | empty)


def test_an_empty_word_is_refused_by_the_name_of_its_option() -> None:
    with pytest.raises(BadInput, match="--text is empty"):
        filled("--text", "  ")
    assert (filled("--text", None), filled("--text", "x")) == (None, "x")
