"""What all routers share: where they lie, how they reach the service, and the words in their addresses."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request

from argosy.api.door import Door
from argosy.core.spec import JobId
from argosy.service.services import Services


def below_v1(noun: str) -> APIRouter:
    """A router for one noun."""
    return APIRouter(prefix="/v1", tags=[noun])


async def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


async def _door(request: Request) -> Door:
    return cast("Door", request.app.state.door)


ServicesHere = Annotated[Services, Depends(_services)]
DoorHere = Annotated[Door, Depends(_door)]
JobHere = Annotated[JobId, Path(description="The full id of a job.")]
AttemptNumber = Annotated[int | None, Query(ge=1, le=100_000, description="Which attempt; the latest when left out.")]
