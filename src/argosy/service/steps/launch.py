"""Staged → Submitted: the scheduler has it. Staged was the intent; a crash here is repaired by looking."""

from collections.abc import Sequence

from argosy.contracts import Order
from argosy.core.errors import TargetError
from argosy.core.job import Cause, Closed, Failed, RetryClass, Staged, Submitted, Witness, said
from argosy.core.sighting import Launched, Refused
from argosy.service import record
from argosy.service.marks import Mark
from argosy.service.station import Change, Due, Station, moved, put_off


async def launch(station: Station, dues: Sequence[Due]) -> list[Due]:
    """Hand in attempts that are known not to be at the scheduler: freshly staged, or looked for and not found."""
    staged = [(due, due.attempt.state) for due in dues if isinstance(due.attempt.state, Staged)]
    if not staged:
        return []
    station.at(Mark.LAUNCH_BEGUN)
    orders = [Order(token=due.attempt.token, directory=state.directory, spec=due.job.spec) for due, state in staged]
    try:
        answer = await station.transport.run(station.scheduler.submit(orders))
        taken = station.scheduler.parse_submit(orders, answer)
    except TargetError as trouble:
        await station.record([put_off(due, trouble, station.clock(), station.jitter()) for due, _ in staged])
        return []
    station.at(Mark.LAUNCH_ASKED)
    answered = [(due, state, taken[due.attempt.token]) for due, state in staged if due.attempt.token in taken]
    changes = [_answered(station, due, state, reply) for due, state, reply in answered]
    await record.closing(station, changes)
    written = await station.record(changes)
    station.at(Mark.LAUNCH_RECORDED)
    return [due for due in written if due.attempt.state.kind == "submitted"]


def _answered(station: Station, due: Due, state: Staged, reply: Launched | Refused) -> Change:
    now = station.clock()
    evidence = said(Witness.SCHEDULER, reply.words or "accepted", now)
    if isinstance(reply, Launched):
        return moved(due, Submitted(directory=state.directory, handle=reply.handle, evidence=evidence), now)
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
