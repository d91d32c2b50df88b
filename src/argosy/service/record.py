"""``job.json`` on the target: everything needed to rebuild the list from the target alone. Rewritten whole at every boundary."""

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
    """Write the records of these attempts as they are about to be; raises TargetError when the target does not take them."""
    await asyncio.gather(
        *(
            station.transport.write(
                f"{layout.job_directory(station.target.root, change.due.job.id)}/{layout.RECORD}",
                text(change.due.job, change.move.attempt).encode(),
            )
            for change in changes
        )
    )
