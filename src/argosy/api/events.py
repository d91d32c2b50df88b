"""What happens, as it happens: a stream of server-sent events, or a page of them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from argosy.api.nouns import DoorHere, ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.spec import JobId
from argosy.core.views import Event

_T = TypeVar("_T")
_FAR = 2**62

router = below_v1("events")

After = Annotated[
    int | None, Query(ge=0, le=_FAR, description="Only events with a higher number; left out, only new ones.")
]
OfJob = Annotated[JobId | None, Query(description="Only events of this job.")]


async def _last_seen(
    services: ServicesHere,
    after: After = None,
    last_event_id: Annotated[int | None, Header(ge=0, le=_FAR, description="Where a broken stream goes on.")] = None,
) -> int:
    """Where a stream begins. Found out before it is answered, so that whatever happens after the answer is in it."""
    seen = last_event_id if last_event_id is not None else after
    return seen if seen is not None else await services.feed.last()


@router.get("/events", operation_id="event_stream", response_class=EventSourceResponse, responses=declared())
async def stream(
    services: ServicesHere, door: DoorHere, begin: Annotated[int, Depends(_last_seen)], job: OfJob = None
) -> AsyncIterator[ServerSentEvent]:
    """Events as they happen: ``id`` is the number, ``data`` an Event; a comment comes every 15 s while nothing happens.

    The stream has no end of its own. After a break ask again with the last number seen as ``Last-Event-ID``: nothing is
    missed. Events are read from the store when the reader takes them, so a slow reader costs no memory.
    """
    async for event in _until(door.stopping, services.feed.events(after=begin, job=job)):
        yield ServerSentEvent(raw_data=event.model_dump_json(), id=str(event.seq))


@router.get("/events/page", operation_id="event_page", responses=declared())
async def page(
    services: ServicesHere,
    after: Annotated[int, Query(ge=0, le=_FAR, description="Only events with a higher number.")] = 0,
    job: OfJob = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> tuple[Event, ...]:
    """Events that have happened, in order; empty when there are none after that number."""
    return await services.store.events(after=after, job=job, limit=limit)


async def _until(stopping: asyncio.Event, things: AsyncIterator[_T]) -> AsyncIterator[_T]:
    """What comes, until the server stops."""
    stop = asyncio.ensure_future(stopping.wait())
    coming = asyncio.ensure_future(anext(things))
    try:
        while True:
            await asyncio.wait({stop, coming}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                return
            yield coming.result()
            coming = asyncio.ensure_future(anext(things))
    finally:
        for task in (stop, coming):
            task.cancel()
