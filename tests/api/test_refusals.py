import httpx
import pytest

from argosy.core.errors import ArgosyError, BadInput, NotFound
from argosy.server.wiring import House

SHAPE = {"code", "message", "hint", "findings"}
NOBODY = "j" + "0" * 21


async def test_an_unknown_address_says_so_in_our_shape(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/nothing")
    assert answer.status_code == 404
    assert set(answer.json()) == SHAPE
    assert answer.json()["code"] == "not_found"
    assert "/v1/nothing" in answer.json()["message"]
    assert answer.json()["hint"]


async def test_a_wrong_method_names_all_that_would_do(client: httpx.AsyncClient) -> None:
    answer = await client.patch("/v1/jobs")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"
    assert "GET, POST" in answer.json()["hint"]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("GET", "/v1/jobs?limit=0", None, "limit"),
        ("GET", "/v1/jobs?since=yesterday", None, "since"),
        ("GET", "/v1/jobs?colour=red", None, "colour"),
        ("GET", "/v1/events/page?colour=red&limit=1", None, "colour"),
        ("GET", "/v1/events?after=1&colour=red", None, "colour"),
        ("GET", "/v1/targets?colour=red", None, "colour"),
        ("GET", "/v1/jobs/find", None, "words"),
        ("GET", "/v1/jobs/nonsense", None, "job"),
        ("GET", f"/v1/jobs/{NOBODY}/results?attempt=0", None, "attempt"),
        ("GET", f"/v1/jobs/{NOBODY}/text", None, "path"),
        ("POST", "/v1/jobs", [{"argv": ["true"], "colour": "red"}], "0.colour"),
        ("POST", "/v1/jobs", [{"argv": ["true"], "retries": 9}], "0.retries"),
        ("POST", "/v1/jobs", [], "body"),
        ("POST", "/v1/jobs/preview", {"argv": ["true"], "labels": {"a b": "c"}}, "labels.a b"),
        ("PUT", "/v1/content/xyz", None, "sha256"),
        ("PUT", "/v1/settings/server.port", {}, "value"),
        ("PUT", "/v1/targets/here", {"name": "here", "root": "relative"}, "root"),
        ("PUT", "/v1/targets/one%0Atwo", {"name": "one", "root": "/one"}, "name"),
        ("PUT", "/v1/targets/one%0A", {"name": "one", "root": "/one"}, "name"),
        ("GET", "/v1/targets/one%0Atwo", None, "name"),
    ],
)
async def test_a_request_that_is_not_understood_names_the_field(
    client: httpx.AsyncClient, method: str, path: str, body: object, field: str
) -> None:
    answer = await client.request(method, path, json=body)
    assert answer.status_code == 422, answer.text
    shape = answer.json()
    assert set(shape) == SHAPE
    assert shape["code"] == "bad_input"
    assert [finding["where"] for finding in shape["findings"]] == [field]
    assert field in shape["message"]
    assert shape["findings"][0]["what"]


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'[{"argv": ["\\ud800"]}]', b"[" * 100_000])
async def test_a_body_that_is_no_json_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/v1/jobs", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert set(answer.json()) == SHAPE


async def test_the_error_of_the_service_arrives_as_it_was_raised(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/v1/jobs/{NOBODY}")
    assert answer.status_code == 404
    assert isinstance(ArgosyError.from_wire(answer.json()), NotFound)


async def test_a_setting_that_does_not_exist_lists_those_that_do(client: httpx.AsyncClient) -> None:
    answer = await client.put("/v1/settings/server.colour", json={"value": "red"})
    assert answer.status_code == 422
    trouble = ArgosyError.from_wire(answer.json())
    assert isinstance(trouble, BadInput)
    assert "server.idle_exit_s" in trouble.hint


async def test_a_json_body_has_a_limit(client: httpx.AsyncClient) -> None:
    body = b'["' + b"x" * (33 * 1024 * 1024) + b'"]'
    answer = await client.post("/v1/jobs", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_much"
    assert set(answer.json()) == SHAPE


async def test_a_json_body_without_a_length_has_the_same_limit(client: httpx.AsyncClient) -> None:
    taken = 0

    async def endless():  # noqa: ANN202
        nonlocal taken
        while taken < 64:
            taken += 1
            yield b"[" * 1024 * 1024

    answer = await client.post("/v1/jobs", content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert set(answer.json()) == SHAPE
    assert taken < 40


async def test_a_fault_inside_tells_nothing_but_where_to_look(client: httpx.AsyncClient, house: House) -> None:
    await house.services.store.close()
    answer = await client.get("/v1/jobs")
    assert answer.status_code == 500
    assert set(answer.json()) == SHAPE
    assert "Traceback" not in answer.text
    assert "sqlalchemy" not in answer.text.lower()
    assert answer.json()["hint"]
