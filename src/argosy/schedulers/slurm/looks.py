"""What one look at a Slurm cluster tells of an attempt: the wrapper's records, the queue, and the words of its node."""

import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from argosy.core.errors import Garbled
from argosy.core.job import Cause, Witness
from argosy.core.sighting import Presence, Sighting, Watched
from argosy.core.wrapper import ExitReport, StartRecord
from argosy.schedulers.records import Records, copied, not_there, records, refusal
from argosy.schedulers.slurm.reasons import never_starts, why_pending
from argosy.schedulers.slurm.rows import Row, array_number, job_number, place_in_list, task_number
from argosy.schedulers.slurm.states import stopped_by

SETTLED_S = 60
"""How long a report may take to be seen on the login node: file systems that are shared show new files late."""
KILLED_SETTLED_S = 20
"""The same for a job that Slurm ended, which mostly leaves no report."""

FAR_S = 4_102_444_800
"""The year 2100: no estimate is worth more, and some clusters write "never" as a time even further away."""
_NOTICE = re.compile(
    r"\*\*\* (?:JOB|STEP) \S+ ON \S+ (?:CANCELLED|FAILED) AT \S+(?: DUE TO ([A-Za-z ]+?)(?:,.*)? )?\*\*\*"
)
_OOM = re.compile(r"Detected [0-9]+ oom[-_]kill event|oom-kill")
_DUE_TO = {
    "TIME LIMIT": Cause.WALLTIME,
    "PREEMPTION": Cause.PREEMPTED,
    "JOB REQUEUE": Cause.REQUEUED,
    "NODE FAILURE": Cause.NODE_FAILURE,
}


class HandedIn(NamedTuple):
    """As what an attempt was handed in: its places in lists of tasks, and its number there once it has begun."""

    places: tuple[str, ...] = ()
    task: str = ""


class Facts(NamedTuple):
    """What an entry of the listing tells. ``notice`` is the last word of the node's daemon in the batch output."""

    claim: str
    handed_in: HandedIn
    records: Records = Records(None, None, "")
    notice: str = ""
    cause: Cause | None = None
    refusal: str = ""


_CLAIMS = {f"claimed {claim}": claim for claim in ("no", "yes", "forbidden")}


class Blank(NamedTuple):
    """What is known of an attempt whatever it is doing."""

    token: str
    handle: str
    claimed: bool
    start: StartRecord | None
    also: tuple[str, ...]
    walltime_s: int | None
    nodes: int | None


def sighting(one: Watched, block: Sequence[str], known: HandedIn, rows: Sequence[Row], *, now_s: int) -> Sighting:
    """What was seen of one attempt. Raises Garbled for a strange entry, Unreachable for a directory out of sight."""
    if (missing := not_there(one, block)) is not None:
        return missing
    facts = _facts(one.token, block, known)
    row = _chosen(rows, claimed=facts.claim == "yes")
    silent = len(block) == 1 and facts.claim != "forbidden"
    if silent and row is not None and _presence(row) is not Presence.OVER:
        return _steady(one.token, one.handle, facts, row)
    seen = _seen(one, facts, row, now_s)
    return seen.model_copy(update={"words": seen.words + facts.records.damage}) if facts.records.damage else seen


@lru_cache(maxsize=8192)  # a directory says the same in every round
def handed_in(said: tuple[str, ...]) -> HandedIn:
    """How an attempt was handed in, as its directory says; words that say nothing of that are passed over."""
    places = tuple(word for word in dict.fromkeys(said) if place_in_list(word))
    return HandedIn(places, next((word for word in said if task_number(word)), ""))


def over(seen: Sighting, row: Row, now_s: int, *, witness: Witness = Witness.SCHEDULER) -> Sighting:
    """An attempt that Slurm says is over, without an exit report (yet)."""
    state = row.state
    if state is None:
        return seen
    if state.name == "FAILED" and not seen.claimed and not row.nodes and never_starts(row.reason):
        return seen.model_copy(update={"presence": Presence.OVER, "witness": witness, **_given_up(row)})
    settle_s = KILLED_SETTLED_S if state.killed else SETTLED_S
    began = seen.claimed or state.cause is not None or state.name == "CANCELLED"
    user = stopped_by(row.raw_state)
    return seen.model_copy(
        update={
            "presence": Presence.OVER,
            "words": end_words(row),
            "conclusive": row.end_s is not None and now_s - row.end_s >= settle_s,
            "cause": seen.cause or state.cause or (None if began else Cause.START_FAILED),
            "stopped_by": f"user {user} of the cluster" if user else seen.stopped_by,
            "witness": witness,
        }
    )


