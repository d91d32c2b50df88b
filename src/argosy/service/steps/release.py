"""Waiting → Queued, once everything the job waits for has succeeded, and its time has come."""

from collections.abc import Mapping, Sequence

from argosy.core.ids import short
from argosy.core.job import Attempt, Cancelled, Closed, Queued, State, Succeeded, Waiting, Witness, said
from argosy.core.turn import next_look
from argosy.service import record
from argosy.service.marks import Mark
from argosy.service.station import Change, Due, Station, moved, noted


async def release(station: Station, dues: Sequence[Due]) -> list[Due]:
    """Let go what has nothing to wait for any more; close what waits in vain."""
    if not dues:
        return []
    parents = await station.store.attempts_of(sorted({parent for due in dues for parent in due.job.spec.parents}))
    changes = [change for due in dues if (change := _released(station, due, parents))]
    station.at(Mark.RELEASE_DECIDED)
    await record.closing(station, changes)
    written = await station.record(changes)
    station.at(Mark.RELEASE_RECORDED)
    return [due for due in written if due.attempt.state.kind == "queued"]


def _released(station: Station, due: Due, parents: Mapping[str, Attempt]) -> Change | None:
    now = station.clock()
    if not isinstance(due.attempt.state, Waiting):
        return None
    for parent in due.job.spec.parents:
        state = parents[parent].state if parent in parents else None
        if state is None or _closed_in_vain(state, must_succeed=parent in due.job.spec.must_succeed):
            return _in_vain(due, parent, station)
        if not isinstance(state, Closed):
            return None
    begin = due.job.spec.begin
    if begin is not None and now < begin:
        return noted(due, now, due=next_look(begin, now))
    return moved(due, Queued(evidence=said(Witness.ARGOSY, "what it waited for is there", now)), now)


def _closed_in_vain(state: State, *, must_succeed: bool) -> bool:
    return must_succeed and isinstance(state, Closed) and not isinstance(state.outcome, Succeeded)


def _in_vain(due: Due, parent: str, station: Station) -> Change:
    now = station.clock()
    words = f"job {short(parent)}, which it waited for, did not succeed"
    outcome = Cancelled(by="argosy", explanation=f"It was never started: {words}. Retry that job, then retry this one.")
    return moved(due, Closed(outcome=outcome, evidence=said(Witness.ARGOSY, words, now)), now)
