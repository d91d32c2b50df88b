"""``job.json`` on the target: all that is needed to rebuild the list from the target alone. Always written whole."""

from collections.abc import Mapping, Sequence

from argosy.core import layout
from argosy.core.errors import Denied, NoRoom
from argosy.core.job import Attempt, Job
from argosy.core.spec import JobId
from argosy.core.values import Value
from argosy.service.station import Change, Station

VERSION = 1


class Record(Value):
    """What a target knows of a job: format version, the job as submitted, and its newest attempt."""

    argosy: int = VERSION
    id: JobId
    job: Job
    attempt: Attempt


def text(job: Job, attempt: Attempt) -> bytes:
    """The record as it lies on the target."""
    return Record(id=job.id, job=job, attempt=attempt).model_dump_json(indent=1).encode() + b"\n"


async def write(station: Station, changes: Sequence[Change]) -> None:
    """Write the records of attempts as they are about to be; raises TargetError when the target does not take them."""
    for refusal in (await written(station, changes)).values():
        raise refusal


async def written(station: Station, changes: Sequence[Change]) -> Mapping[str, Denied | NoRoom]:
    """Write the records of attempts as they are about to be; returns by token why some could not be written."""
    if not changes:
        return {}
    paths = {_path(station, change): change for change in changes}
    texts = {path: text(change.due.job, change.move.attempt) for path, change in paths.items()}
    refused = await station.transport.write(texts)
    return {paths[path].due.attempt.token: refusal for path, refusal in refused.items()}


def _path(station: Station, change: Change) -> str:
    return f"{layout.job_directory(station.target.root, change.due.job.id)}/{layout.RECORD}"
