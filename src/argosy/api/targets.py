"""Targets: the places where jobs run."""

from typing import Annotated

from fastapi import Body, Query, status

from argosy.api.nouns import DoorHere, ServicesHere, TargetName, below_v1
from argosy.api.refusals import declared
from argosy.core.adopted import Adoption
from argosy.core.cleaning import Asked, Cleaning
from argosy.core.crowd import Crowd
from argosy.core.errors import BadInput
from argosy.core.offer import Proposal
from argosy.core.queued import Queue
from argosy.core.target import Target
from argosy.core.views import JobView, NewName, Synced, TargetCheck, TargetLook, TargetView

router = below_v1("targets")


@router.get("/targets", operation_id="target_list", responses=declared())
async def rows(services: ServicesHere) -> tuple[TargetView, ...]:
    """All targets, with what holds there now."""
    return await services.targets.rows()


@router.post("/targets/{name:whole}/check", operation_id="target_check", responses=declared(404))
async def check(services: ServicesHere, name: TargetName) -> TargetCheck:
    """Look at a target: whether it answers, and whether it has what jobs need."""
    return await services.targets.check(name)


@router.post("/targets/{name:whole}/detect", operation_id="target_detect", responses=declared(404, 409, 502, 503))
async def detect(services: ServicesHere, name: TargetName) -> Proposal:
    """Read what a cluster offers now, and say what its target should say differently. Nothing is changed."""
    return await services.surveys.detect(name)


@router.get("/targets/{name:whole}/crowd", operation_id="target_crowd", responses=declared(404, 409, 502, 503))
async def crowd(services: ServicesHere, name: TargetName) -> Crowd:
    """How full a cluster is now, what its user may have there, and how long the jobs of this list have waited."""
    return await services.surveys.crowd(name)


@router.get("/targets/{name:whole}/queue", operation_id="target_queue", responses=declared(404, 409, 502, 503))
async def queue(services: ServicesHere, name: TargetName) -> Queue:
    """The jobs of its user that stand in a cluster's queue now, those that Argosy did not start too."""
    return await services.surveys.queue(name)


@router.post(
    "/targets/{name:whole}/adopt",
    operation_id="target_adopt",
    status_code=status.HTTP_201_CREATED,
    responses=declared(404, 409, 502, 503),
)
async def adopt(services: ServicesHere, door: DoorHere, name: TargetName, adoption: Adoption) -> tuple[JobView, ...]:
    """Have jobs that stand in its queue watched like those that Argosy started; all of them or none."""
    return await services.adoptions.adopt(name, adoption, owner=door.owner)


@router.post("/targets/{name:whole}/sync", operation_id="target_sync", responses=declared(404, 502, 503, 507))
async def sync(
    services: ServicesHere,
    name: TargetName,
    *,
    take_over: Annotated[
        bool, Query(description="Take in open jobs too that another installation of Argosy drives.")
    ] = False,
) -> Synced:
    """Take in the jobs that the target knows and the list does not. Nothing is changed there, unless taken over."""
    return await services.syncs.sync(name, take_over=take_over)


@router.post("/targets/{name:whole}/look", operation_id="target_look", responses=declared(404, 502, 503, 507))
async def look(services: ServicesHere, name: TargetName) -> TargetLook:
    """What the machine tells of itself: the home there, processors, the scheduler. Nothing is changed."""
    return await services.targets.look(name)


@router.post("/targets/{name:whole}/rename", operation_id="target_rename", responses=declared(404, 409))
async def rename(services: ServicesHere, name: TargetName, new: NewName) -> TargetView:
    """Call a target otherwise. Its jobs must be over; they follow."""
    return await services.targets.rename(name, new.name)


@router.get(
    "/targets/{name:whole}/cleaning", operation_id="target_cleaning", responses=declared(404, 409, 502, 503, 507)
)
async def cleaning(services: ServicesHere, name: TargetName, asked: Annotated[Asked, Query()]) -> Cleaning:
    """What would be cleared away there, with sizes. Nothing is touched."""
    return await services.cleanings.preview(name, asked)


@router.post("/targets/{name:whole}/cleaning", operation_id="target_clean", responses=declared(404, 409, 502, 503, 507))
async def clean(
    services: ServicesHere,
    door: DoorHere,
    name: TargetName,
    *,
    asked: Annotated[Asked, Query()],
    paths: Annotated[list[str], Body(max_length=1_000_000, description="What a preview has shown, by its paths.")],
) -> Cleaning:
    """Clear away what a preview has shown, as far as it still may go; says what has gone."""
    return await services.cleanings.clean(name, asked, shown=paths, by=door.owner)


@router.get("/targets/{name:whole}", operation_id="target_view", responses=declared(404))
async def view(services: ServicesHere, name: TargetName) -> TargetView:
    """One target, with what holds there now."""
    return await services.targets.view(name)


@router.put("/targets/{name:whole}", operation_id="target_put", responses=declared(409))
async def put(services: ServicesHere, name: TargetName, target: Target) -> TargetView:
    """Add or replace a target. The name in the address and in the body must be the same."""
    if target.name != name:
        raise BadInput(
            f"the address names target {name}, the body target {target.name}", hint="Give the same name in both."
        )
    return await services.targets.put(target)


@router.delete(
    "/targets/{name:whole}",
    operation_id="target_drop",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=declared(404, 409),
)
async def drop(services: ServicesHere, name: TargetName) -> None:
    """Remove a target that has no open jobs."""
    await services.targets.drop(name)
