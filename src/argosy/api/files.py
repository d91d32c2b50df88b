"""The files of a job: the list, pieces of text while they grow, and whole files."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Query
from fastapi.responses import StreamingResponse

from argosy.api.nouns import AttemptNumber, JobHere, ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.views import Chunk, Files

_BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
_MAX_CHUNK = 1024 * 1024
_FAR = 2**62

router = below_v1("files")

FilePath = Annotated[
    str,
    Query(
        min_length=1,
        max_length=8192,
        pattern=r"^[^\x00]*$",
        description="stdout, stderr, script, or work/ and a spelled path in the work directory.",
    ),
]


@router.get("/jobs/{job}/files", operation_id="job_files", responses=declared(404, 502, 507))
async def listing(services: ServicesHere, job: JobHere, attempt: AttemptNumber = None) -> Files:
    """The files of an attempt, on its target and at home."""
    return await services.files.listing(job, attempt=attempt)


@router.get("/jobs/{job}/text", operation_id="job_text", responses=declared(404, 502, 507))
async def text(
    services: ServicesHere,
    job: JobHere,
    path: FilePath,
    *,
    attempt: AttemptNumber = None,
    start: Annotated[int, Query(ge=-_FAR, le=_FAR, description="First byte; negative counts from the end.")] = 0,
    limit: Annotated[int, Query(ge=1, le=_MAX_CHUNK, description="At most so many bytes.")] = 65_536,
) -> Chunk:
    """Part of a file that may still grow. Ask again from ``next`` for what came since."""
    return await services.files.chunk(job, path, attempt=attempt, start=start, limit=limit)


@router.get(
    "/jobs/{job}/file",
    operation_id="job_file",
    response_class=StreamingResponse,
    responses={200: {"description": "The bytes of the file", **_BYTES}, **declared(404, 502, 507)},
)
async def whole(
    services: ServicesHere, job: JobHere, path: FilePath, attempt: AttemptNumber = None
) -> StreamingResponse:
    """A whole file, byte for byte."""
    pieces = services.files.stream(job, path, attempt=attempt)
    # The first piece is waited for, so that a missing file is an error and not an empty answer.
    first = await anext(pieces, b"")
    return StreamingResponse(_all_of(first, pieces), media_type="application/octet-stream")


async def _all_of(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
