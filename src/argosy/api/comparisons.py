"""Jobs side by side."""

from typing import Annotated

from fastapi import Query

from argosy.api.nouns import ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.comparison import CompareQuery, Comparison

router = below_v1("jobs")


@router.get("/comparison", operation_id="job_compare", responses=declared(404))
async def compare(services: ServicesHere, query: Annotated[CompareQuery, Query()]) -> Comparison:
    """In what jobs differ, how they ended, how long they took, and what came out of them, with units."""
    return await services.comparisons.compare(query)
