"""How much of a queue goes in together, and which lanes of a target are under way."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate, islice
from typing import NamedTuple

from argosy.contracts import Scheduler
from argosy.core.capacity import Standing, load_of_lanes
from argosy.core.job import Attempt
from argosy.core.spec import Content
from argosy.service.station import Due, Pace

STAGED_TOGETHER = 256
"""How many jobs are staged and launched in one round, at most, where a job can begin at once: the first of them should
not wait for the last."""
QUEUED_TOGETHER = 1_024
"""The same where they wait in a queue of the scheduler's: the more go in together, the more are tasks of one array."""
SENT_TOGETHER = 64 << 20
"""With how many bytes of input more than STAGED_TOGETHER go together, at most."""
HEADS = 64
"""How many of a lane are looked at every time: more are hardly over between two looks."""
ALL_EVERY = timedelta(seconds=1)
"""How often those far behind in lanes are looked at too: their lane may be gone, or somebody may have started them."""


class UnderWay(NamedTuple):
    """A lane that a shell on the target works off: how it stands, and the attempt that is its last."""

    standing: Standing
    last: Due


def most_together(scheduler: Scheduler) -> int:
    """How many jobs of the queue a round at this scheduler can be about."""
    return STAGED_TOGETHER if scheduler.in_turn else QUEUED_TOGETHER


def together(queue: Sequence[Due], most: int) -> Sequence[Due]:
    """The head of the queue that goes in at once: fewer than could when they have much to send."""
    sent = accumulate((_sent_bytes(due) for due in queue[:most]), initial=0)
    light = sum(1 for total in islice(sent, 1, None) if total <= SENT_TOGETHER)
    return queue[: min(max(light, STAGED_TOGETHER), most)]


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
    if not any(_far_behind_is_possible(due.attempt) for due in dues):
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


def _sent_bytes(due: Due) -> int:
    sources = (file.source for file in due.job.spec.inputs)
    return sum(source.size for source in sources if isinstance(source, Content))


def _turn(due: Due) -> tuple[float, str]:
    return _handed_in(due.attempt), due.attempt.token


def _handed_in(attempt: Attempt) -> float:
    """When, as far as its state tells: one that runs was handed in before all that wait."""
    return attempt.state.evidence.at.timestamp() if attempt.state.kind == "submitted" else 0.0
