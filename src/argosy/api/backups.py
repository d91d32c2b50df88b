"""Copies of the database, made while the server runs."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import Body, status

from argosy.api.nouns import DoorHere, ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.values import Value

router = below_v1("backups")


class Backup(Value):
    """A copy of the database, as an absolute path on the server's machine."""

    path: str


@router.post("/backups", operation_id="backup_make", status_code=status.HTTP_201_CREATED, responses=declared(409, 507))
async def make(
    services: ServicesHere,
    door: DoorHere,
    into: Annotated[str | None, Body(embed=True, max_length=4096, pattern=r"^/[^\x00]*$")] = None,
) -> Backup:
    """Copy the database into a new file: the given one, else one named after the time among the server's backups."""
    place = Path(into) if into else door.backups / f"argosy-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.db"
    return Backup(path=str(await services.store.backup(place)))