def _given_up(row: Row) -> dict[str, Any]:
    """What Slurm has taken and then ended itself: its nodes could never be found, so nothing of it ever ran."""
    words = f"Slurm took it and gave it up at once: {why_pending(row.reason)}"
    return {"words": words, "conclusive": True, "cause": Cause.REJECTED}


def taken_out(seen: Sighting, arrays: Collection[str]) -> bool:
    """Whether a task that is not in the queue never began, given the arrays of which the books know other tasks only.

    Slurm keeps no record of a task that is cancelled before it begins: the array just has one less. The books may be
    late with one that the queue calls over.
    """
    absent = seen.presence is Presence.ABSENT and not seen.claimed
    return absent and bool(seen.also) and array_number(seen.handle) in arrays


def never_begun(seen: Sighting) -> Sighting:
    """A task that was taken out of its array before it began."""
    words = "it was cancelled at Slurm before it began: its array goes on without it"
    facts = {"words": words, "conclusive": True, "stopped_by": "somebody at the cluster"}
    return seen.model_copy(update={"presence": Presence.OVER, "witness": Witness.ACCOUNTING, **facts})


def _facts(token: str, block: Sequence[str], known: HandedIn) -> Facts:
    claim = _CLAIMS.get(block[0]) if block else None
    if claim is None:
        raise Garbled(f"the entry for {token} begins with {block[0][:200] if block else ''!r}")
    facts = Facts(claim, known)
    if len(block) == 1:  # most wait, and there is nothing to read of them
        return facts
    said = copied(block, "launch ")
    notices = list(_NOTICE.finditer(said))
    notice = notices[-1] if notices else None
    cause = _DUE_TO.get((notice[1] or "").strip()) if notice else None
    if cause is None and _OOM.search(said):
        cause = Cause.OUT_OF_MEMORY
    return facts._replace(
        records=records(token, block), notice=notice[0] if notice else "", cause=cause, refusal=refusal(said)
    )


def _chosen(rows: Sequence[Row], *, claimed: bool) -> Row | None:
    """The row that matters, should there be several: what runs; then what is over, if one of them has begun."""
    order = _BEGUN if claimed else _NOT_BEGUN
    return min(rows, key=lambda row: order.index(_presence(row)), default=None)


_BEGUN: Sequence[Presence] = (Presence.RUNNING, Presence.OVER, Presence.PENDING)
_NOT_BEGUN: Sequence[Presence] = (Presence.RUNNING, Presence.PENDING, Presence.OVER)


def _presence(row: Row) -> Presence:
    return row.state.presence if row.state else Presence.PENDING


@lru_cache(maxsize=8192)  # thousands wait or run, and from round to round of most the same is said
def _steady(token: str, handle: str, facts: Facts, row: Row) -> Sighting:
    """One that waits or runs and of which only its row in the queue tells: the time of the look is no matter."""
    return _unreported(_blank(token, handle, facts, row), facts, row, now_s=0)


def _seen(one: Watched, facts: Facts, row: Row | None, now_s: int) -> Sighting:
    blank = _blank(one.token, one.handle, facts, row)
    start, report, _ = facts.records
    if facts.claim == "forbidden":
        words = "its start was forbidden before it began"
        return _with(blank, Presence.OVER, words, conclusive=True, cause=Cause.START_FAILED)
    if report is not None:
        return _reported(blank, report, facts, row, now_s=now_s)
    if start is None and facts.refusal and not one.begun:
        words = f"its start failed: {facts.refusal}"
        return _with(blank, Presence.OVER, words, conclusive=True, cause=Cause.START_FAILED)
    return _unreported(blank, facts, row, now_s)


