import asyncio
import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from argosy.api.door import Door
from tests.api.conftest import PORT, TOKEN

BEARER = {"Authorization": f"Bearer {TOKEN}"}
SHAPE = {"code", "message", "hint", "findings"}


def addresses(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and path that the app answers, filled with words that fit."""
    for route in iter_route_contexts(app.routes):
        path = re.sub(r"\{job\}", "j" + "0" * 21, route.path or "")
        path = re.sub(r"\{sha256\}", "0" * 64, path)
        path = re.sub(r"\{[^}]*\}", "name", path)
        for method in sorted(route.methods or ()):
            yield method, path


async def test_no_route_answers_without_the_token(app: FastAPI, stranger: httpx.AsyncClient) -> None:
    asked = list(addresses(app))
    assert len(asked) > 30
    for method, path in asked:
        answer = await stranger.request(method, path)
        assert answer.status_code == 401, (method, path)
        assert answer.headers["www-authenticate"] == "Bearer"
        if method != "HEAD":
            assert set(answer.json()) == SHAPE


async def test_what_does_not_exist_is_hidden_from_strangers(stranger: httpx.AsyncClient) -> None:
    for path in ("/", "/docs", "/redoc", "/openapi.json", "/v1/nothing", "/../etc/passwd"):
        assert (await stranger.get(path)).status_code == 401, path


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"bearer{TOKEN}",
        f"Basic {TOKEN}",
        TOKEN,
        "Bearer \xff\xfe",
    ],
)
async def test_a_wrong_token_does_not_open_the_door(stranger: httpx.AsyncClient, value: str) -> None:
    answer = await stranger.get("/v1/health", headers={"Authorization": value.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorised"
    assert TOKEN not in answer.text


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"[::1]:{PORT}", f"LOCALHOST:{PORT}"])
async def test_the_names_of_this_machine_are_welcome(stranger: httpx.AsyncClient, host: str) -> None:
    assert (await stranger.get("/v1/health", headers={**BEARER, "Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", f"127.0.0.1:{PORT + 1}", f"127.0.0.1:{PORT}.evil", ""]
)
async def test_a_request_meant_for_another_host_is_refused(stranger: httpx.AsyncClient, host: str) -> None:
    answer = await stranger.get("/v1/health", headers={**BEARER, "Host": host})
    assert answer.status_code == 401
    assert "not addressed" in answer.json()["message"]


async def test_two_hosts_are_refused(stranger: httpx.AsyncClient) -> None:
    request = stranger.build_request("GET", "/v1/health", headers=BEARER)
    request.headers = httpx.Headers([*request.headers.raw, (b"host", b"evil.example")])
    assert (await stranger.send(request)).status_code == 401


@pytest.mark.parametrize("origin", ["null", "http://evil.example", f"https://127.0.0.1:{PORT}", "http://localhost", ""])
async def test_pages_from_elsewhere_are_refused(stranger: httpx.AsyncClient, origin: str) -> None:
    answer = await stranger.get("/v1/health", headers={**BEARER, "Origin": origin})
    assert answer.status_code == 401
    assert "page from somewhere else" in answer.json()["message"]


async def test_our_own_pages_are_welcome(stranger: httpx.AsyncClient) -> None:
    for origin in (f"http://127.0.0.1:{PORT}", f"http://localhost:{PORT}"):
        assert (await stranger.get("/v1/health", headers={**BEARER, "Origin": origin})).status_code == 200


async def test_no_answer_invites_other_origins(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/health")
    assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_websockets_are_hung_up_on(app: FastAPI) -> None:
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    await app({"type": "websocket", "path": "/v1/health", "headers": []}, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]


async def test_a_stopping_server_takes_no_more_requests(client: httpx.AsyncClient, door: Door) -> None:
    assert (await client.post("/v1/server/stop")).status_code == 202
    assert door.stopping.is_set()
    answer = await client.post("/v1/jobs", json=[{"argv": ["true"]}])
    assert answer.status_code == 503
    assert answer.json()["code"] == "server_down"


async def test_only_requests_of_the_owner_keep_the_server_awake(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, door: Door
) -> None:
    await client.get("/v1/health")
    await asyncio.sleep(0.02)
    quiet_s = door.traffic.quiet_s()
    assert quiet_s >= 0.02
    await stranger.get("/v1/health", headers={"Authorization": "Bearer wrong"})
    assert door.traffic.quiet_s() >= quiet_s
    await client.get("/v1/health")
    assert door.traffic.quiet_s() < quiet_s
