"""Ended in scratch → Ended in the project directory: what attempts left is copied there, whole and compared."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files

from argosy.core.command import Answer, Command
from argosy.core.errors import Denied, Garbled, NoRoom, TargetError, Unreachable
from argosy.core.job import Attempt, Ended
from argosy.core.names import unspell
from argosy.service.marks import Mark
from argosy.service.station import Change, Due, Station, noted, put_off

LONGEST_PAUSE_S = 30.0

_MIRROR, _COPY = (files("argosy.service").joinpath(name).read_text("ascii") for name in ("mirror.sh", "copy.sh"))
_FULL = re.compile("no space left|quota exceeded|read-only file system", re.IGNORECASE)
_WORDS = ("mirrored", "gone", "hidden", "copying", "waiting", "failed")


async def mirror(station: Station, dues: Sequence[Due]) -> list[Due]:
    """Have copied what lies in scratch; returns the attempts whose outputs can be read where they will stay.

    A copy may take hours and outlives this server; it is asked about again. Trouble with one puts off that one.
    """
    away = [due for due in dues if _is_away(due.attempt)]
    here = [due for due in dues if not _is_away(due.attempt)]
    if not away:
        return here
    station.at(Mark.MIRROR_BEGUN)
    try:
        answer = await station.transport.run(_command(away))
        told = _told(away, answer)
        changes = [_changed(station, due, *told[due.attempt.token]) for due in away]
    except TargetError as trouble:
        changes = [put_off(due, trouble, station.clock(), station.jitter()) for due in away]
    station.at(Mark.MIRROR_COPIED)
    written = await station.record(changes)
    station.at(Mark.MIRROR_RECORDED)
    return [*here, *(due for due in written if not _is_away(due.attempt))]


def _is_away(attempt: Attempt) -> bool:
    state = attempt.state
    return attempt.mirror is not None and isinstance(state, Ended) and state.directory == attempt.mirror.scratch


def _command(dues: Sequence[Due]) -> Command:
    words: list[str | bytes] = []
    for due in dues:
        if due.attempt.mirror is not None:
            words += [due.attempt.token, unspell(due.attempt.mirror.scratch), unspell(due.attempt.mirror.project)]
    return Command(argv=("sh", "-c", _MIRROR, "argosy", _COPY, *words), timeout_s=120)


def _told(dues: Sequence[Due], answer: Answer) -> Mapping[str, tuple[str, str]]:
    """What became of each, by token: a word, and what was said. Raises Garbled for an answer that is cut short."""
    lines = answer.stdout.decode("utf-8", "replace").splitlines()
    told: dict[str, tuple[str, str]] = {}
    for line in lines[:-1]:
        word, _, rest = line.partition(" ")
        token, _, said = rest.partition(" ")
        if word in _WORDS:
            told[token] = word, said
    if not lines or lines[-1] != f"complete {len(dues)}" or any(due.attempt.token not in told for due in dues):
        said = answer.complaint or "".join(lines[-1:]) or "nothing at all"
        raise Garbled(f"the answer about {len(dues)} copies is not complete: {said[:300]!r}")
    return told


def _changed(station: Station, due: Due, word: str, said: str) -> Change:
    now, state = station.clock(), due.attempt.state
    if due.attempt.mirror is None or not isinstance(state, Ended):
        raise TypeError(f"there is nothing to mirror of an attempt that is {state.kind}")
    scratch, project = due.attempt.mirror.scratch, due.attempt.mirror.project
    match word:
        case "mirrored" | "gone":
            there = state.model_copy(update={"directory": project})
            return noted(due, now, state=there, trouble=None, due=now)
        case "copying" | "waiting":
            return noted(due, now, due=now + _pause(state, now))
        case "hidden":
            trouble: TargetError = Unreachable(
                f"{scratch}, where it ran, cannot be seen",
                hint="Is its file system mounted? If it was removed for good, make the directory above it anew.",
            )
        case _ if _FULL.search(said):
            hint = "Its outputs are safe in scratch. Make room below the project root; then it goes on by itself."
            trouble = NoRoom(f"its outputs cannot be copied from {scratch} to {project}: {said}", hint=hint)
        case _:
            hint = "Its outputs are safe in scratch. Mend what the message says; then it goes on by itself."
            trouble = Denied(f"its outputs cannot be copied from {scratch} to {project}: {said}", hint=hint)
    return put_off(due, trouble, now, station.jitter())


def _pause(state: Ended, now: datetime) -> timedelta:
    """How long until a copy is asked about again: a tenth of the time since the end, which is hours for large ones."""
    age_s = (now - state.evidence.at).total_seconds()
    return timedelta(seconds=min(max(age_s / 10, 1.0), LONGEST_PAUSE_S))
