"""Jobs that wait at their scheduler: held, let go, changed."""

from argosy.api.nouns import DoorHere, JobHere, ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.alteration import Alteration
from argosy.core.views import JobView

router = below_v1("jobs")
_REFUSALS = (404, 409, 422, 502, 503)


@router.post("/jobs/{job}/hold", operation_id="job_hold", responses=declared(*_REFUSALS))
async def hold(services: ServicesHere, door: DoorHere, job: JobHere) -> JobView:
    """Keep a job that waits at its scheduler from starting, until it is released."""
    return await services.steerings.hold(job, by=door.owner)


@router.post("/jobs/{job}/release", operation_id="job_release", responses=declared(*_REFUSALS))
async def release(services: ServicesHere, door: DoorHere, job: JobHere) -> JobView:
    """Let a draft go to its queue, or a job that is held at its scheduler go on."""
    return await services.steerings.release(job, by=door.owner)


@router.post("/jobs/{job}/alter", operation_id="job_alter", responses=declared(*_REFUSALS))
async def alter(services: ServicesHere, door: DoorHere, job: JobHere, change: Alteration) -> JobView:
    """Have a job that waits at its scheduler ask for something else. What was submitted stays as it was."""
    return await services.steerings.alter(job, change, by=door.owner)
