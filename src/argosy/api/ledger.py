"""What jobs have used, and reports over many."""

from typing import Annotated

from fastapi import Query

from argosy.api.nouns import AttemptNumber, JobHere, ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.report import JobSpent, Report, ReportQuery

router = below_v1("jobs")


@router.get("/jobs/{job}/spent", operation_id="job_spent", responses=declared(404, 502, 503))
async def spent(services: ServicesHere, job: JobHere, attempt: AttemptNumber = None) -> JobSpent:
    """What a job that is over has used and cost, from the books of its scheduler, with advice for the next one."""
    return await services.ledger.spent(job, attempt=attempt)


@router.get("/report", operation_id="report", responses=declared())
async def report(services: ServicesHere, query: Annotated[ReportQuery, Query()]) -> Report:
    """What jobs that are over have used together, by user, label, engine, month or target."""
    return await services.ledger.report(query)
