"""Slurm's JSON documents of jobs, from 21.08 on: one tolerant reader for all shapes that a value has had.

Numbers were plain, and are objects with ``set``, ``infinite`` and ``number`` since 23.02. States were a text, and are a
list of a state and its flags since 23.11; the text formats print a flag instead of the state, so the last that is
known counts. What a document does not hold is left empty. Tasks of an array that have not begun are one job in it, with
the list of their numbers; here each is a job of its own, as in the lines.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple, cast

from argosy.core.errors import Garbled
from argosy.schedulers.slurm.rows import tasks_in
from argosy.schedulers.slurm.states import SlurmState, read_state

_FAR_S = 4_102_444_800
_MOST = 10**15
_MOST_JOBS = 100_000
"""More than any user has in a queue; a list of tasks is short, whatever it says."""


class Document(NamedTuple):
    """One job of a document."""

    id: str
    user: str
    name: str
    raw_state: str
    state: SlurmState | None
    reason: str
    partition: str
    qos: str
    cpus: int | None
    nodes: int | None
    node_list: str
    limit_s: int | None
    submitted: datetime | None
    start: datetime | None
    directory: str


def read_jobs(text: str) -> tuple[Document, ...]:
    """The jobs of a document; raises Garbled for what is none, is cut short, or says itself that it is not whole.

    What is no job in it is left out, and so is what a site prints behind it.
    """
    try:
        found: object = json.JSONDecoder().raw_decode(text.lstrip())[0]
    except (ValueError, RecursionError) as fault:
        raise Garbled(f"this is no JSON document, or not all of it: {str(fault)[:200]}") from None
    document = _fields(found)
    jobs = document.get("jobs")
    if not isinstance(jobs, list):
        raise Garbled("the document of the queue has no jobs in it, not even none")
    if wrong := document.get("errors"):
        raise Garbled(f"the document of the queue tells of errors: {json.dumps(wrong)[:200]}")
    read = tuple(islice(_jobs(cast("list[object]", jobs)), _MOST_JOBS + 1))
    if len(read) > _MOST_JOBS:
        raise Garbled(f"the document of the queue has more than {_MOST_JOBS:,} jobs in it")
    return read


def number(value: object) -> int | None:
    """A whole number from 0 on in either form; None for one that is not set, or has no end."""
    if isinstance(value, dict):
        said = cast("Mapping[str, object]", value)
        return number(said.get("number")) if said.get("set") is True and said.get("infinite") is not True else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < _MOST else None


def state_of(value: object) -> tuple[str, SlurmState | None]:
    """Slurm's word, and the state that it means; None for one that nobody knows yet."""
    words = [value] if isinstance(value, str) else _texts(value)
    known = [(word, state) for word in words if (state := read_state(word)) is not None]
    return known[-1] if known else (" ".join(words)[:60], None)


def _jobs(found: Iterable[object]) -> Iterator[Document]:
    for one in found:
        said = _fields(one)
        if number(said.get("job_id")) is not None:
            job = _job(said)
            yield from (job._replace(id=name) for name in _names(said))


def _fields(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _job(said: Mapping[str, Any]) -> Document:
    raw, state = state_of(said.get("job_state"))
    minutes = number(said.get("time_limit"))
    return Document(
        id="",
        user=str(number(said.get("user_id"))),
        name=_text(said, "name"),
        raw_state=raw,
        state=state,
        reason=_text(said, "state_reason"),
        partition=_text(said, "partition"),
        qos=_text(said, "qos"),
        cpus=number(said.get("cpus")),
        nodes=number(said.get("node_count")),
        node_list=_text(said, "nodes"),
        limit_s=None if minutes is None else minutes * 60,
        submitted=_moment(said.get("submit_time")),
        start=_moment(said.get("start_time")),
        directory=_text(said, "current_working_directory"),
    )


def _names(said: Mapping[str, Any]) -> Iterator[str]:
    """As the text formats have it: ``123``, ``123_7`` for each task of an array, ``123+1`` for a part of a job."""
    array, task = number(said.get("array_job_id")), number(said.get("array_task_id"))
    whole, part = number(said.get("het_job_id")), number(said.get("het_job_offset"))
    if array and task is not None:
        yield f"{array}_{task}"
    elif array and (tasks := _text(said, "array_task_string")):
        yield from (f"{array}_{one}" for one in tasks_in(tasks))
    elif whole and part is not None:
        yield f"{whole}+{part}"
    else:
        yield str(number(said.get("job_id")))


def _moment(value: object) -> datetime | None:
    seconds = number(value)
    return datetime.fromtimestamp(min(seconds, _FAR_S), UTC) if seconds else None


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    items = cast("Iterable[object]", value) if isinstance(value, list) else ()
    return [one for one in items if isinstance(one, str)]
