"""Staged → Submitted: the scheduler has it. Staged was the intent; a crash here is repaired by looking."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from argosy.contracts import Order
from argosy.core.errors import QueueFull, TargetError
from argosy.core.job import Cause, Closed, Failed, RetryClass, Staged, Submitted, Trouble, Witness, said
from argosy.core.lifecycle import troubled
from argosy.core.sighting import Launched, Refused
from argosy.core.slurm import SlurmWishes
from argosy.service import record
from argosy.service.marks import Mark
from argosy.service.queueing import lane_of
from argosy.service.station import Change, Due, Station, moved, put_off


class Lane(NamedTuple):
    """Attempts that start one after another; behind ``last``, where their lane is under way already."""

    dues: Sequence[Due]
    last: Due | None = None


class _Berth(NamedTuple):
    """An attempt that is handed in, the lane that it stands in, and the directory of the one that it stands behind."""

    due: Due
    state: Staged | Submitted
    lane: str
    behind: str


async def launch(station: Station, lanes: Sequence[Lane]) -> list[Due]:
    """Hand in attempts that are known not to have begun: freshly staged, looked for and not found, or passed over.

    Those of a lane start one after another. A scheduler that cannot do that is given lanes of one.
    """
    staged = [one for lane in lanes for one in _berths(station, lane)]
    if not staged:
        return []
    station.at(Mark.LAUNCH_BEGUN)
    orders = [
        Order(
            token=one.due.attempt.token,
            directory=one.state.directory,
            spec=one.due.job.spec,
            lane=one.lane,
            behind=one.behind,
        )
        for one in staged
    ]
    try:
        answer = await station.transport.run(station.scheduler.submit(orders))
        taken = station.scheduler.parse_submit(orders, answer)
    except TargetError as trouble:
        await station.record([put_off(one.due, trouble, station.clock(), station.jitter()) for one in staged])
        return []
    station.at(Mark.LAUNCH_ASKED)
    answered = [(one, taken[one.due.attempt.token]) for one in staged if one.due.attempt.token in taken]
    _note_room(station, answered)
    changes = [_answered(station, one, reply) for one, reply in answered]
    await record.closing(station, changes)
    written = await station.record(changes)
    station.at(Mark.LAUNCH_RECORDED)
    return [due for due in written if due.attempt.state.kind == "submitted"]


def _berths(station: Station, lane: Lane) -> list[_Berth]:
    first = lane.dues[0].attempt.token if lane.dues and station.scheduler.in_turn else ""
    behind = ""
    if lane.last is not None:
        first, behind = lane_of(lane.last.attempt), getattr(lane.last.attempt.state, "directory", "")
    return [
        _Berth(due, due.attempt.state, first, behind)
        for due in lane.dues
        if isinstance(due.attempt.state, Staged | Submitted)
    ]


def _note_room(station: Station, answered: Sequence[tuple[_Berth, Launched | Refused]]) -> None:
    """What is learned of limits on the number of jobs, for each kind of them."""
    kinds: dict[SlurmWishes, list[Launched | Refused]] = {}
    for one, reply in answered:
        kinds.setdefault(one.due.job.spec.slurm, []).append(reply)
    for kind, replies in kinds.items():
        full = [reply for reply in replies if isinstance(reply, Refused) and reply.full]
        if full:
            station.rooms.refused(kind, full[0].explanation, full[0].advice, station.clock())
        elif all(isinstance(reply, Launched) for reply in replies):
            station.rooms.taken(kind, len(replies))


def _answered(station: Station, berth: _Berth, reply: Launched | Refused) -> Change:
    now = station.clock()
    due, state, lane, _ = berth
    evidence = said(Witness.SCHEDULER, reply.words or "accepted", now)
    if isinstance(reply, Launched):
        submitted = Submitted(
            directory=state.directory, handle=reply.handle, reason=reply.reason, lane=lane, evidence=evidence
        )
        return moved(due, submitted, now, trouble=_passed_over(due, now))
    if reply.full:
        return put_off(due, QueueFull(reply.explanation, hint=reply.advice), now, station.jitter())
    if reply.passing:
        return put_off(due, TargetError(reply.explanation, hint=reply.advice), now, station.jitter())
    outcome = Failed(
        cause=Cause.REJECTED,
        explanation=reply.explanation,
        advice=reply.advice,
        excerpt=reply.words,
        retry=RetryClass.AFTER_CHANGE,
    )
    return moved(due, Closed(outcome=outcome, directory=state.directory, evidence=evidence), now)


def _passed_over(due: Due, now: datetime) -> Trouble | None:
    """None for a first launch; else the count of those that came to nothing, so that there is an end of them."""
    if isinstance(due.attempt.state, Staged):
        return None
    message = "its turn did not come where it waited, so it was handed in again"
    return troubled(due.attempt.trouble, code="passed_over", message=message, hint="", now=now)
