"""Records on a target, good and bad, as a sync through the door takes them in."""

import os
import shutil
from pathlib import Path
from typing import Any

import httpx

from argosy.core.home import Home
from argosy.core.job import Attempt, Job, State
from argosy.core.record import Record
from argosy.server.wiring import House
from tests.store.making import FAILED, QUEUED, RUNNING, SUCCEEDED, after, attempt, job


def lay_down(home: Home, one: Job, *states: State, **fields: Any) -> Path:
    """A job's record on the target ``local``, as if Argosy had written it."""
    directory = home.local_root / "jobs" / one.id
    directory.mkdir(parents=True)
    attempts: list[Attempt] = []
    for number, state in enumerate(states, 1):
        place = {"directory": f"{directory}/attempt-{number}"} if state != QUEUED else {}
        attempts.append(attempt(one, state.model_copy(update=place), number=number))
    path = directory / "job.json"
    path.write_bytes(Record(id=one.id, job=one, attempts=tuple(attempts), **fields).text())
    return path


async def synced(client: httpx.AsyncClient, **query: str) -> dict[str, Any]:
    answer = await client.post("/v1/targets/local/sync", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_target_that_was_never_used_brings_none_and_nothing_is_wrong_with_it(client: httpx.AsyncClient) -> None:
    found = await synced(client)
    assert (found["found"], found["taken"], found["findings"]) == (0, [], [])


async def test_a_target_whose_jobs_are_known_and_whose_directory_is_gone_says_so(
    client: httpx.AsyncClient, home: Home
) -> None:
    lay_down(home, job("gone"), SUCCEEDED)
    assert len((await synced(client))["taken"]) == 1
    shutil.rmtree(home.local_root / "jobs")
    found = await synced(client)
    assert "there is no such directory" in found["findings"][0]["what"]


async def test_hundreds_of_records_come_in_once_and_in_their_order(
    client: httpx.AsyncClient, home: Home, house: House
) -> None:
    made = [job(f"n{number}", created=after(number // 50), labels={"set": "a"}) for number in range(450)]
    for one in reversed(made):
        lay_down(home, one, SUCCEEDED)
    found = await synced(client)
    assert (found["found"], found["known"], len(found["taken"])) == (450, 0, 450)
    page = (await client.get("/v1/jobs", params={"limit": 1000, "label": "set=a"})).json()["jobs"]
    expected = sorted(made, key=lambda one: (one.created, one.id), reverse=True)
    assert [row["id"] for row in page] == [one.id for one in expected]
    again = await synced(client)
    assert (again["found"], again["known"], again["taken"]) == (450, 450, [])
    assert await house.services.store.check() == ()


async def test_what_is_damaged_newer_or_strange_is_told_of_and_the_rest_comes_in(
    client: httpx.AsyncClient, home: Home
) -> None:
    good = job("good")
    lay_down(home, good, FAILED, SUCCEEDED)
    lay_down(home, job("damaged"), SUCCEEDED).write_bytes(b'{"argosy": 2, "id"')
    newer = lay_down(home, job("newer"), SUCCEEDED)
    newer.write_text(newer.read_text().replace('"argosy": 2', '"argosy": 3'))
    lost = lay_down(home, job("lost"), SUCCEEDED)
    lost.rename(lost.with_name("other.json"))
    hidden = lay_down(home, job("a directory"), SUCCEEDED)
    hidden.unlink()
    hidden.mkdir()
    fifo = lay_down(home, job("fifo"), SUCCEEDED)
    fifo.unlink()
    os.mkfifo(fifo)
    for name in ("somebody's", "new\nline", "-rf", "j" + "0" * 22, "J" + "0" * 21):
        (home.local_root / "jobs" / name).mkdir()
    found = await synced(client)
    assert found["taken"] == [good.id]
    said = [finding["what"] for finding in found["findings"]]
    assert len(said) == 3
    assert any("newer Argosy" in words for words in said)
    assert any("damaged" in words for words in said)
    assert any("8 directories there hold no record" in words for words in said)
    view = (await client.get(f"/v1/jobs/{good.id}")).json()
    assert [one["state"]["outcome"]["kind"] for one in view["attempts"]] == ["failed", "succeeded"]


async def test_a_record_longer_than_a_look_is_read_whole(client: httpx.AsyncClient, home: Home) -> None:
    long = job("long", rendered=({"name": "input.txt", "text": "x" * 3_000_000},))
    lay_down(home, long, SUCCEEDED)
    assert (await synced(client))["taken"] == [long.id]


async def test_open_jobs_of_others_are_signed_when_they_are_taken_over(
    client: httpx.AsyncClient, home: Home, house: House
) -> None:
    theirs = job("theirs")
    path = lay_down(home, theirs, RUNNING, driver="elsewhere:1234")
    found = await synced(client)
    assert found["taken"] == []
    assert "on elsewhere" in found["findings"][0]["what"]
    found = await synced(client, take_over="true")
    assert (found["taken"], found["open"], found["findings"]) == ([theirs.id], [theirs.id], [])
    assert Record.model_validate_json(path.read_bytes()).driver == house.services.reconciler.holder


async def test_an_open_job_in_a_root_that_was_moved_is_left_alone(client: httpx.AsyncClient, home: Home) -> None:
    moved = job("moved")
    path = lay_down(home, moved, RUNNING)
    path.write_text(path.read_text().replace(str(home.local_root), "/elsewhere"))
    found = await synced(client)
    assert found["taken"] == []
    assert "in another directory" in found["findings"][0]["what"]


async def test_what_was_brought_home_is_known_again(client: httpx.AsyncClient, home: Home) -> None:
    one = job("water", outputs=("*.csv",))
    lay_down(home, one, SUCCEEDED)
    place = home.attempt_home(one.id, 1) / "work"
    (place / "d").mkdir(parents=True)
    for name in ("a.csv", "d/b.csv", "c.txt"):
        (place / name).write_text("1,2\n")
    await synced(client)
    files = (await client.get(f"/v1/jobs/{one.id}/files")).json()
    assert files["at_home"] == ["a.csv", "d/b.csv"]


async def test_a_server_that_is_not_asked_changes_nothing(client: httpx.AsyncClient, home: Home) -> None:
    one = job("quiet")
    path = lay_down(home, one, SUCCEEDED)
    before = path.read_bytes()
    answer = await client.post("/v1/targets/nowhere/sync")
    assert answer.status_code == 404
    await synced(client)
    assert path.read_bytes() == before
