"""One thing that is done to many jobs."""

import pytest
from pydantic import TypeAdapter

from argosy.core.bulk import DEEDS, Deed, Relabel, change_in_words, meant_for, relabelled, why_not
from argosy.core.job import FATES, OPEN, OUTCOMES


def deed(kind: str) -> Deed:
    more = {"priority": 1} if kind == "priority" else {}
    return TypeAdapter[Deed](Deed).validate_python({"kind": kind, **more})


@pytest.mark.parametrize("kind", DEEDS)
def test_a_deed_can_be_done_to_every_job_that_it_is_meant_for(kind: str) -> None:
    assert set(meant_for(deed(kind))) <= set(FATES)
    assert not any(why_not(deed(kind), fate) for fate in meant_for(deed(kind)))


def test_what_has_succeeded_is_tried_again_only_when_somebody_says_so() -> None:
    assert "succeeded" not in meant_for(deed("retry"))
    assert why_not(deed("retry"), "succeeded") == ""


@pytest.mark.parametrize("kind", ["retry", "remove"])
def test_a_job_that_is_open_is_neither_tried_again_nor_removed(kind: str) -> None:
    assert all(f"it is {fate}" in why_not(deed(kind), fate) for fate in OPEN)


def test_only_a_job_that_waits_at_its_scheduler_can_be_held() -> None:
    assert [fate for fate in FATES if not why_not(deed("hold"), fate)] == ["submitted"]


def test_every_job_can_be_cancelled_and_labelled() -> None:
    assert not any(why_not(deed(kind), fate) for kind in ("cancel", "label") for fate in FATES)
    assert not set(OUTCOMES) & set(meant_for(deed("cancel")))


def test_labels_are_put_beside_the_others_and_dropped_by_their_keys() -> None:
    change = Relabel(kind="label", put={"a": "2", "c": "3"}, drop=("b", "c", "x"))
    assert relabelled({"a": "1", "b": "1", "d": "4"}, change) == {"a": "2", "c": "3", "d": "4"}
    assert change_in_words(change) == "a=2, c=3, no b, no c, no x"