def _blank(token: str, handle: str, facts: Facts, row: Row | None) -> Blank:
    number = job_number(row.id) if row and "[" not in row.id else None
    return Blank(
        token=token,
        handle=number or handle or facts.handed_in.task,
        claimed=facts.claim != "no",
        start=facts.records.start,
        also=facts.handed_in.places,
        walltime_s=row.limit_s if row else None,
        nodes=row.node_count if row else None,
    )


def _reported(blank: Blank, report: ExitReport, facts: Facts, row: Row | None, *, now_s: int) -> Sighting:
    """Its own word on its end counts at once, unless Slurm is about to say why it did not end well."""
    if report.code == 0 and report.cancelled is None and report.walltime_reached is None:
        return _with(blank, Presence.OVER, "", report=report, conclusive=True)
    ending = row is not None and _presence(row) is Presence.RUNNING
    if ending and abs(now_s - report.ended.timestamp()) < SETTLED_S:
        return _with(blank, Presence.RUNNING, "it has ended; Slurm is about to say why")
    cause = (row.state.cause if row and row.state else None) or facts.cause
    if cause is None and report.cancelled is not None and row is not None and _presence(row) is Presence.PENDING:
        cause = Cause.REQUEUED  # it was stopped to wait again; the node's own word on it may come late
    words = end_words(row) if row and row.state and row.state.cause else facts.notice
    return _with(blank, Presence.OVER, words, conclusive=True, cause=cause, report=report)


def _unreported(blank: Blank, facts: Facts, row: Row | None, now_s: int) -> Sighting:
    if row is None:
        known = bool(blank.handle) or blank.claimed
        words = facts.notice or ("Slurm does not know it any more" if known else "it has not been handed in")
        return _with(blank, Presence.ABSENT, words, cause=facts.cause, unexplained=known and facts.cause is None)
    if row.state is None:
        presence = Presence.RUNNING if blank.claimed else Presence.PENDING
        return _with(blank, presence, f"Slurm says {row.raw_state[:60]}, which Argosy does not know")
    if row.state.presence is Presence.OVER:
        seen = over(_with(blank, Presence.ABSENT, "", cause=facts.cause), row, now_s)
        return seen.model_copy(update={"unexplained": seen.cause in {None, Cause.START_FAILED}})
    if row.state.presence is Presence.PENDING:
        return _waiting(blank, facts, row)
    going, nodes = row.state.name in _GOING, row.nodes or "its nodes"
    if not blank.claimed:
        return _with(blank, Presence.PENDING, f"it is being started on {nodes}" if going else row.state.words)
    where = f" on {row.nodes}" if row.nodes else ""
    return _with(blank, Presence.RUNNING, f"it runs{where}" if going else row.state.words)


_GOING = frozenset({"RUNNING", "COMPLETING", "SIGNALING", "UPDATE_DB"})
"""States that come and go while a program runs: one sentence for all, so that nothing seems to happen."""


def _waiting(blank: Blank, facts: Facts, row: Row) -> Sighting:
    """In the queue. Whoever has begun and waits again was put back: its one start is taken, it will not run again."""
    if blank.claimed:
        words = facts.notice or f"Slurm put it back into the queue: {_raw(row)}"
        return _with(blank, Presence.OVER, words, cause=facts.cause or Cause.REQUEUED)
    if row.state is not None and row.state.name != "PENDING":
        return _with(blank, Presence.PENDING, row.state.words)
    expected = None if row.start_s is None else datetime.fromtimestamp(min(row.start_s, FAR_S), UTC)
    return _with(blank, Presence.PENDING, why_pending(row.reason), expected=expected)


def end_words(row: Row) -> str:
    """What Slurm says of the end of a job, with its own words for it."""
    words = row.state.words if row.state else "it is over"
    return f"{words} ({_raw(row)})"


def _raw(row: Row) -> str:
    """Slurm's own words: the state, and the exit code and reason where they tell more."""
    code = f", exit code {row.exit_code}" if row.exit_code not in {"", "0:0"} else ""
    reason = f", {row.reason[:100]}" if row.reason not in {"", "None"} else ""
    return f"{row.raw_state[:60]}{code}{reason}"


def _with(blank: Blank, presence: Presence, words: str, **facts: Any) -> Sighting:
    return Sighting(**blank._asdict(), presence=presence, words=words, **facts)
