import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx

from argosy.core.home import Home
from argosy.core.views import FILE_OVER, FILE_SIZE
from argosy.server.wiring import House
from tests.api.conftest import Listening, owner_of, soon

PIECE = b"water" * 20_000


def lying_there(home: Home) -> int:
    """Bytes below the contents now."""
    return sum(path.stat().st_size for path in home.contents.rglob("*") if path.is_file())


async def test_a_content_arrives_and_is_no_longer_missing(client: httpx.AsyncClient, home: Home) -> None:
    sha256 = hashlib.sha256(PIECE).hexdigest()
    other = "0" * 64
    assert (await client.post("/v1/content/missing", json=[sha256, other])).json() == [sha256, other]
    answer = await client.put(f"/v1/content/{sha256}", content=PIECE)
    assert answer.status_code == 200
    assert answer.json() == {"kind": "content", "sha256": sha256, "size": len(PIECE)}
    assert (await client.post("/v1/content/missing", json=[sha256, other])).json() == [other]
    assert (await client.put(f"/v1/content/{sha256}", content=PIECE)).status_code == 200
    assert lying_there(home) == len(PIECE)


async def test_a_content_may_be_larger_than_any_json(client: httpx.AsyncClient) -> None:
    whole = bytes(40 * 1024 * 1024)
    sha256 = hashlib.sha256(whole).hexdigest()
    assert (await client.put(f"/v1/content/{sha256}", content=whole)).json()["size"] == len(whole)


async def test_a_content_is_written_while_it_comes(listening: Listening, home: Home) -> None:
    whole = PIECE * 200
    seen: list[int] = []

    async def pieces() -> AsyncIterator[bytes]:
        for begin in range(0, len(whole), len(PIECE)):
            yield whole[begin : begin + len(PIECE)]
            await asyncio.sleep(0)
            seen.append(lying_there(home))

    async with owner_of(listening) as client:
        answer = await client.put(f"/v1/content/{hashlib.sha256(whole).hexdigest()}", content=pieces())
    assert answer.json()["size"] == len(whole)
    assert max(seen) > 0, "nothing was on disk before the last piece was sent"


async def test_a_content_with_another_hash_is_refused_and_nothing_stays(client: httpx.AsyncClient, home: Home) -> None:
    answer = await client.put(f"/v1/content/{'0' * 64}", content=PIECE)
    assert answer.status_code == 422
    assert answer.json()["code"] == "bad_input"
    assert lying_there(home) == 0


async def test_a_content_that_breaks_off_leaves_nothing(listening: Listening, home: Home) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", listening.door.port)
    head = (
        f"PUT /v1/content/{'0' * 64} HTTP/1.1\r\nHost: 127.0.0.1:{listening.door.port}\r\nContent-Length: 9000000\r\n"
    )
    writer.write(f"{head}Authorization: Bearer {listening.door.token}\r\n\r\n".encode() + PIECE * 30)
    await writer.drain()
    await soon(lambda: lying_there(home))
    writer.close()
    del reader
    await soon(lambda: not listening.door.traffic.open)
    assert lying_there(home) == 0


async def closed_job(client: httpx.AsyncClient, *argv: str) -> str:
    """The id of a job that has run to its end."""
    made = await client.post("/v1/jobs", json=[{"argv": argv}])
    assert made.status_code == 201, made.text
    job = made.json()[0]["job"]["id"]
    async with asyncio.timeout(30):
        while True:
            state = (await client.get(f"/v1/jobs/{job}")).json()["attempts"][-1]["state"]
            if state["kind"] == "closed":
                assert state["outcome"]["kind"] == "succeeded", state
                return job
            await asyncio.sleep(0.02)


async def test_a_file_comes_back_byte_for_byte(driven: House, client: httpx.AsyncClient, tmp_path: Path) -> None:
    job = await closed_job(
        client, "sh", "-c", "head -c 3000000 /dev/urandom | tee noise | sha256sum; printf '\\377\\0'"
    )
    async with client.stream("GET", f"/v1/jobs/{job}/file", params={"path": "work/noise"}) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/octet-stream"
        digest = hashlib.sha256()
        async for piece in answer.aiter_bytes():
            digest.update(piece)
    said = await client.get(f"/v1/jobs/{job}/file", params={"path": "stdout"})
    assert said.content == digest.hexdigest().encode() + b"  -\n\xff\x00"
    text = (await client.get(f"/v1/jobs/{job}/text", params={"path": "stdout", "limit": 10})).json()
    assert text["text"] == digest.hexdigest()[:10]
    listing = (await client.get(f"/v1/jobs/{job}/files")).json()
    assert [(file["path"], file["size"]) for file in listing["files"]] == [("noise", 3_000_000)]
    del driven, tmp_path


async def test_a_missing_file_is_an_error_and_not_an_empty_answer(driven: House, client: httpx.AsyncClient) -> None:
    job = await closed_job(client, "true")
    answer = await client.get(f"/v1/jobs/{job}/file", params={"path": "work/nothing"})
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    outside = await client.get(f"/v1/jobs/{job}/file", params={"path": "work/../../job.json"})
    assert outside.status_code == 422
    del driven


async def until(
    holds: Callable[[httpx.Response], bool], client: httpx.AsyncClient, url: str, params: dict[str, str | int]
) -> httpx.Response:
    """The first answer of which this holds."""
    async with asyncio.timeout(30):
        while True:
            answer = await client.get(url, params=params)
            if holds(answer):
                return answer
            await asyncio.sleep(0.02)


async def test_the_rest_of_a_file_comes_with_its_size_and_whether_more_will_come(
    driven: House, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    script = 'printf "abc\\377"; while [ ! -e "$1" ]; do sleep 0.02; done; printf "\\303\\251"'
    made = await client.post("/v1/jobs", json=[{"argv": ["sh", "-c", script, "sh", str(go)]}])
    job = made.json()[0]["job"]["id"]
    url, asked = f"/v1/jobs/{job}/file", {"path": "stdout"}
    answer = await until(lambda answer: answer.content == b"abc\xff", client, url, asked)
    assert (answer.headers[FILE_SIZE], answer.headers[FILE_OVER]) == ("4", "no")
    assert (await client.get(url, params={**asked, "start": 4})).content == b""
    go.touch()
    answer = await until(lambda answer: answer.headers[FILE_OVER] == "yes", client, url, {**asked, "start": 4})
    assert (answer.content, answer.headers[FILE_SIZE]) == (b"\xc3\xa9", "6")
    assert (await client.get(url, params={**asked, "start": 5})).content == b"\xa9"
    beyond = await client.get(url, params={**asked, "start": 7})
    assert (beyond.status_code, beyond.content, beyond.headers[FILE_SIZE]) == (200, b"", "6")
    del driven
