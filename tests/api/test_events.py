import asyncio
import json
import time
from collections.abc import AsyncIterator

import fastapi.routing
import httpx
import pytest

from argosy.contracts import Entry
from argosy.server.wiring import House
from tests.api.conftest import Listening, owner_of, soon

NOBODY = "j" + "0" * 21


async def blocks(answer: httpx.Response) -> AsyncIterator[dict[str, str]]:
    """The events of a stream, each as field to value; a comment has the empty field."""
    block: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            field, _, value = line.partition(":")
            block[field] = value.strip()
        elif block:
            yield block
            block = {}


async def happen(house: House, *words: str) -> None:
    await house.services.store.log([Entry(kind="note", words=word) for word in words])


async def test_a_stream_tells_what_was_and_what_comes(house: House, listening: Listening) -> None:
    await happen(house, "one", "two")
    async with owner_of(listening) as client, client.stream("GET", "/v1/events?after=0") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        heard = blocks(answer)
        first, second = await anext(heard), await anext(heard)
        await happen(house, "three")
        third = await anext(heard)
    assert [json.loads(block["data"])["words"] for block in (first, second, third)] == ["one", "two", "three"]
    assert [block["id"] for block in (first, second, third)] == [
        str(json.loads(block["data"])["seq"]) for block in (first, second, third)
    ]


async def test_a_broken_stream_goes_on_after_the_last_event_seen(house: House, listening: Listening) -> None:
    await happen(house, "one", "two", "three")
    async with owner_of(listening) as client:
        async with client.stream("GET", "/v1/events?after=0") as answer:
            seen = (await anext(blocks(answer)))["id"]
        headers = {"Last-Event-ID": seen}
        async with client.stream("GET", "/v1/events?after=0", headers=headers) as answer:
            heard = blocks(answer)
            words = [json.loads((await anext(heard))["data"])["words"] for _ in range(2)]
    assert words == ["two", "three"]


async def test_a_stream_without_a_beginning_tells_only_what_comes(house: House, listening: Listening) -> None:
    await happen(house, "before")
    async with owner_of(listening) as client, client.stream("GET", "/v1/events") as answer:
        await happen(house, "after")
        assert json.loads((await anext(blocks(answer)))["data"])["words"] == "after"


async def test_a_silent_stream_sends_a_comment(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fastapi.routing, "_PING_INTERVAL", 0.05)
    async with owner_of(listening) as client, client.stream("GET", "/v1/events") as answer:
        assert "" in await anext(blocks(answer))


async def test_the_framework_sends_its_comment_every_fifteen_seconds() -> None:
    assert fastapi.routing._PING_INTERVAL == 15.0


async def test_a_stream_ends_when_the_server_stops(listening: Listening) -> None:
    async with owner_of(listening) as client, client.stream("GET", "/v1/events") as answer:
        began = time.monotonic()
        listening.door.stopping.set()
        assert [block async for block in blocks(answer)] == []
    assert time.monotonic() - began < 2


async def test_a_listener_that_goes_away_is_let_go(listening: Listening) -> None:
    async with owner_of(listening) as client:
        async with client.stream("GET", "/v1/events"):
            assert listening.door.traffic.open == 1
        await soon(lambda: not listening.door.traffic.open)


async def test_a_reader_that_does_not_read_is_not_written_for(house: House, listening: Listening) -> None:
    for _ in range(20):
        await happen(house, *["x" * 10_000] * 100)
    taken = 0
    inner = house.services.store.events

    async def counted(**asked: object):  # noqa: ANN202
        nonlocal taken
        page = await inner(**asked)  # type: ignore[arg-type]
        taken += len(page)
        return page

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(house.services.store), "events", lambda _self, **asked: counted(**asked))
        reader, writer = await asyncio.open_connection("127.0.0.1", listening.door.port, limit=1024)
        head = f"GET /v1/events?after=0 HTTP/1.1\r\nHost: 127.0.0.1:{listening.door.port}\r\n"
        writer.write(f"{head}Authorization: Bearer {listening.door.token}\r\n\r\n".encode())
        await reader.readline()
        await asyncio.sleep(0.5)
        writer.close()
    assert 0 < taken < 2000


@pytest.mark.parametrize("asked", ["after=-1", "after=x", f"job={NOBODY}x", "after=" + "9" * 30])
async def test_a_stream_that_cannot_begin_is_refused(client: httpx.AsyncClient, asked: str) -> None:
    answer = await client.get(f"/v1/events?{asked}")
    assert answer.status_code == 422
    assert answer.json()["findings"][0]["where"] == asked.partition("=")[0]


async def test_a_last_event_that_is_no_number_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/events", headers={"Last-Event-ID": "x"})
    assert answer.status_code == 422
    assert answer.json()["findings"][0]["where"] == "last-event-id"


async def test_a_page_has_the_events_after_a_number(house: House, client: httpx.AsyncClient) -> None:
    await happen(house, "one", "two", "three")
    everything = (await client.get("/v1/events/page")).json()
    assert [event["words"] for event in everything] == ["one", "two", "three"]
    rest = (await client.get("/v1/events/page", params={"after": everything[0]["seq"], "limit": 1})).json()
    assert [event["words"] for event in rest] == ["two"]
