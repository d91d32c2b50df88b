"""The output of jobs that are over, when their target has it no more or cannot be asked."""

import shutil
from datetime import datetime
from pathlib import Path

import httpx

from argosy.core.home import Home
from argosy.core.job import Closed
from argosy.core.views import FILE_KEPT
from argosy.server.wiring import House
from tests.api.test_nouns import submitted


async def over(client: httpx.AsyncClient, house: House, script: str, **more: object) -> str:
    """A job that has run."""
    job = await submitted(client, argv=["sh", "-c", script], **more)
    while not isinstance((await house.services.store.attempts(job))[-1].state, Closed):
        await client.get(f"/v1/jobs/{job}")
    return job


async def stream(client: httpx.AsyncClient, job: str, path: str = "stdout") -> httpx.Response:
    return await client.get(f"/v1/jobs/{job}/file", params={"path": path})


async def lose(house: House, job: str) -> None:
    """Its directory is gone."""
    state = (await house.services.store.attempts(job))[-1].state
    shutil.rmtree(Path(str(getattr(state, "directory", ""))).parent)


async def test_the_streams_of_a_job_outlive_its_directory_and_it_is_said_when_they_were_read(
    client: httpx.AsyncClient, driven: House
) -> None:
    job = await over(client, driven, r"printf 'a\377b\n'; echo bad >&2; echo x > file")
    there = await stream(client, job)
    assert (there.content, FILE_KEPT in there.headers) == (b"a\xffb\n", False)
    await lose(driven, job)
    for path, content in (("stdout", b"a\xffb\n"), ("stderr", b"bad\n")):
        kept = await stream(client, job, path)
        assert (kept.status_code, kept.content) == (200, content)
        assert datetime.fromisoformat(kept.headers[FILE_KEPT]).tzinfo is not None
    text = (await client.get(f"/v1/jobs/{job}/text", params={"path": "stdout", "start": -2})).json()
    assert (text["text"], text["start"], text["over"]) == ("b\n", 2, True)
    assert text["kept"] is not None
    assert (await stream(client, job, "work/file")).status_code == 404


async def test_of_a_long_stream_its_beginning_and_its_end_are_kept(client: httpx.AsyncClient, driven: House) -> None:
    job = await over(client, driven, "echo first; head -c 300000 /dev/zero; echo last; echo short >&2")
    whole = (await stream(client, job)).content
    await lose(driven, job)
    kept = (await stream(client, job)).content
    assert len(whole) == 300_011
    assert kept.startswith(b"first\n")
    assert kept.endswith(b"last\n")
    assert len(kept) < 100_000
    left_out = len(whole) - 16_384 - 65_536
    assert f"\n[argosy: {left_out:,} bytes are left out here]\n".encode() in kept
    assert (await stream(client, job, "stderr")).content == b"short\n"


async def test_a_target_that_does_not_answer_is_no_reason_to_show_nothing(
    client: httpx.AsyncClient, driven: House, tmp_path: Path
) -> None:
    (tmp_path / "away").mkdir()
    here = {"name": "away", "transport": "local", "scheduler": "process", "root": str(tmp_path / "away")}
    assert (await client.put("/v1/targets/away", json=here)).status_code == 200
    job = await over(client, driven, "echo heard", target="away")
    ssh = {"host": "127.0.0.1", "port": 1, "user": "ada"}
    gone = {**here, "transport": "ssh", "ssh": ssh}
    assert (await client.put("/v1/targets/away", json=gone)).status_code == 200
    kept = await stream(client, job)
    assert (kept.status_code, kept.content) == (200, b"heard\n")
    assert FILE_KEPT in kept.headers


async def test_what_was_not_kept_when_it_closed_is_kept_when_it_is_asked_for(
    client: httpx.AsyncClient, driven: House, home: Home
) -> None:
    job = await over(client, driven, "echo late")
    home.kept_log(job, 1).unlink()
    assert (await stream(client, job)).content == b"late\n"
    await lose(driven, job)
    assert (await stream(client, job)).content == b"late\n"


async def test_what_was_kept_goes_with_its_job(client: httpx.AsyncClient, driven: House, home: Home) -> None:
    job = await over(client, driven, "echo gone")
    assert home.kept_log(job, 1).is_file()
    assert (await client.delete(f"/v1/jobs/{job}")).status_code == 200
    assert not home.kept_log(job, 1).exists()


async def test_a_job_ends_as_it_should_where_nothing_can_be_kept(
    client: httpx.AsyncClient, driven: House, home: Home
) -> None:
    home.kept_logs.write_text("a file where the directory should be")
    job = await over(client, driven, "echo said")
    assert (await client.get(f"/v1/jobs/{job}")).json()["attempts"][-1]["state"]["outcome"]["kind"] == "succeeded"
    assert (await stream(client, job)).content == b"said\n"
