"""Logins through the door, with jobs that wait for them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.conftest import soon
from tests.api.test_nouns import submitted
from tests.service.door_plug import SECRET, install, profile

AT = "/v1/targets/lab/desk/connection"


@pytest.fixture(autouse=True)
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up transport is installed before the house opens."""
    monkeypatch.syspath_prepend(install(tmp_path / "site"))


async def added(client: httpx.AsyncClient, root: Path, **more: object) -> None:
    answer = await client.put("/v1/targets/lab/desk", json=profile("lab/desk", root, **more))
    assert answer.status_code == 200, answer.text


async def logged_in(client: httpx.AsyncClient) -> dict[str, Any]:
    asked = (await client.post(AT)).json()
    replied = await client.post(f"{AT}/replies", json={"prompt": asked["prompt"]["id"], "texts": [SECRET]})
    assert replied.status_code == 200, replied.text
    return (await client.get(AT, params={"seen": asked["prompt"]["id"], "wait_s": 10})).json()


async def fates(client: httpx.AsyncClient) -> list[str]:
    return [row["fate"] for row in (await client.get("/v1/jobs")).json()["jobs"]]


def fated(client: httpx.AsyncClient, *wanted: str) -> Callable[[], Awaitable[bool]]:
    async def are() -> bool:
        return sorted(await fates(client)) == sorted(wanted)

    return are


