"""Jobs: make, list, find, show, change, remove, and the science that came out of them."""

from typing import Annotated

from fastapi import Body, Query, status

from argosy.api.nouns import AttemptNumber, DoorHere, JobHere, ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.bulk import Bulk, Dealt
from argosy.core.prospect import Prospect
from argosy.core.spec import JobId, Word
from argosy.core.submission import Preview, Submission
from argosy.core.values import Value
from argosy.core.views import Forgotten, JobPage, JobQuery, JobResults, JobView, Removal

router = below_v1("jobs")


class Found(Value):
    """The full id of the job that was meant."""

    id: str


@router.post("/jobs/preview", operation_id="job_preview", responses=declared(404))
async def preview(
    services: ServicesHere,
    door: DoorHere,
    submission: Submission,
    *,
    ask: Annotated[bool, Query(description="Also ask the scheduler what it would do with it.")] = False,
) -> Preview:
    """What a submission would become: every file, the script, and what the checks say. Nothing is kept."""
    return await services.jobs.preview(submission, owner=door.owner, ask=ask)


@router.post("/jobs/where", operation_id="job_where", responses=declared(404))
async def where(
    services: ServicesHere,
    door: DoorHere,
    submission: Submission,
    targets: Annotated[list[Word], Body(max_length=100, description="Which targets; all when there is none.")],
) -> tuple[Prospect, ...]:
    """When a job would start at several targets, the earliest first, and how that is known. Nothing is kept."""
    return await services.prospects.where(submission, targets, owner=door.owner)


@router.post("/jobs", operation_id="job_submit", status_code=status.HTTP_201_CREATED, responses=declared(404, 409))
async def submit(
    services: ServicesHere,
    door: DoorHere,
    submissions: Annotated[list[Submission], Body(min_length=1, max_length=10_000)],
) -> tuple[JobView, ...]:
    """Take in jobs, all or none. They are on disk when this answers."""
    return await services.jobs.submit(submissions, owner=door.owner)


@router.get("/jobs", operation_id="job_list", responses=declared())
async def rows(services: ServicesHere, query: Annotated[JobQuery, Query()]) -> JobPage:
    """A page of jobs, newest first. All conditions must hold; ``after`` is the ``next`` of the page before."""
    return await services.jobs.rows(query)


@router.post("/jobs/forget", operation_id="job_forget", responses=declared(404))
async def forget(
    services: ServicesHere,
    door: DoorHere,
    jobs: Annotated[
        list[JobId] | None, Body(embed=True, max_length=100_000, description="Which jobs; all with null.")
    ] = None,
    *,
    dry_run: Annotated[bool, Query(description="Say what would leave the list; do nothing.")] = False,
) -> Forgotten:
    """Take jobs off the list and touch nothing of them: a sync with their targets brings them back."""
    if dry_run:
        return await services.forgetting.preview(jobs)
    return await services.forgetting.forget(jobs, by=door.owner)


@router.post("/jobs/bulk", operation_id="job_bulk", responses=declared(413))
async def bulk(
    services: ServicesHere,
    door: DoorHere,
    asked: Bulk,
    *,
    dry_run: Annotated[bool, Query(description="Say to which jobs it would be done; do nothing.")] = False,
) -> Dealt:
    """Do one thing to many jobs. Where it cannot be done is told of each job by itself."""
    if dry_run:
        return await services.bulks.preview(asked.which, asked.deed)
    return await services.bulks.deal(asked.which, asked.deed, by=door.owner)


@router.get("/jobs/find", operation_id="job_find", responses=declared(404, 409))
async def find(services: ServicesHere, words: Annotated[str, Query(min_length=1, max_length=200)]) -> Found:
    """The one job that is meant by a full or short id, the beginning of one, an exact name, or ``last``."""
    return Found(id=await services.jobs.find(words))


@router.get("/jobs/{job}", operation_id="job_view", responses=declared(404))
async def view(services: ServicesHere, job: JobHere) -> JobView:
    """One job with all its attempts."""
    return await services.jobs.view(job)


@router.post("/jobs/{job}/cancel", operation_id="job_cancel", responses=declared(404, 409))
async def cancel(
    services: ServicesHere,
    door: DoorHere,
    job: JobHere,
    *,
    now: Annotated[bool, Query(description="Kill its program at once; also when it was told to stop before.")] = False,
) -> JobView:
    """Wish the job cancelled. What runs is told to stop soon after; a second wish changes nothing."""
    return await services.jobs.cancel(job, by=door.owner, forced=now)


@router.post("/jobs/{job}/retry", operation_id="job_retry", responses=declared(404, 409))
async def retry(services: ServicesHere, door: DoorHere, job: JobHere) -> JobView:
    """Give a closed job another attempt."""
    return await services.jobs.retry(job, by=door.owner)


@router.get("/jobs/{job}/removal", operation_id="job_removal", responses=declared(404, 409, 502))
async def removal(services: ServicesHere, job: JobHere) -> Removal:
    """What would go if the job were removed. Nothing is touched."""
    return await services.removals.removal(job)


@router.delete("/jobs/{job}", operation_id="job_remove", responses=declared(404, 409, 502, 507))
async def remove(services: ServicesHere, door: DoorHere, job: JobHere) -> Removal:
    """Remove a closed job with its directories on the target and at home; says what has gone."""
    return await services.removals.remove(job, by=door.owner)


@router.get("/jobs/{job}/results", operation_id="job_results", responses=declared(404, 502, 507))
async def results(services: ServicesHere, job: JobHere, attempt: AttemptNumber = None) -> JobResults:
    """The numbers, series and tables of a job, with units."""
    return await services.science.results(job, attempt=attempt)
