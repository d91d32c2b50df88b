"""Sweeps: many jobs from one request."""

from fastapi import status

from argosy.api.nouns import DoorHere, ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.sweep import Sweep, SweepPreview, Swept

router = below_v1("jobs")


@router.post("/sweeps/preview", operation_id="sweep_preview", responses=declared(404))
async def preview(services: ServicesHere, door: DoorHere, sweep: Sweep) -> SweepPreview:
    """How many jobs a sweep would be, and the first of them in full. Nothing is kept."""
    return await services.sweeps.preview(sweep, owner=door.owner)


@router.post("/sweeps", operation_id="sweep_submit", status_code=status.HTTP_201_CREATED, responses=declared(404, 409))
async def submit(services: ServicesHere, door: DoorHere, sweep: Sweep) -> Swept:
    """Take in a job for each combination of values, all or none. They are on disk when this answers."""
    return await services.sweeps.submit(sweep, owner=door.owner)
