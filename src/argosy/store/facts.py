"""The columns beside the documents, as they follow from jobs and attempts. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from argosy.core import ids
from argosy.core.job import (
    LIVE,
    Attempt,
    Cancelled,
    Closed,
    Ended,
    Failed,
    Job,
    Lost,
    Running,
    State,
    Submitted,
    Succeeded,
    Waiting,
)
from argosy.core.job import fate as fate_of
from argosy.store.moments import to_micros, to_micros_if
from argosy.store.needles import terms_of
from argosy.store.plain import plain

_MAX_WORDS = 300
_BEFORE_LAUNCH = frozenset({"waiting", "queued"})

LIVING, ENDED, QUEUED, HELD, ASLEEP, LEAVING = "live", "ended", "queued", "held", "asleep", "leaving"
"""Where a target's round finds an attempt: at the scheduler, to be collected, in the queue, to be released or
abandoned, waiting for jobs that are not over, and a draft that shall be abandoned."""
AIMING = "aiming"
"""Where an attempt is found that is over and has a goal for which something is still to be done."""
OPEN_ROOMS = (LIVING, ENDED, QUEUED, HELD, ASLEEP)


def job_columns(job: Job, attempt: Attempt, position: int) -> dict[str, Any]:
    """The row of a new job in the list."""
    spec = job.spec
    return {
        "position": position,
        "id": job.id,
        "short": ids.short(job.id),
        "name": plain(spec.name),
        "engine": spec.engine,
        "template": plain(spec.template.name) if spec.template else "",
        "owner": plain(job.owner),
        "labels": json.dumps(spec.labels),
        "parent": job.parent,
        "created": to_micros(job.created),
        "updated": to_micros(job.created),
        "terms": terms_of(job),
        **fate_columns(attempt),
    }


def fate_columns(attempt: Attempt) -> dict[str, Any]:
    """What the list shows of a job's latest attempt."""
    state = attempt.state
    return {
        "attempt": attempt.number,
        "target": attempt.target,
        "fate": fate_of(state),
        "started": to_micros_if(_started(state)),
        "ended": to_micros_if(_ended(state)),
        "fraction": attempt.progress.fraction if attempt.progress else None,
        "words": one_line(_words(attempt)),
    }


def attempt_columns(attempt: Attempt, position: int) -> dict[str, Any]:
    """The row of an attempt. The room of one that waits may have to be put right afterwards; see ``waiting``."""
    return {
        "job": attempt.job,
        "number": attempt.number,
        "position": position,
        "target": attempt.target,
        "state": attempt.state.kind,
        "version": attempt.version,
        "due": to_micros(attempt.due),
        "wished": int(attempt.wish is not None),
        "room": room(attempt),
        "rank": -attempt.priority,
        "document": attempt.model_dump_json(),
    }


def label_rows(labels: Mapping[str, str], position: int) -> list[dict[str, Any]]:
    """What a job is found by when labels are asked for: each key, and each ``key=value``, once."""
    terms = [term for key, value in labels.items() for term in (key, plain(f"{key}={value}"))]
    return [{"term": term, "position": position} for term in dict.fromkeys(terms)]


def room(attempt: Attempt) -> str | None:
    """Where the target's round looks for this attempt; None when there is nothing to do."""
    kind = attempt.state.kind
    if kind in LIVE:
        return LIVING
    if kind == "ended":
        return ENDED
    if kind in _BEFORE_LAUNCH:
        return QUEUED if kind == "queued" and attempt.wish is None else HELD
    if kind == "closed":
        return AIMING if attempt.goal is not None and attempt.goal.is_open else None
    return LEAVING if attempt.wish is not None else None


def one_line(words: str) -> str:
    """The first line, of a length that a list can show."""
    line = next(iter(plain(words).strip().splitlines()), "")
    return line if len(line) <= _MAX_WORDS else line[: _MAX_WORDS - 1] + "…"


def _started(state: State) -> Any:
    if isinstance(state, Running):
        return state.since
    if isinstance(state, Ended):
        return state.report.started if state.report else state.since
    return None


def _ended(state: State) -> Any:
    if isinstance(state, Ended) and state.report:
        return state.report.ended
    return state.evidence.at if isinstance(state, Ended | Closed) else None


def _words(attempt: Attempt) -> str:
    state = attempt.state
    if isinstance(state, Closed):
        return _outcome_words(state.outcome)
    if attempt.trouble is not None:
        return attempt.trouble.message
    if isinstance(state, Waiting):
        return state.why
    if isinstance(state, Running) and attempt.granted is not None:
        return attempt.granted.words()
    return state.reason if isinstance(state, Submitted) else ""


def _outcome_words(outcome: Succeeded | Failed | Cancelled | Lost) -> str:
    return outcome.remark if isinstance(outcome, Succeeded) else outcome.explanation
