"""One round at one target: one look for all live attempts, then one step for each that is due."""

import asyncio
import math
from collections.abc import Collection, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from argosy.contracts import Entry, Glance, Work
from argosy.core import layout
from argosy.core.capacity import depth_of_lanes, lanes, load_of_lanes
from argosy.core.job import Attempt, Ended, Job, Progress, Wish
from argosy.core.lifecycle import Step, is_due, next_step
from argosy.core.outputs import Excerpt
from argosy.service.outputs import excerpt
from argosy.service.queueing import (
    STAGED_TOGETHER,
    UnderWay,
    lanes_under_way,
    most_together,
    near_their_turn,
    together,
)
from argosy.service.queueing import lane_of as _lane
from argosy.service.station import Change, Due, Station, noted
from argosy.service.steps.collect import collect
from argosy.service.steps.conclude import conclude
from argosy.service.steps.launch import Lane, launch
from argosy.service.steps.release import release
from argosy.service.steps.stage import stage, turn_away
from argosy.service.steps.stop import abandon, cancel, forbid
from argosy.service.steps.watch import Look, watch

PROGRESS_EVERY_S = 2.0
"""How often the progress of a running job is read, at most."""
FIRST_TOGETHER = 16
"""How many go into lanes at first, then twice as many each time: the first should not wait for the last."""
NEXT_TOGETHER = 64
"""The same behind lanes that are under way, which should not run dry while a round's last ones are staged."""

_One = TypeVar("_One")
_Other = TypeVar("_Other")
_TAIL_BYTES = 16_384
_AFTER_A_LOOK = (Step.WATCH, Step.LAUNCH, Step.CANCEL, Step.FORBID)


@dataclass(frozen=True)
class Rounded:
    """What a round did: whether anything moved, how many attempts are live after it, and whether some wait in lanes.

    ``more`` says that as many went in as go together, so that the queue may hold more that can.
    """

    moved: bool
    live: int
    youngest_s: float = 0.0
    in_lanes: bool = False
    more: bool = False


async def take_round(station: Station, work: Work) -> Rounded:
    """Every due attempt gets its next step. Raises TargetError when the target cannot be asked."""
    live = _dues(work.live)
    steps = _by_step(station, live)
    asked = [due for step in _AFTER_A_LOOK for due in steps[step]]
    look = await watch(station, near_their_turn(station.pace, asked, station.clock()))
    cancelled = await cancel(station, _still(Step.CANCEL, station, look.same))
    forbidden = await forbid(station, _still(Step.FORBID, station, (*look.unstarted, *look.same)))
    ended = [due for due in (*look.changed, *forbidden) if due.attempt.state.kind == "ended"]
    _note_pace(station, ended)
    station.rooms.opened(len(ended))
    held = await _held(station, _dues(work.held))
    over = {due.attempt.token for due in (*ended, *forbidden)}
    going = _without(live, over)
    # Places are free as soon as jobs have ended: the next start while those are collected.
    closed, fresh = await _both(
        _close(station, [*_dues(work.ended), *ended]),
        _start(station, work, going, _startable(station, look)),
    )
    await _progress(station, [*look.changed, *look.same])
    moved = any((look.changed, cancelled, forbidden, closed, held, fresh))
    fresh_ones = {due.attempt.token for due in fresh}
    now_live = [*_without(going, fresh_ones), *fresh]
    in_lanes = any((lane := _lane(due.attempt)) and lane != due.attempt.token for due in now_live)
    return Rounded(
        moved=moved,
        live=len(now_live),
        youngest_s=_youngest_s(station, now_live),
        in_lanes=in_lanes,
        more=len(fresh) >= STAGED_TOGETHER,
    )


async def take_what_needs_no_target(station: Station, work: Work) -> None:
    """While nobody can ask the target: what was never sent there can still be given up, and jobs still wait in line."""
    await _held(station, _dues(work.held))


