"""Which lanes of a target are under way."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from argosy.core.capacity import Standing, load_of_lanes
from argosy.core.job import Attempt
from argosy.service.station import Due, Pace

HEADS = 64
"""How many of a lane are looked at every time: more are hardly over between two looks."""
ALL_EVERY = timedelta(seconds=1)
"""How often those far behind in lanes are looked at too: their lane may be gone, or somebody may have started them."""


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


def near_their_turn(pace: Pace, dues: Sequence[Due], now: datetime) -> list[Due]:
    """Those that are worth a look: the heads of lanes, and from time to time all."""
    if abs(now - pace.looked_at_all) >= ALL_EVERY:
        pace.looked_at_all = now
        return list(dues)
    seen: dict[str, int] = {}
    near: list[Due] = []
    for due in sorted(dues, key=_turn):
        if _far_behind_is_possible(due.attempt):
            lane = lane_of(due.attempt)
            seen[lane] = seen.get(lane, 0) + 1
            if seen[lane] > HEADS:
                continue
        near.append(due)
    return near


def _far_behind_is_possible(attempt: Attempt) -> bool:
    waits = attempt.state.kind == "submitted" and lane_of(attempt) != ""
    return waits and attempt.wish is None and attempt.trouble is None


def _under_way(lane: str, dues: Sequence[Due]) -> UnderWay:
    room = load_of_lanes((lane, due.job.spec.resources) for due in dues)
    waiting = sum(due.attempt.state.kind == "submitted" for due in dues)
    last = max(dues, key=_turn)
    return UnderWay(Standing(room=room, waiting=waiting), last)


def _turn(due: Due) -> tuple[float, str]:
    return _handed_in(due.attempt), due.attempt.token


def _handed_in(attempt: Attempt) -> float:
    """When, as far as its state tells: one that runs was handed in before all that wait."""
    return attempt.state.evidence.at.timestamp() if attempt.state.kind == "submitted" else 0.0
