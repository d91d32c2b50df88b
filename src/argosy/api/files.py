"""The files of a job: the list, pieces of text while they grow, and whole files."""

import logging
from typing import Annotated

from fastapi import Query
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.types import Send

from argosy.api.nouns import AttemptNumber, JobHere, ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.errors import TargetError
from argosy.core.outputs import MOST_FILES
from argosy.core.views import FILE_KEPT, FILE_OVER, FILE_SIZE, Chunk, Files, Picked
from argosy.service.archives import Wanted, What
from argosy.service.files import LIST_LIMIT
from argosy.service.packing import MEDIA, Form

_BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
_ARCHIVES = {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()}
_HEADERS = {
    FILE_SIZE: {"description": "How long the whole file is now, in bytes.", "schema": {"type": "integer"}},
    FILE_OVER: {"description": "Whether it will never grow any more.", "schema": {"enum": ["yes", "no"]}},
    FILE_KEPT: {
        "description": "When it was read, if it is what was kept of a stream that its target does not show now.",
        "schema": {"type": "string", "format": "date-time"},
    },
}
_MAX_CHUNK = 1024 * 1024
_FAR = 2**62

_log = logging.getLogger("argosy.files")

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


class _Flowing(StreamingResponse):
    """Breaks off when the target does not answer any more: the reader sees that it is not whole, and asks for the rest.

    The answer to that says what is wrong.
    """

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        except TargetError as trouble:
            _log.warning("a file broke off on its way: %s", trouble.message)


@router.get("/jobs/{job}/files", operation_id="job_files", responses=declared(404, 502, 507))
async def listing(
    services: ServicesHere,
    job: JobHere,
    attempt: AttemptNumber = None,
    *,
    limit: Annotated[int, Query(ge=1, le=MOST_FILES, description="At most so many files.")] = LIST_LIMIT,
) -> Files:
    """The files of an attempt, on its target and at home."""
    return await services.files.listing(job, attempt=attempt, limit=limit)


@router.get(
    "/jobs/{job}/archive",
    operation_id="job_archive",
    response_class=StreamingResponse,
    responses={200: {"description": "The archive", "content": _ARCHIVES}, **declared(404, 409, 502, 507)},
)
async def archive(
    services: ServicesHere,
    job: JobHere,
    attempt: AttemptNumber = None,
    *,
    form: Annotated[Form, Query(description="What kind of archive.")] = "tar.gz",
    what: Annotated[What, Query(description="What the job was given, or what lies in its work directory now.")] = (
        "outputs"
    ),
    pattern: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=200)]] | None,
        Query(max_length=20, description="Such as *.csv or traj/; files that fit one of them. Without any, all."),
    ] = None,
) -> StreamingResponse:
    """The inputs or outputs of a job as one archive, below a directory named after the job.

    It is packed while it is sent, and has no length that is known before. It is whole when it ends as its form ends.
    """
    packed = await services.archives.archive(job, Wanted(form, what, tuple(pattern or ()), attempt))
    headers = {FILE_SIZE: str(packed.size), "Content-Disposition": f'attachment; filename="{packed.name}"'}
    return _Flowing(packed.pieces, media_type=MEDIA[form], headers=headers)


@router.post(
    "/jobs/{job}/archive",
    operation_id="job_pick",
    response_class=StreamingResponse,
    responses={
        200: {"description": "The archive", "content": {MEDIA["tar"]: _BYTES["content"]["application/octet-stream"]}},
        **declared(404, 409, 502, 507),
    },
)
async def pick(
    services: ServicesHere, job: JobHere, picked: Picked, attempt: AttemptNumber = None
) -> StreamingResponse:
    """Exactly these files of the work directory as one tar file; those that are gone by now are left out."""
    packed = await services.archives.archive(job, Wanted("tar", attempt=attempt, paths=frozenset(picked.paths)))
    return _Flowing(packed.pieces, media_type=MEDIA["tar"], headers={FILE_SIZE: str(packed.size)})


@router.get("/jobs/{job}/hollows", operation_id="job_hollows", responses=declared(404, 502, 507))
async def hollows(services: ServicesHere, job: JobHere, attempt: AttemptNumber = None) -> tuple[str, ...]:
    """The empty directories in the work directory of an attempt."""
    return await services.files.hollows(job, attempt=attempt)


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
    responses={200: {"description": "The bytes", **_BYTES, "headers": _HEADERS}, **declared(404, 502, 507)},
)
async def whole(
    services: ServicesHere,
    job: JobHere,
    path: FilePath,
    *,
    attempt: AttemptNumber = None,
    start: Annotated[int, Query(ge=0, le=_FAR, description="First byte.")] = 0,
) -> StreamingResponse:
    """A file, byte for byte, up to the size that it has now; with ``start`` the rest of it.

    To follow a file that grows, or to go on after a break, ask again from where the bytes ended.
    """
    stream = await services.files.stream(job, path, attempt=attempt, start=start)
    headers = {FILE_SIZE: str(stream.size), FILE_OVER: "yes" if stream.over else "no"}
    if stream.kept is not None:
        headers[FILE_KEPT] = stream.kept.isoformat()
    return _Flowing(stream.pieces, media_type="application/octet-stream", headers=headers)