async def until(what: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await what():  # noqa: ASYNC110  what is waited for is told over HTTP
            await asyncio.sleep(0.01)


def holding(secret: str, top: Path) -> list[Path]:
    return [path for path in top.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


async def test_a_login_through_the_door(client: httpx.AsyncClient, tmp_path: Path) -> None:
    await added(client, tmp_path / "desk")
    assert (await client.get(AT)).json()["state"] == "disconnected"
    asked = (await client.post(AT)).json()
    assert (asked["state"], asked["prompt"]["kind"]) == ("connecting", "password")
    assert (await client.post(AT)).json()["prompt"]["id"] == asked["prompt"]["id"]
    assert (await logged_in(client))["state"] == "connected"
    assert (await client.get("/v1/targets/lab/desk")).json()["connection"]["state"] == "connected"
    late = await client.post(f"{AT}/replies", json={"prompt": asked["prompt"]["id"], "texts": [SECRET]})
    assert late.status_code == 409
    assert SECRET not in late.text
    console = (await client.get("/v1/targets/lab/desk/console")).json()
    assert [line["kind"] for line in console["lines"]] == ["state", "login", "state"]
    assert (await client.get("/v1/targets/lab/desk/usage")).json()["hours"][0]["logins"] == 1
    assert (await client.delete(AT)).json()["state"] == "disconnected"
    for path in (AT, "/v1/targets/lab/desk/console", "/v1/targets/lab/desk/usage"):
        assert (await client.get(path.replace("desk", "none"))).status_code == 404


async def test_a_refused_request_does_not_say_what_was_answered(client: httpx.AsyncClient, tmp_path: Path) -> None:
    await added(client, tmp_path / "desk")
    asked = (await client.post(AT)).json()["prompt"]["id"]
    bad: list[dict[str, Any]] = [
        {"json": {"prompt": asked, "texts": [SECRET, SECRET]}},
        {"json": {"prompt": asked, "texts": {"a": SECRET}}},
        {"json": {"prompt": asked, "texts": SECRET}},
        {"json": {"prompt": asked, "text": SECRET}},
        {"json": {"prompt": [SECRET], "texts": [SECRET]}},
        {"json": {"prompt": asked, "texts": [[SECRET]]}},
        {"content": f'{{"prompt": "{asked}", "texts": ["{SECRET}"'},
        {"json": {"prompt": asked, "texts": [SECRET]}, "params": {"more": "1"}},
    ]
    for request in bad:
        answer = await client.post(f"{AT}/replies", **request)
        assert answer.status_code == 422, answer.text
        assert SECRET not in answer.text
    assert (await client.get(AT)).json()["prompt"]["id"] == asked


@pytest.mark.usefixtures("driven")
async def test_jobs_wait_for_the_login_say_so_and_go_on_at_once(client: httpx.AsyncClient, tmp_path: Path) -> None:
    await added(client, tmp_path / "desk")
    jobs = [await submitted(client, target="lab/desk") for _ in range(20)]

    async def waits() -> bool:
        return (await client.get("/v1/jobs")).json()["need_login"] == ["lab/desk"]

    await until(waits)
    attempt = (await client.get(f"/v1/jobs/{jobs[0]}")).json()["attempts"][-1]
    assert attempt["state"]["kind"] == "queued"
    assert attempt["trouble"]["code"] == "needs_login"
    assert "waits for your login" in attempt["trouble"]["message"]
    assert attempt["trouble"]["hint"] == "argosy connect lab/desk"
    cancelled = await client.post(f"/v1/jobs/{jobs[-1]}/cancel")
    assert cancelled.status_code == 200
    await until(fated(client, *["queued"] * 19, "cancelled"))
    await logged_in(client)
    began = time.monotonic()
    await soon(lambda: any((tmp_path / "desk" / "jobs").glob("*")))
    assert time.monotonic() - began < 1
    await until(fated(client, *["succeeded"] * 19, "cancelled"))
    events = (await client.get("/v1/events/page", params={"limit": 1000})).json()
    asked = [event for event in events if event["kind"] == "connection" and "asks:" in event["words"]]
    assert len(asked) == 1


@pytest.mark.usefixtures("driven")
async def test_jobs_of_a_target_that_the_user_left_wait_and_run_on(client: httpx.AsyncClient, tmp_path: Path) -> None:
    await added(client, tmp_path / "desk", asks="")
    job = (
        await client.post(
            "/v1/jobs", json=[{"argv": ["sh", "-c", "until [ -e go ]; do sleep 0.05; done"], "target": "lab/desk"}]
        )
    ).json()[0]["job"]["id"]
    await until(fated(client, *["running"]))
    directory = (await client.get(f"/v1/jobs/{job}")).json()["attempts"][-1]["state"]["directory"]
    await client.delete(AT)
    second = await submitted(client, target="lab/desk")
    (Path(directory) / "work" / "go").touch()
    await soon(lambda: any(Path(directory).glob("exit*")))
    trouble = (await client.get(f"/v1/jobs/{second}")).json()["attempts"][-1]["trouble"]
    assert "you have disconnected it" in trouble["message"]
    assert sorted(await fates(client)) == ["queued", "running"]
    await client.post(AT)
    await until(fated(client, *["succeeded", "succeeded"]))


@pytest.mark.usefixtures("driven")
async def test_a_window_that_asks_too_much_is_told_so(client: httpx.AsyncClient, tmp_path: Path) -> None:
    rates = {"commands_per_s": 0.1, "burst": 12, "waiting": 1}
    await added(client, tmp_path / "desk", asks="", rates=rates)
    job = await submitted(client, target="lab/desk")
    await until(fated(client, *["succeeded"]))

    async def text(start: int) -> httpx.Response:
        return await client.get(f"/v1/jobs/{job}/text", params={"path": "script", "start": start})

    asked = [asyncio.create_task(text(start)) for start in range(20)]
    done, others = await asyncio.wait(asked, timeout=3)
    for task in others:
        task.cancel()
    refused = [task.result() for task in done if task.result().status_code == 503]
    assert refused
    assert refused[0].json()["code"] == "busy"
    usage = (await client.get("/v1/targets/lab/desk/usage")).json()
    assert usage["refused"] == len(refused)


@pytest.mark.usefixtures("driven")
async def test_no_trace_of_a_secret_is_left_in_the_house(client: httpx.AsyncClient, tmp_path: Path) -> None:
    await added(client, tmp_path / "desk")
    await logged_in(client)
    await submitted(client, target="lab/desk")
    await until(fated(client, *["succeeded"]))
    assert holding(SECRET, tmp_path) == []