async def _both(one: Coroutine[None, None, _One], other: Coroutine[None, None, _Other]) -> tuple[_One, _Other]:
    """What both return; when one fails the other is waited for all the same, so that no step outlives its round."""
    tasks = asyncio.ensure_future(one), asyncio.ensure_future(other)
    await asyncio.wait(tasks)
    return tasks[0].result(), tasks[1].result()


def _without(dues: Sequence[Due], tokens: Collection[str]) -> list[Due]:
    """Those that have none of these tokens. Mostly there are thousands of jobs, and no token."""
    return [due for due in dues if due.attempt.token not in tokens] if tokens else list(dues)


def _dues(pairs: Sequence[tuple[Job, Attempt]]) -> list[Due]:
    return [Due(job, attempt) for job, attempt in pairs]


def _by_step(station: Station, dues: Sequence[Due]) -> dict[Step, list[Due]]:
    now = station.clock()
    steps: dict[Step, list[Due]] = {step: [] for step in Step}
    for due in dues:
        if is_due(due.attempt, now) or due.attempt.wish is not None:
            steps[next_step(due.attempt, now)].append(due)
    return steps


def _still(step: Step, station: Station, seen: Sequence[Due]) -> list[Due]:
    """Those that a look did not move, and that need this step. Nobody can forbid the start of an adopted job."""
    now = station.clock()
    able = [due for due in seen if step is not Step.FORBID or due.job.adopted is None]
    return [due for due in able if next_step(due.attempt, now) is step]


async def _held(station: Station, held: Sequence[Due]) -> list[Due]:
    steps = _by_step(station, held)
    return [*await abandon(station, steps[Step.ABANDON]), *await release(station, steps[Step.RELEASE])]


async def _close(station: Station, ended: Sequence[Due]) -> list[Due]:
    ours = [due for due in ended if due.job.adopted is None]
    return [*await conclude(station, [due for due in ended if due.job.adopted]), *await collect(station, ours)]


def _startable(station: Station, look: Look) -> list[Due]:
    """Those that lie on the target and are to be started, or again; nobody wishes to cancel them."""
    now = station.clock()
    steps = (Step.LAUNCH, Step.WATCH)
    return [due for due in look.unstarted if due.attempt.wish is None and next_step(due.attempt, now) in steps]


async def _start(station: Station, work: Work, going: Sequence[Due], startable: Sequence[Due]) -> list[Due]:
    """Hand in as much as the target has room for: first what lies there already, then the queue, once it is staged.

    It begins with a few, and goes on with more while those run.
    """
    waiting = {due.attempt.token for due in startable}
    going = _without(going, waiting)
    # What was left over once starts in a lane of its own, so that it is not left over again and again.
    lanes_of = going if station.scheduler.in_turn and not startable else []
    queue = [due for due in _dues(work.queued) if due.attempt.wish is None]
    queue = [*startable, *await turn_away(station, queue)]
    kinds = (due.job.spec.slurm for due in queue)
    most = most_together(station.scheduler)
    queue = [queue[place] for place in station.rooms.within(kinds, station.clock(), most=most)]
    queue = list(together(queue, most))
    fresh: list[Due] = []
    begun = NEXT_TOGETHER if lanes_under_way(lanes_of) else FIRST_TOGETHER
    some = begun if station.scheduler.in_turn else most
    while queue:
        head, queue = queue[:some], queue[some:]
        handed_in, left = await _hand_in(station, [*going, *fresh], head, lanes_under_way([*lanes_of, *fresh]))
        fresh += handed_in
        if left or not handed_in:
            break
        some *= 2
    return fresh


