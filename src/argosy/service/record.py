"""Writing ``job.json`` on the target: always whole, and in time for the list to be rebuilt from the targets alone.

It is written when an attempt is staged, when a wish to cancel it is about to be carried out, and when it closes; and
soon after a user has changed anything else of the job. What happens in between is told by the wrapper's own records
beside it, and by the scheduler.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from argosy.contracts import Outdated
from argosy.core import layout
from argosy.core.errors import Denied, NoRoom, TargetError
from argosy.core.job import Attempt, Closed, Ended, Job
from argosy.core.record import Record
from argosy.service.station import Change, Due, Station

_Times = tuple[datetime | None, datetime | None]
"""When the program of a closed attempt began and ended."""

_TOGETHER = 200
"""How many records are caught up by one call."""

_log = logging.getLogger("argosy.record")


def text(station: Station, due: Due, attempts: Sequence[Attempt] = ()) -> bytes:
    """The record of an attempt, or of all these attempts at its job, as it lies on the target."""
    known = tuple(attempts) or (due.attempt,)
    return _text(station, due.job, known, _times(due.attempt, known[-1]))


async def text_after(station: Station, change: Change) -> bytes:
    """The record of an attempt as it is about to be, with all before it."""
    return text(station, change.due, await _as_of(station, change))


async def written(station: Station, changes: Sequence[Change]) -> Mapping[str, Denied | NoRoom]:
    """Write the records of attempts as they are about to be; returns by token why some could not be written.

    Adopted jobs have no record: nothing is ever written where they run.
    """
    ours = [change for change in changes if change.due.job.adopted is None]
    if not ours:
        return {}
    paths = {_path(station, Due(change.due.job, change.move.attempt)): change for change in ours}
    texts = {path: await text_after(station, change) for path, change in paths.items()}
    refused = await station.transport.write(texts)
    return {paths[path].due.attempt.token: refusal for path, refusal in refused.items()}


async def wished(station: Station, dues: Sequence[Due]) -> None:
    """Write wishes down before they are carried out: what was stopped then counts as cancelled, whoever reads it.

    Raises Unreachable and NeedsLogin. A record that cannot be written does not keep a job from being stopped.
    """
    texts = {
        _path(station, due): text(station, due, (*await _earlier(station, due), due.attempt))
        for due in dues
        if due.attempt.wish is not None and due.job.adopted is None
    }
    if texts:
        _complain((await station.transport.write(texts)).values())


async def closing(station: Station, changes: Sequence[Change]) -> None:
    """Write the records of attempts that close without having been collected, as well as can be.

    Where nothing of a job lies on the target, nothing is written. A record that stays behind makes a rebuilt list try
    once more what closed here, and close it again.
    """
    closings = [change for change in changes if isinstance(change.move.attempt.state, Closed)]
    closed = [change for change in closings if layout.may_have_record(change.move.attempt)]
    try:
        _complain((await written(station, closed)).values())
    except TargetError as trouble:
        _complain([trouble])


async def caught_up(station: Station) -> None:
    """Write anew the records of jobs of which users changed something: labels, goals, what they ask for.

    Before the round's work is read, whose steps then write what holds now; what is changed after that comes next time.
    Raises Unreachable and NeedsLogin; then, and after a kill in between, they are written another time. A record that
    cannot be written is given up: its directory may be gone for good.
    """
    outdated = await station.store.outdated(station.target.name, most=_TOGETHER)
    texts = {
        layout.record_path(layout.kept_directory(station.target.root, one.attempts[-1])): _told(station, one)
        for one in outdated
        if one.job.adopted is None and layout.may_have_record(one.attempts[-1])
    }
    if texts:
        _complain((await station.transport.write(texts)).values())
    if outdated:
        await station.store.told(outdated)


def _told(station: Station, one: Outdated) -> bytes:
    closed = isinstance(one.attempts[-1].state, Closed)
    return _text(station, one.job, one.attempts, (one.started, one.ended) if closed else (None, None))


def _text(station: Station, job: Job, attempts: tuple[Attempt, ...], times: _Times) -> bytes:
    started, ended = times
    record = Record(id=job.id, driver=station.lease.holder, job=job, attempts=attempts, started=started, ended=ended)
    return record.text()


def _complain(troubles: Iterable[TargetError]) -> None:
    for trouble in troubles:
        _log.warning("a record cannot be written: %s", trouble.message)


async def _as_of(station: Station, change: Change) -> tuple[Attempt, ...]:
    """All attempts as they are once the change is made."""
    move = change.move
    after = move.attempt.model_copy(update={"version": move.seen + 1})
    following = () if move.next_attempt is None else (move.next_attempt,)
    return (*await _earlier(station, change.due), after, *following)


async def _earlier(station: Station, due: Due) -> tuple[Attempt, ...]:
    if due.attempt.number == 1:
        return ()
    return tuple(one for one in await station.store.attempts(due.job.id) if one.number < due.attempt.number)


def _times(before: Attempt, newest: Attempt) -> _Times:
    """When the program began and ended, as it was known before its attempt closed; nothing of one that has not."""
    state = before.state
    if not isinstance(newest.state, Closed) or not isinstance(state, Ended):
        return None, None
    return (state.report.started, state.report.ended) if state.report else (state.since, state.evidence.at)


def _path(station: Station, due: Due) -> str:
    return layout.record_path(layout.kept_directory(station.target.root, due.attempt))
