"""Ended → Closed: outputs read, judged and brought home, and the target's own record completed."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from argosy.contracts import KeptFile
from argosy.core import layout
from argosy.core.errors import Denied, NoRoom, TargetError
from argosy.core.failures import Diagnosis, diagnose
from argosy.core.job import (
    Attempt,
    Closed,
    Ended,
    Evidence,
    Failed,
    Outcome,
    Queued,
    Succeeded,
    Witness,
    said,
)
from argosy.core.judgement import judge, telling_of
from argosy.core.outputs import Complete, FileEntry, Outputs, Results, Verdict
from argosy.core.quantities import spell_duration
from argosy.core.retries import pause_before_next_s
from argosy.service import kept_logs, record
from argosy.service.marks import Mark
from argosy.service.outputs import Remains, glance_at, in_batches, outputs_of
from argosy.service.station import Change, Due, Station, moved, put_off, state_entry
from argosy.service.steps.mirror import mirror

_READ_TOGETHER = 128
"""How many attempts are collected by one call; the ends of their streams are in memory at the same time."""

_log = logging.getLogger("argosy.collect")


@dataclass(frozen=True)
class _Judged:
    """An attempt whose outcome is known, and what it left here."""

    due: Due
    outcome: Outcome
    results: Results | None
    wanted: tuple[FileEntry, ...]
    kept: tuple[KeptFile, ...] = ()


async def collect(station: Station, dues: Sequence[Due]) -> list[Due]:
    """Close ended attempts, once what they left lies where it is kept. Trouble with one puts off that one."""
    dues = await mirror(station, dues)
    closed: list[Due] = []
    for first in range(0, len(dues), _READ_TOGETHER):
        some = dues[first : first + _READ_TOGETHER]
        station.at(Mark.COLLECT_BEGUN)
        try:
            changes = await _changes(station, some)
        except TargetError as trouble:
            changes = [put_off(due, trouble, station.clock(), station.jitter()) for due in some]
        written = await station.record(changes)
        station.at(Mark.COLLECT_RECORDED)
        closed += [due for due in written if due.attempt.state.kind == "closed"]
    return closed


async def _changes(station: Station, dues: Sequence[Due]) -> list[Change]:
    """What becomes of these attempts. All is read, brought home and written by one call for all where that goes."""
    found = await _brought_home(station, await _all_judged(station, dues))
    station.at(Mark.COLLECT_FETCHED)
    judged = [one for one in found if isinstance(one, _Judged)]
    closings = [await _closing(station, one) for one in judged]
    refused = await record.written(station, closings)
    station.at(Mark.COLLECT_NOTED)
    for number, one in enumerate(judged):
        match refused.get(one.due.attempt.token):
            case NoRoom() as full:  # the job is over all the same, and the full place may be the very reason
                closings[number] = await _closing(station, replace(one, outcome=_in_a_full_place(one.outcome, full)))
            case Denied() as gone:  # there is nothing left there that could be found again
                _log.warning("job %s: its record on the target cannot be completed: %s", one.due.job.id, gone.message)
            case None:
                pass
    return [*closings, *(one for one in found if isinstance(one, Change))]


async def _all_judged(station: Station, dues: Sequence[Due]) -> list[_Judged]:
    directories = [_ended(due).directory for due in dues]
    seen = await glance_at(station.transport, directories)
    looked = zip(dues, directories, seen, strict=True)
    looks = [kept_logs.Seen(due.attempt, directory, one) for due, directory, one in looked]
    await kept_logs.keep(station.home, station.transport, looks, station.clock())
    wanted = [tuple(station.engine(due.job).read(due.job.spec)) for due in dues]
    remains = [Remains(*one) for one in zip(directories, wanted, seen, strict=True)]
    judged: list[_Judged] = []
    for batch in in_batches(remains):
        outputs = await outputs_of(station.transport, [remains[place] for place in batch])
        station.at(Mark.COLLECT_READ)
        judged += [_judge(station, dues[place], one) for place, one in zip(batch, outputs, strict=True)]
    return judged


def _judge(station: Station, due: Due, outputs: Outputs) -> _Judged:
    due = _at_its_last_step(station, due, outputs)
    outcome, results = _judged(station, due, outputs)
    station.at(Mark.COLLECT_JUDGED)
    patterns = due.job.spec.outputs
    wanted = [entry for entry in outputs.files if any(fnmatchcase(entry.path, pattern) for pattern in patterns)]
    return _Judged(due, outcome, results, tuple(wanted))


def _ended(due: Due) -> Ended:
    state = due.attempt.state
    if not isinstance(state, Ended):
        raise TypeError(f"cannot collect an attempt that is {state.kind}")
    return state


def _at_its_last_step(station: Station, due: Due, outputs: Outputs) -> Due:
    """The attempt with its final progress: the last one that was seen is a little old."""
    spec = due.job.spec
    engine = station.engine(due.job)
    tails = {path: outputs.texts[path] for path in engine.watched(spec) if path in outputs.texts}
    progress = engine.progress(spec, tails) if tails else None
    return due if progress is None else Due(due.job, due.attempt.model_copy(update={"progress": progress}))


def _judged(station: Station, due: Due, outputs: Outputs) -> tuple[Outcome, Results | None]:
    engine, state = station.engine(due.job), due.attempt.state
    report = state.report if isinstance(state, Ended) else None
    verdict: Verdict = engine.verdict(due.job.spec, report, outputs) if report else Complete()
    diagnosis: Diagnosis | None = None
    if report is None or report.status != 0:
        rules = (*engine.rules, *station.engines["command"].rules)
        diagnosis = diagnose(rules, telling_of(state, outputs), report.status if report else None)
    return judge(due.attempt, verdict, diagnosis), engine.results(due.job.spec, outputs)


async def _brought_home(station: Station, judged: Sequence[_Judged]) -> list[_Judged | Change]:
    """Have the wanted outputs at home: by one call for all that lie below the same place."""
    places: dict[tuple[str, Path], list[_Judged]] = {}
    for one in judged:
        places.setdefault(_way_home(station, one)[:2], []).append(one)
    return [one for (top, home), some in places.items() for one in await _fetched(station, top, home, some)]


async def _fetched(station: Station, top: str, home: Path, some: Sequence[_Judged]) -> list[_Judged | Change]:
    below = [_way_home(station, one)[2] for one in some]
    paths = [f"{where}{entry.path}" for where, one in zip(below, some, strict=True) for entry in one.wanted]
    try:
        came = frozenset(await station.transport.fetch(top, paths, home) if paths else ())
    except (Denied, NoRoom) as refusal:
        if len(some) > 1:  # one of them may spoil it for all
            return [found for one in some for found in await _fetched(station, top, home, [one])]
        return [put_off(one.due, refusal, station.clock(), station.jitter()) for one in some]
    except TargetError as trouble:
        return [put_off(one.due, trouble, station.clock(), station.jitter()) for one in some]
    return [
        replace(one, kept=tuple(_kept(one.due, entry) for entry in one.wanted if f"{where}{entry.path}" in came))
        for where, one in zip(below, some, strict=True)
    ]


def _way_home(station: Station, judged: _Judged) -> tuple[str, Path, str]:
    """A directory there and one here below which its outputs lie in the same place, and that place."""
    due, directory = judged.due, _ended(judged.due).directory
    home, below = station.home.brought_home, f"/{due.job.id}/attempt-{due.attempt.number}"
    if directory.endswith(below):
        return directory.removesuffix(below), home, f"{below[1:]}/{layout.WORK}/"
    return layout.work_directory(directory), station.home.attempt_home(due.job.id, due.attempt.number) / layout.WORK, ""


def _kept(due: Due, entry: FileEntry) -> KeptFile:
    return KeptFile(job=due.job.id, attempt=due.attempt.number, path=entry.path, size=entry.size, kind="home")


async def _closing(station: Station, judged: _Judged) -> Change:
    now = station.clock()
    due, outcome, results = judged.due, judged.outcome, judged.results
    directory = getattr(due.attempt.state, "directory", None)
    change = moved(due, Closed(outcome=outcome, directory=directory, evidence=_evidence(due, outcome, now)), now)
    following = await _next_attempt(station, due, outcome)
    events = change.move.events if following is None else (*change.move.events, state_entry(following))
    filled = results if results and (results.scalars or results.series or results.tables) else None
    move = change.move.model_copy(
        update={"files": judged.kept, "results": filled, "next_attempt": following, "events": events}
    )
    return Change(due, move)


def _evidence(due: Due, outcome: Outcome, now: datetime) -> Evidence:
    if not isinstance(outcome, Succeeded):
        return said(Witness.WRAPPER, outcome.explanation, now)
    if due.job.spec.engine == "command":
        return said(Witness.WRAPPER, outcome.remark or "exit code 0", now)
    return said(Witness.ENGINE, outcome.remark or "exit code 0, and the outputs are complete", now)


def _in_a_full_place(outcome: Outcome, full: NoRoom) -> Outcome:
    """An unexplained failure in a place that is full or read-only was caused by it."""
    if not isinstance(outcome, Failed) or outcome.signature:
        return outcome
    explanation = f"The disk was full or read-only, so the program could not write its output: {full.message}."
    advice = "Make room there or choose another root for the target, then retry."
    return outcome.model_copy(update={"explanation": explanation, "advice": advice, "signature": "disk_full"})


async def _next_attempt(station: Station, due: Due, outcome: Outcome) -> Attempt | None:
    """The try that follows by itself, if the user allowed one and it has a chance."""
    spec = due.job.spec
    if due.attempt.wish is not None or not (spec.retries or spec.retry):
        return None
    before = await station.store.attempts(due.job.id)
    earlier = [one.state.outcome for one in before if isinstance(one.state, Closed)]
    pause_s = pause_before_next_s(outcome, earlier, retries=spec.retries, wishes=spec.retry)
    if pause_s is None:
        return None
    now = station.clock()
    when = f" in {spell_duration(pause_s)}" if pause_s else ""
    words = f"attempt {due.attempt.number} ended as {outcome.kind}; trying again{when}"
    return Attempt(
        job=due.job.id,
        number=due.attempt.number + 1,
        target=due.attempt.target,
        state=Queued(evidence=said(Witness.ARGOSY, words, now)),
        due=now + timedelta(seconds=pause_s),
        goal=due.attempt.goal,
        priority=due.attempt.priority,
    )
