"""Staged → Submitted: the scheduler has it. Staged was the intent; a crash here is repaired by looking."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from argosy.contracts import Order
from argosy.core.errors import TargetError
from argosy.core.job import Cause, Closed, Failed, RetryClass, Staged, Submitted, Trouble, Witness, said
from argosy.core.lifecycle import troubled
from argosy.core.sighting import Launched, Refused
from argosy.service import record
from argosy.service.marks import Mark
from argosy.service.station import Change, Due, Station, moved, put_off


class _Berth(NamedTuple):
    """An attempt that is handed in, and the lane that it stands in."""

    due: Due
    state: Staged | Submitted
    lane: str


async def launch(station: Station, lanes: Sequence[Sequence[Due]]) -> list[Due]:
    """Hand in attempts that are known not to have begun: freshly staged, looked for and not found, or passed over.

    Those of a lane start one after another. A scheduler that cannot do that is given lanes of one.
    """
    staged = [one for lane in lanes for one in _berths(station, lane)]
    if not staged:
        return []
    station.at(Mark.LAUNCH_BEGUN)
    orders = [
        Order(token=one.due.attempt.token, directory=one.state.directory, spec=one.due.job.spec, lane=one.lane)
        for one in staged
    ]
    try:
        answer = await station.transport.run(station.scheduler.submit(orders))
        taken = station.scheduler.parse_submit(orders, answer)
    except TargetError as trouble:
        await station.record([put_off(due, trouble, station.clock(), station.jitter()) for due, _, _ in staged])
        return []
    station.at(Mark.LAUNCH_ASKED)
    answered = [(one, taken[one.due.attempt.token]) for one in staged if one.due.attempt.token in taken]
    changes = [_answered(station, one, reply) for one, reply in answered]
    await record.closing(station, changes)
    written = await station.record(changes)
    station.at(Mark.LAUNCH_RECORDED)
    return [due for due in written if due.attempt.state.kind == "submitted"]


def _berths(station: Station, lane: Sequence[Due]) -> list[_Berth]:
    first = lane[0].attempt.token if lane and station.scheduler.in_turn else ""
    return [_Berth(due, due.attempt.state, first) for due in lane if isinstance(due.attempt.state, Staged | Submitted)]


def _answered(station: Station, berth: _Berth, reply: Launched | Refused) -> Change:
    now = station.clock()
    due, state, lane = berth
    evidence = said(Witness.SCHEDULER, reply.words or "accepted", now)
    if isinstance(reply, Launched):
        submitted = Submitted(
            directory=state.directory, handle=reply.handle, reason=reply.reason, lane=lane, evidence=evidence
        )
        return moved(due, submitted, now, trouble=_passed_over(due, now))
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
