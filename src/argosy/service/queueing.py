"""Which lanes of a target are under way."""

from collections.abc import Sequence
from typing import NamedTuple

from argosy.core.capacity import Standing, load_of_lanes
from argosy.core.job import Attempt
from argosy.service.station import Due


class UnderWay(NamedTuple):
    """A lane that a shell on the target works off: how it stands, and the attempt that is its last."""

    standing: Standing
    last: Due


def lane_of(attempt: Attempt) -> str:
    """The lane that an attempt stands in, or nothing."""
    return getattr(attempt.state, "lane", "")


def lanes_under_way(live: Sequence[Due]) -> list[UnderWay]:
    """The lanes of live attempts. A job that was handed in alone has no shell that would start another behind it."""
    lanes: dict[str, list[Due]] = {}
    for due in live:
        if lane := lane_of(due.attempt):
            lanes.setdefault(lane, []).append(due)
    return [_under_way(lane, dues) for lane, dues in lanes.items() if any(due.attempt.token != lane for due in dues)]


def _under_way(lane: str, dues: Sequence[Due]) -> UnderWay:
    room = load_of_lanes((lane, due.job.spec.resources) for due in dues)
    waiting = sum(due.attempt.state.kind == "submitted" for due in dues)
    last = max(dues, key=lambda due: (_handed_in(due.attempt), due.attempt.token))
    return UnderWay(Standing(room=room, waiting=waiting), last)


def _handed_in(attempt: Attempt) -> float:
    """When, as far as its state tells: one that runs was handed in before all that wait."""
    return attempt.state.evidence.at.timestamp() if attempt.state.kind == "submitted" else 0.0
