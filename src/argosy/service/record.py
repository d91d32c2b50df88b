"""``job.json`` on the target: all that is needed to rebuild the list from the target alone. Always written whole."""

import asyncio
import json
from collections.abc import Sequence

from argosy.core import layout
from argosy.core.job import Attempt, Job
from argosy.service.station import Change, Station

VERSION = 1


def text(job: Job, attempt: Attempt) -> str:
    """The record: format version, the job as submitted, and its newest attempt."""
    shape = {
        "argosy": VERSION,
        "id": job.id,
        "job": job.model_dump(mode="json"),
        "attempt": attempt.model_dump(mode="json"),
    }
    return json.dumps(shape, indent=1, ensure_ascii=True) + "\n"


async def write(station: Station, changes: Sequence[Change]) -> None:
    """Write the records of attempts as they are about to be; raises TargetError when the target does not take them."""
    await asyncio.gather(
        *(
            station.transport.write(
                f"{layout.job_directory(station.target.root, change.due.job.id)}/{layout.RECORD}",
                text(change.due.job, change.move.attempt).encode(),
            )
            for change in changes
        )
    )
