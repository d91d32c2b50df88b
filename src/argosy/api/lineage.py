"""What comes after a job: jobs that go on from it, its family, its goal, and why it failed."""

from typing import Annotated

from fastapi import Body, Query, status

from argosy.api.nouns import DoorHere, JobHere, ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.edited import Edited
from argosy.core.family import Family
from argosy.core.goal import Aim
from argosy.core.onward import Onward
from argosy.core.outputs import Restart
from argosy.core.remedies import Diagnosed
from argosy.core.submission import Preview
from argosy.core.views import JobView

router = below_v1("jobs")

_REFUSALS = (404, 409, 422, 502, 503)
_Otherwise = Annotated[Onward | None, Body(description="What it shall have otherwise.")]


@router.get("/jobs/{job}/restart", operation_id="job_restart_plan", responses=declared(404, 409, 502))
async def restart_plan(
    services: ServicesHere,
    job: JobHere,
    template: Annotated[str | None, Query(max_length=200, description="The template of the next stage.")] = None,
) -> Restart:
    """How a job could be gone on from, or why it cannot. Nothing is done."""
    return await services.restarts.plan(job, Onward(template=template))


@router.post("/jobs/{job}/restart/preview", operation_id="job_restart_preview", responses=declared(*_REFUSALS))
async def restart_preview(services: ServicesHere, door: DoorHere, job: JobHere, onward: _Otherwise = None) -> Preview:
    """What the job that goes on would be: every file, the script, and what the checks say. Nothing is kept."""
    return await services.restarts.preview(job, onward or Onward(), owner=door.owner)


@router.post(
    "/jobs/{job}/restart",
    operation_id="job_restart",
    status_code=status.HTTP_201_CREATED,
    responses=declared(*_REFUSALS),
)
async def restart(services: ServicesHere, door: DoorHere, job: JobHere, onward: _Otherwise = None) -> JobView:
    """Make a child job that goes on from what this one left, or is the next stage after it."""
    return await services.restarts.restart(job, onward or Onward(), by=door.owner)


@router.get("/jobs/{job}/family", operation_id="job_family", responses=declared(404))
async def family(services: ServicesHere, job: JobHere) -> Family:
    """All jobs that go on from each other, of which this is one."""
    return await services.families.family(job)


@router.put("/jobs/{job}/goal", operation_id="job_extend", responses=declared(404, 409))
async def extend(services: ServicesHere, door: DoorHere, job: JobHere, aim: Aim) -> JobView:
    """Have a job gone on from by itself, over as many jobs as it takes, until it has come so far."""
    return await services.chains.aim(job, aim, by=door.owner)


@router.delete("/jobs/{job}/goal", operation_id="job_extend_no_more", responses=declared(404, 409))
async def extend_no_more(services: ServicesHere, door: DoorHere, job: JobHere) -> JobView:
    """Let a chain end with this job. What runs goes on."""
    return await services.chains.give_up(job, by=door.owner)


@router.get("/jobs/{job}/diagnosis", operation_id="job_diagnosis", responses=declared(404, 409))
async def diagnosis(services: ServicesHere, job: JobHere) -> Diagnosed:
    """Why a job that is over ended so, on what evidence, and what helps."""
    return await services.diagnoses.diagnosis(job)


@router.get("/jobs/{job}/fix", operation_id="job_fix_preview", responses=declared(*_REFUSALS))
async def fix_preview(services: ServicesHere, door: DoorHere, job: JobHere) -> Preview | None:
    """What the mended job would be; null where the same job is tried again. Nothing is kept."""
    return await services.diagnoses.preview(job, owner=door.owner)


@router.post(
    "/jobs/{job}/fix", operation_id="job_fix", status_code=status.HTTP_201_CREATED, responses=declared(*_REFUSALS)
)
async def fix(services: ServicesHere, door: DoorHere, job: JobHere) -> JobView:
    """Do what the diagnosis proposes: another attempt, or a job with what was changed."""
    return await services.diagnoses.fix(job, by=door.owner)


@router.post("/jobs/{job}/edit/preview", operation_id="job_edit_preview", responses=declared(*_REFUSALS))
async def edit_preview(services: ServicesHere, door: DoorHere, job: JobHere, onward: Onward) -> Edited:
    """What a job that is over would be with these changes, and in what it would differ. Nothing is kept."""
    return await services.edits.preview(job, onward, owner=door.owner)


@router.post(
    "/jobs/{job}/edit", operation_id="job_edit", status_code=status.HTTP_201_CREATED, responses=declared(*_REFUSALS)
)
async def edit(services: ServicesHere, door: DoorHere, job: JobHere, onward: Onward) -> JobView:
    """Send a job that is over again with these changes, as a new job. Its files are not sent again."""
    return await services.edits.edit(job, onward, by=door.owner)
