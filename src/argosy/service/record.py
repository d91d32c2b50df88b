"""``job.json`` on the target: all that is needed to rebuild the list from the target alone. Always written whole."""

import asyncio
from collections.abc import Sequence

from argosy.core import layout
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
    await asyncio.gather(
        *(
            station.transport.write(
                f"{layout.job_directory(station.target.root, change.due.job.id)}/{layout.RECORD}",
                text(change.due.job, change.move.attempt),
            )
            for change in changes
        )
    )
