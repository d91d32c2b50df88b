"""Ended → Closed: outputs read, judged and brought home, and the target's own record completed."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from fnmatch import fnmatchcase

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
from argosy.core.judgement import judge, retry_class
from argosy.core.lifecycle import may_retry
from argosy.core.outputs import Complete, FileEntry, Outputs, Results, Verdict
from argosy.service import record
from argosy.service.marks import Mark
from argosy.service.outputs import read_outputs
from argosy.service.station import Change, Due, Station, moved, put_off, state_entry

_TOGETHER = 8

_log = logging.getLogger("argosy.collect")


async def collect(station: Station, dues: Sequence[Due]) -> list[Due]:
    """Close ended attempts. Trouble with one puts off that one."""
    if not dues:
        return []
    station.at(Mark.COLLECT_BEGUN)
    gate = asyncio.Semaphore(_TOGETHER)
    changes = await asyncio.gather(*(_collected(station, due, gate) for due in dues))
    written = await station.record(changes)
    station.at(Mark.COLLECT_RECORDED)
    return [due for due in written if due.attempt.state.kind == "closed"]


async def _collected(station: Station, due: Due, gate: asyncio.Semaphore) -> Change:
    async with gate:
        try:
            return await _close(station, due)
        except TargetError as trouble:
            return put_off(due, trouble, station.clock(), station.jitter())


async def _close(station: Station, due: Due) -> Change:
    state = due.attempt.state
    if not isinstance(state, Ended):
        raise TypeError(f"cannot collect an attempt that is {state.kind}")
    outputs = await read_outputs(station.transport, station.engine(due.job), due.job.spec, state.directory)
    station.at(Mark.COLLECT_READ)
    due = _at_its_last_step(station, due, outputs)
    judged = _judged(station, due, outputs)
    station.at(Mark.COLLECT_JUDGED)
    kept = await _bring_home(station, due, state.directory, outputs.files)
    station.at(Mark.COLLECT_FETCHED)
    change = await _closing(station, due, judged, kept)
    try:
        await record.write(station, [change])
    except NoRoom as full:  # the job is over all the same, and the full place may be the very reason
        change = await _closing(station, due, (_in_a_full_place(judged[0], full), judged[1]), kept)
    except Denied as gone:  # there is nothing left there that could be found again
        _log.warning("job %s: its record on the target cannot be completed: %s", due.job.id, gone.message)
    station.at(Mark.COLLECT_NOTED)
    return change


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
        diagnosis = diagnose(rules, outputs, report.status if report else None)
    return judge(due.attempt, verdict, diagnosis), engine.results(due.job.spec, outputs)


async def _bring_home(station: Station, due: Due, directory: str, files: Sequence[FileEntry]) -> tuple[KeptFile, ...]:
    home = station.home.attempt_home(due.job.id, due.attempt.number)
    wanted = [entry for entry in files if any(fnmatchcase(entry.path, pattern) for pattern in due.job.spec.outputs)]
    if not wanted:
        return ()
    came = await station.transport.fetch(
        layout.work_directory(directory), [entry.path for entry in wanted], home / layout.WORK
    )
    sizes = {entry.path: entry.size for entry in wanted}
    return tuple(
        KeptFile(job=due.job.id, attempt=due.attempt.number, path=path, size=sizes[path], kind="home") for path in came
    )


async def _closing(
    station: Station, due: Due, judged: tuple[Outcome, Results | None], kept: tuple[KeptFile, ...]
) -> Change:
    now = station.clock()
    outcome, results = judged
    directory = getattr(due.attempt.state, "directory", None)
    change = moved(due, Closed(outcome=outcome, directory=directory, evidence=_evidence(due, outcome, now)), now)
    following = await _next_attempt(station, due, outcome)
    events = change.move.events if following is None else (*change.move.events, state_entry(following))
    filled = results if results and (results.scalars or results.series or results.tables) else None
    move = change.move.model_copy(
        update={"files": kept, "results": filled, "next_attempt": following, "events": events}
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
    if due.attempt.wish is not None or not due.job.spec.retries:
        return None
    before = await station.store.attempts(due.job.id)
    earlier = [retry_class(one.state.outcome) for one in before if isinstance(one.state, Closed)]
    if not may_retry(retry_class(outcome), earlier=tuple(earlier), allowed=due.job.spec.retries):
        return None
    now = station.clock()
    words = f"attempt {due.attempt.number} ended as {outcome.kind}; trying again"
    return Attempt(
        job=due.job.id,
        number=due.attempt.number + 1,
        target=due.attempt.target,
        state=Queued(evidence=said(Witness.ARGOSY, words, now)),
        due=now,
    )
