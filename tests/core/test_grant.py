"""What a scheduler gives a job instead of what it asked for."""

from typing import Any

import pytest

from argosy.core.belief import grant_seen, with_grant
from argosy.core.grant import Grant, walltime_of
from argosy.core.quantities import MAX_DURATION_S
from argosy.core.resources import Resources
from argosy.core.sighting import Presence
from tests.core.cases import RUNNING, attempt, sighting

BEFORE = Grant(walltime_s=5)


def seen(presence: Presence = Presence.RUNNING, *, asked_s: int | None = 90, **given: Any) -> Grant | None:
    known = attempt(RUNNING, granted=BEFORE)
    return grant_seen(known, Resources(walltime_s=asked_s, nodes=2), 2, sighting(presence, **given))


@pytest.mark.parametrize("presence", [Presence.PENDING, Presence.RUNNING])
def test_what_is_as_was_asked_for_is_nothing_to_tell(presence: Presence) -> None:
    assert seen(presence, walltime_s=120, nodes=2) is None, "90 seconds are two minutes to a scheduler"
    assert seen(presence) is None, "nor is what nobody says"
    assert seen(presence, asked_s=None, walltime_s=MAX_DURATION_S) is None


def test_a_walltime_that_was_left_open_is_told_once_it_runs() -> None:
    assert seen(Presence.PENDING, asked_s=None, walltime_s=3600) is None
    assert seen(Presence.RUNNING, asked_s=None, walltime_s=3600) == Grant(walltime_s=3600)


@pytest.mark.parametrize(
    ("given", "granted"),
    [
        ({"walltime_s": 60, "nodes": 2}, Grant(walltime_s=60)),
        ({"walltime_s": 180, "nodes": 1}, Grant(walltime_s=180, nodes=1)),
        ({"walltime_s": 120, "nodes": 3}, Grant(nodes=3)),
    ],
)
def test_what_is_other_than_was_asked_for_is_told(given: dict[str, Any], granted: Grant) -> None:
    assert seen(**given) == granted


@pytest.mark.parametrize("presence", [Presence.OVER, Presence.ABSENT])
def test_what_is_over_or_out_of_sight_keeps_what_it_had(presence: Presence) -> None:
    assert seen(presence, walltime_s=120) == BEFORE
    gone = sighting(presence, words="gone")
    assert with_grant(gone, BEFORE) == gone


@pytest.mark.parametrize(
    ("granted", "words"),
    [
        (Grant(walltime_s=600), "it may run 10m"),
        (Grant(walltime_s=MAX_DURATION_S), "it may run without an end"),
        (Grant(nodes=1), "it has 1 node"),
        (Grant(walltime_s=60, nodes=2), "it may run 1m, it has 2 nodes"),
    ],
)
def test_it_is_told_in_words_behind_those_of_the_scheduler(granted: Grant, words: str) -> None:
    assert granted.words() == words
    assert with_grant(sighting(Presence.RUNNING, words="it runs"), granted).words == f"it runs; {words}"
    assert with_grant(sighting(Presence.PENDING), granted).words == words


@pytest.mark.parametrize(
    ("granted", "walltime_s"),
    [(None, 90), (Grant(nodes=1), 90), (Grant(walltime_s=60), 60), (Grant(walltime_s=MAX_DURATION_S), None)],
)
def test_the_walltime_is_what_is_given_and_else_what_was_asked_for(granted: Grant, walltime_s: int | None) -> None:
    assert walltime_of(granted, Resources(walltime_s=90)) == walltime_s
