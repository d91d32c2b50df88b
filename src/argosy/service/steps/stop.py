"""The steps of a wish to cancel: abandon what was never staged, forbid what was staged, tell what runs to stop."""

from collections.abc import Sequence

from argosy.core.errors import TargetError
from argosy.core.job import Attempt, Cancelled, Cause, Closed, Ended, Wish, Witness, said
from argosy.service import record
from argosy.service.marks import Mark
from argosy.service.station import Change, Due, Station, moved, noted, put_off


async def abandon(station: Station, dues: Sequence[Due]) -> list[Due]:
    """Draft, Waiting, Queued → Closed: nothing exists on the target, so nothing has to be stopped."""
    changes = [_closed(station, due, due.attempt.wish) for due in dues if due.attempt.wish]
    if not changes:
        return []
    await record.closing(station, changes)
    station.at(Mark.ABANDON_DECIDED)
    written = await station.record(changes)
    station.at(Mark.ABANDON_RECORDED)
    return written


async def forbid(station: Station, dues: Sequence[Due]) -> list[Due]:
    """Staged, or submitted and never seen → over, by taking the attempt's one start.

    What has started already is left to the watch.
    """
    if not dues:
        return []
    station.at(Mark.FORBID_BEGUN)
    watched = [due.watched() for due in dues]
    try:
        await record.wished(station, dues)
        answer = await station.transport.run(station.scheduler.forbid(watched))
        taken = station.scheduler.parse_forbid(watched, answer)
    except TargetError as trouble:
        await station.record([put_off(due, trouble, station.clock(), station.jitter()) for due in dues])
        return []
    station.at(Mark.FORBID_TAKEN)
    changes = [_forbidden(station, due) for due in dues if due.attempt.token in taken]
    await record.closing(station, changes)
    written = await station.record(changes)
    station.at(Mark.FORBID_RECORDED)
    return written


async def cancel(station: Station, dues: Sequence[Due]) -> list[Due]:
    """Tell the scheduler to stop submitted and running attempts. They are over when a look proves it, not before."""
    if not dues:
        return []
    station.at(Mark.CANCEL_BEGUN)
    await record.wished(station, [due for due in dues if due.attempt.cancel_sent is None])
    told = await _told(station, dues)
    station.at(Mark.CANCEL_TOLD)
    now = station.clock()
    written = await station.record([noted(due, now, cancel_sent=now) for due in dues if due.attempt.token in told])
    station.at(Mark.CANCEL_RECORDED)
    return written


async def _told(station: Station, dues: Sequence[Due]) -> frozenset[str]:
    """Tell them, those without grace apart from the others; the tokens that were told."""
    scheduler, told = station.scheduler, frozenset[str]()
    for forced, tell in ((False, scheduler.cancel), (True, scheduler.kill)):
        watched = [due.watched() for due in dues if _is_forced(due.attempt) is forced]
        if watched:
            told |= scheduler.parse_cancel(watched, await station.transport.run(tell(watched)))
    return told


def _is_forced(attempt: Attempt) -> bool:
    return attempt.wish is not None and attempt.wish.forced


def _closed(station: Station, due: Due, wish: Wish) -> Change:
    now = station.clock()
    outcome = Cancelled(by=wish.by, explanation="It was cancelled before it started.")
    directory = getattr(due.attempt.state, "directory", None)
    return moved(
        due,
        Closed(outcome=outcome, directory=directory, evidence=said(Witness.USER, f"cancelled by {wish.by}", now)),
        now,
    )


def _forbidden(station: Station, due: Due) -> Change:
    if due.attempt.wish is not None:
        return _closed(station, due, due.attempt.wish)
    now = station.clock()
    words = "it was handed in but nothing of it was seen for two minutes, so its start was forbidden"
    return moved(
        due,
        Ended(directory=_directory(due.attempt), cause=Cause.START_FAILED, evidence=said(Witness.ARGOSY, words, now)),
        now,
    )


def _directory(attempt: Attempt) -> str:
    return getattr(attempt.state, "directory", "")