async def _hand_in(
    station: Station, going: Sequence[Due], queue: Sequence[Due], under_way: Sequence[UnderWay]
) -> tuple[list[Due], bool]:
    """Start what there is room for, put behind others what may wait there, and tell whether any had to be left."""
    depth = depth_of_lanes(station.pace.longest_s) if station.scheduler.in_turn else 0
    load = load_of_lanes((_lane(due.attempt), due.job.spec.resources) for due in going)
    asked = [due.job.spec.resources for due in queue]
    filled = lanes(station.target.limits, load, asked, depth=depth, standing=[one.standing for one in under_way])
    places = [(None, lane) for lane in filled.begun]
    places += [(one.last, lane) for one, lane in zip(under_way, filled.behind, strict=True)]
    chosen = [queue[place] for place in sorted(place for _, lane in places for place in lane)]
    staged = await stage(station, [due for due in chosen if due.attempt.state.kind == "queued"])
    ready = {due.attempt.token: due for due in (*chosen, *staged) if due.attempt.state.kind != "queued"}
    handed_in = await launch(
        station,
        [
            Lane([ready[token] for place in lane if (token := queue[place].attempt.token) in ready], last)
            for last, lane in places
        ],
    )
    return handed_in, len(chosen) < len(queue)


def _note_pace(station: Station, ended: Sequence[Due]) -> None:
    """How long the jobs took that ended since the last look."""
    reports = [due.attempt.state.report for due in ended if isinstance(due.attempt.state, Ended)]
    took = [math.inf if one is None or one.elapsed_s is None else one.elapsed_s for one in reports]
    if took:
        station.pace.longest_s = max(took)


async def _progress(station: Station, dues: Sequence[Due]) -> None:
    """Read the ends of the files in which running programs tell how far they are."""
    now = station.clock()
    ours = [due for due in dues if due.job.adopted is None]
    running = [due for due in ours if due.attempt.state.kind == "running" and _is_time(station, due)]
    changes: list[Change] = []
    for due, tails in zip(running, await _tails(station, running), strict=True):
        station.looked[due.attempt.token] = now
        progress = station.engine(due.job).progress(due.job.spec, tails) if tails else None
        if progress is not None and progress != due.attempt.progress:
            entry = Entry(
                kind="progress",
                job=due.job.id,
                attempt=due.attempt.number,
                target=due.attempt.target,
                body_json=progress.model_dump_json(),
            )
            changes.append(_told(due, progress, entry, now))
    await station.record(changes)
    live = {due.attempt.token for due in dues}
    for token in station.looked.keys() - live:
        del station.looked[token]


def _told(due: Due, progress: Progress, entry: Entry, now: datetime) -> Change:
    """The progress; with the wish to stop a run that is broken, where its user wants that."""
    if not progress.broken or not due.job.spec.stop_if_broken or due.attempt.wish is not None:
        return noted(due, now, entry, progress=progress)
    words = f"it is stopped because it is broken: {progress.broken}"
    wish = Wish(kind="broken", by="argosy", at=now, words=progress.broken)
    stopping = Entry(kind="wish", job=due.job.id, attempt=due.attempt.number, target=due.attempt.target, words=words)
    return noted(due, now, entry, stopping, progress=progress, wish=wish, due=now)


async def _tails(station: Station, dues: Sequence[Due]) -> list[dict[str, Excerpt]]:
    """The ends of the files that the engines of these attempts watch, by one call for all."""
    watched = [station.engine(due.job).watched(due.job.spec) for due in dues]
    if not any(watched):
        return [{} for _ in dues]
    works = [layout.work_directory(getattr(due.attempt.state, "directory", "")) for due in dues]
    glances = [Glance(directory=w, tails=t, tail_bytes=_TAIL_BYTES) for w, t in zip(works, watched, strict=True)]
    seen = await station.transport.glance(glances)
    return [{path: excerpt(one.tails.get(path)) for path in paths} for one, paths in zip(seen, watched, strict=True)]


def _is_time(station: Station, due: Due) -> bool:
    last = station.looked.get(due.attempt.token)
    return last is None or station.clock() - last >= timedelta(seconds=PROGRESS_EVERY_S)


def _youngest_s(station: Station, dues: Sequence[Due]) -> float:
    """Seconds since the latest move of any live attempt: what began just now may be over soon."""
    latest = max((due.attempt.state.evidence.at for due in dues), default=None)
    return 0.0 if latest is None else (station.clock() - latest).total_seconds()
