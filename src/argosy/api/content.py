"""Contents of files, known by their SHA-256."""

from typing import Annotated

from fastapi import Body, Path
from starlette.requests import Request

from argosy.api.nouns import ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.spec import Content, Sha256

_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
}

router = below_v1("content")


@router.post("/content/missing", operation_id="content_missing", responses=declared())
async def missing(services: ServicesHere, hashes: Annotated[list[Sha256], Body(max_length=100_000)]) -> tuple[str, ...]:
    """Which of these contents the server does not hold yet."""
    return await services.contents.missing(hashes)


@router.put("/content/{sha256}", operation_id="content_put", openapi_extra=_BODY, responses=declared(507))
async def put(
    services: ServicesHere,
    request: Request,
    sha256: Annotated[Sha256, Path(description="The SHA-256 of the content, in hexadecimal.")],
) -> Content:
    """Send the content of a file; a second time changes nothing. It is verified, and held whole or not at all."""
    return await services.contents.receive(sha256, request.stream())
