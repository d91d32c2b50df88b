"""Connections: how targets are reached; logging in and out, what was said, what it has cost."""

from typing import Annotated

from fastapi import Query

from argosy.api.nouns import ServicesHere, TargetName, below_v1
from argosy.api.refusals import declared
from argosy.core.connection import Connection, ConsolePage, Replies, Usage

router = below_v1("connections")

_FAR = 2**62

WaitS = Annotated[float, Query(ge=0, le=30, description="How many seconds the answer may be held back for news.")]


@router.get("/targets/{name:whole}/connection", operation_id="connection_view", responses=declared(404))
async def view(
    services: ServicesHere,
    name: TargetName,
    *,
    seen: Annotated[str, Query(max_length=200, description="The id of the prompt that was seen last.")] = "",
    wait_s: WaitS = 0.0,
) -> Connection:
    """How a target is connected.

    With `wait_s`, the answer comes as soon as a person has something to do while a login is under way: there is another
    prompt than `seen`, or the login is over.
    """
    return await services.connections.settled(await services.targets.target(name), seen=seen, wait_s=wait_s)


@router.post("/targets/{name:whole}/connection", operation_id="connection_connect", responses=declared(404))
async def connect(services: ServicesHere, name: TargetName) -> Connection:
    """Log in, in the background; `prompt` is what a person is asked. A login that is under way is joined, not doubled.

    The login is over when the state is not `connecting` any more.
    """
    return await services.connections.connect(await services.targets.target(name))


@router.post("/targets/{name:whole}/connection/replies", operation_id="connection_reply", responses=declared(404, 409))
async def reply(services: ServicesHere, name: TargetName, replies: Replies) -> Connection:
    """Answer a prompt, or turn away with null. The answers are handed on and kept nowhere.

    A prompt can be answered once, from any window.
    """
    return services.connections.reply(await services.targets.target(name), replies)


@router.delete("/targets/{name:whole}/connection", operation_id="connection_disconnect", responses=declared(404))
async def disconnect(services: ServicesHere, name: TargetName) -> Connection:
    """Log out, and forget all secrets. Jobs there wait, and nothing logs in again, until somebody connects."""
    return await services.connections.disconnect(await services.targets.target(name))


@router.get("/targets/{name:whole}/console", operation_id="connection_console", responses=declared(404))
async def console(
    services: ServicesHere,
    name: TargetName,
    *,
    after: Annotated[int, Query(ge=0, le=_FAR, description="Only lines with a higher number.")] = 0,
    limit: Annotated[int, Query(ge=1, le=2000)] = 500,
    wait_s: WaitS = 0.0,
) -> ConsolePage:
    """What was said and done on the connection, without secrets: the last 2,000 lines since the server started."""
    return await services.connections.console(
        await services.targets.target(name), after=after, limit=limit, wait_s=wait_s
    )


@router.get("/targets/{name:whole}/usage", operation_id="connection_usage", responses=declared(404))
async def usage(services: ServicesHere, name: TargetName) -> Usage:
    """How many commands, bytes and logins the target has cost, by the hour, for the last 48 hours."""
    return services.connections.usage(await services.targets.target(name))
