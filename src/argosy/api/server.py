"""The server itself: whether it is there, its numbers, its health, and its end."""

import os

from fastapi import status
from fastapi.responses import Response

from argosy.api.nouns import DoorHere, ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.findings import Finding
from argosy.core.views import Health, ServerView

router = below_v1("server")


@router.get("/health", operation_id="health", responses=declared())
async def health(services: ServicesHere, door: DoorHere) -> Health:
    """That the server is there, and which one it is. ``idle`` when no job is open and nobody else is being answered."""
    idle = door.traffic.open <= 1 and not await services.store.open_count()
    return Health(version=door.version, pid=os.getpid(), started=door.started, idle=idle)


@router.get("/server", operation_id="server_view", responses=declared())
async def view(door: DoorHere) -> ServerView:
    """The server in numbers."""
    return await door.numbers()


@router.post("/server/stop", operation_id="server_stop", status_code=status.HTTP_202_ACCEPTED, responses=declared())
async def stop(door: DoorHere) -> Response:
    """Ask the server to stop: it finishes its steps and leaves running jobs alone. A second call changes nothing."""
    door.stop()
    return Response(status_code=status.HTTP_202_ACCEPTED)


@router.get("/doctor", operation_id="doctor", responses=declared())
async def doctor(door: DoorHere) -> tuple[Finding, ...]:
    """What is wrong, or soon will be, with this server and what it needs; empty when all is well."""
    return await door.doctor()
