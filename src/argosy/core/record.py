"""``job.json``: what a target knows of a job. The whole list can be rebuilt from these records alone. Pure."""

import json
from collections.abc import Mapping
from typing import Any, cast

from pydantic import Field, ValidationError

from argosy.core.findings import Finding, warning
from argosy.core.job import Attempt, Closed, Job
from argosy.core.plain_words import place
from argosy.core.spec import JobId
from argosy.core.values import Moment, Value

VERSION = 2
_MARK = "argosy"


class Record(Value):
    """A job as its target knows it: format version, the job as submitted, and its attempts, newest last.

    Attempts that never got a directory may be missing. ``driver`` names the installation that wrote it. ``started`` and
    ``ended`` are when the program of the newest attempt began and ended, once that is closed.
    """

    argosy: int = VERSION
    id: JobId
    driver: str = ""
    job: Job
    attempts: tuple[Attempt, ...] = Field(min_length=1)
    started: Moment | None = None
    ended: Moment | None = None

    @property
    def latest(self) -> Attempt:
        """The attempt that counts."""
        return self.attempts[-1]

    @property
    def is_open(self) -> bool:
        """Whether there is something left to do or to watch."""
        return not isinstance(self.latest.state, Closed)

    def text(self) -> bytes:
        """The record as it lies on the target."""
        return self.model_dump_json(indent=1).encode() + b"\n"


def read_record(data: bytes, *, name: str, where: str) -> Record | Finding:
    """The record in a file, or why it cannot be used. ``name`` is the directory that it lies in.

    Keys that this version does not know are ignored, so that a newer Argosy may add some.
    """
    shape = _shape(data)
    if shape is None or not isinstance(shape.get(_MARK), int):
        return _unusable(where, "this is no record of Argosy, or it is damaged")
    if shape[_MARK] > VERSION:
        return _unusable(
            where, f"it was written by a newer Argosy (version {shape[_MARK]}, this one reads {VERSION})", _UPDATE
        )
    if shape.get("id") != name:
        return _unusable(where, f"it belongs to job {str(shape.get('id'))[:40]!r}, but lies in the directory {name}")
    try:
        record = Record.model_validate_json(json.dumps(_current(shape)), extra="ignore")
    except ValidationError as fault:
        first = fault.errors()[0]
        return _unusable(where, f"its record cannot be read: {place(first)}: {first['msg']}")
    return record if _agrees(record) else _unusable(where, "its record contradicts itself")


_UPDATE = "Update Argosy here, then ask again."


def _unusable(where: str, what: str, remedy: str = "Look at it yourself. Nothing was changed.") -> Finding:
    return warning(where, what, remedy=remedy)


def _shape(data: bytes) -> dict[str, Any] | None:
    try:
        shape: object = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", shape) if isinstance(shape, dict) else None


def _current(shape: Mapping[str, Any]) -> dict[str, Any]:
    """A record of the first version has the newest attempt alone."""
    now = {**shape, _MARK: VERSION}
    return now | {"attempts": [shape.get("attempt")]} if shape[_MARK] == 1 else now


def _agrees(record: Record) -> bool:
    numbers = [attempt.number for attempt in record.attempts]
    owners = {record.job.id, *(attempt.job for attempt in record.attempts)}
    earlier = all(isinstance(attempt.state, Closed) for attempt in record.attempts[:-1])
    return owners == {record.id} and numbers == sorted(set(numbers)) and earlier


def at_target(record: Record, target: str, directory: str) -> Record | None:
    """The record as of a target that has the job's directory there; None for an open attempt that is in another place.

    Targets are named anew, and roots are moved or reached by another path. What is over is found where it lies now;
    what runs is tied to the paths that it was started with.
    """
    placed = [_placed(attempt, directory) for attempt in record.attempts]
    if record.is_open and placed[-1] != record.latest:
        return None
    attempts = tuple(attempt.model_copy(update={"target": target}) for attempt in placed)
    return record.model_copy(update={"attempts": attempts})


def _placed(attempt: Attempt, directory: str) -> Attempt:
    state, here = attempt.state, f"{directory}/attempt-{attempt.number}"
    recorded = attempt.mirror.project if attempt.mirror else getattr(state, "directory", None)
    if recorded in {None, here}:
        return attempt
    return attempt.model_copy(update={"state": state.model_copy(update={"directory": here}), "mirror": None})
