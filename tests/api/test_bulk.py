"""One thing done to many jobs by one request."""

import asyncio
from typing import Any

import httpx
import pytest

from argosy.server.wiring import House
from tests.api.test_nouns import submitted

Said = dict[str, Any]


async def bulk(client: httpx.AsyncClient, deed: str, which: Said, *, dry_run: bool = False, **wishes: Any) -> Said:
    asked = {"which": which, "deed": {"kind": deed, **wishes}}
    answer = await client.post("/v1/jobs/bulk", params={"dry_run": dry_run}, json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def fitting(**conditions: Any) -> Said:
    return {"kind": "fitting", **conditions}


def jobs(told: Said) -> list[str]:
    return [one["job"] for one in told["touched"]]


async def fate(client: httpx.AsyncClient, job: str) -> str:
    (row,) = (await client.get("/v1/jobs", params={"text": job})).json()["jobs"]
    return row["fate"]


async def test_all_that_fit_are_cancelled_and_no_others(client: httpx.AsyncClient) -> None:
    meant = [await submitted(client, labels={"sea": "calm"}, draft=True) for _ in range(3)]
    other = await submitted(client, labels={"sea": "rough"}, draft=True)
    shown = await bulk(client, "cancel", fitting(label=["sea=calm"]), dry_run=True)
    assert (jobs(shown), shown["done"]) == (meant, False)
    assert [await fate(client, job) for job in (*meant, other)] == ["draft"] * 4
    assert jobs(await bulk(client, "cancel", fitting(label=["sea=calm"]))) == meant
    wishes = [(await client.get(f"/v1/jobs/{job}")).json()["attempts"][-1]["wish"] for job in (*meant, other)]
    assert [wish and wish["by"] for wish in wishes] == ["ada", "ada", "ada", None]


async def test_each_job_to_which_it_cannot_be_done_says_why_and_the_others_are_done(client: httpx.AsyncClient) -> None:
    waiting, draft, unknown = await submitted(client), await submitted(client, draft=True), "j" + "0" * 21
    named = {"kind": "named", "jobs": [waiting, draft, unknown, draft]}
    for dry_run in (True, False):
        told = await bulk(client, "release", named, dry_run=dry_run)
        assert jobs(told) == [draft]
        why = {one["job"]: (one["code"], one["why"]) for one in told["spared"]}
        assert why[unknown][0] == "not_found"
        assert why[waiting][0] == "conflict"
        assert "queued" in why[waiting][1]
    assert await fate(client, draft) == "queued"


async def test_without_a_word_on_fates_a_deed_is_done_to_those_that_it_is_meant_for(client: httpx.AsyncClient) -> None:
    draft = await submitted(client, draft=True)
    waiting = await submitted(client)
    assert jobs(await bulk(client, "cancel", fitting(), dry_run=True)) == [draft, waiting]
    assert jobs(await bulk(client, "remove", fitting(), dry_run=True)) == [draft]
    asked = await bulk(client, "remove", fitting(fate=["queued"]), dry_run=True)
    assert (jobs(asked), [one["job"] for one in asked["spared"]]) == ([], [waiting])


async def test_jobs_are_tried_again_and_then_removed_with_their_directories(
    client: httpx.AsyncClient, driven: House
) -> None:
    over = [await submitted(client, argv=["false"]) for _ in range(2)]
    good = await submitted(client)
    for job in (*over, good):
        await ended(client, job)
    assert jobs(await bulk(client, "retry", fitting())) == over
    for job in over:
        await ended(client, job)
        assert len((await client.get(f"/v1/jobs/{job}")).json()["attempts"]) == 2
    shown = await bulk(client, "remove", fitting(fate=["failed"]), dry_run=True)
    directories = [driven.home.local_root / "jobs" / job for job in over]
    assert [one["paths"][0] for one in shown["touched"]] == list(map(str, directories))
    assert all(directory.is_dir() for directory in directories)
    gone = await bulk(client, "remove", fitting(fate=["failed"]))
    assert (jobs(gone), gone["spared"]) == (over, [])
    assert not any(directory.exists() for directory in directories)
    assert [row["id"] for row in (await client.get("/v1/jobs")).json()["jobs"]] == [good]


async def ended(client: httpx.AsyncClient, job: str, state: str = "closed") -> None:
    async with asyncio.timeout(60):
        while (await client.get(f"/v1/jobs/{job}")).json()["attempts"][-1]["state"]["kind"] != state:  # noqa: ASYNC110  it runs on its own
            await asyncio.sleep(0.02)


async def test_labels_of_many_jobs_change_and_they_are_found_by_them(client: httpx.AsyncClient) -> None:
    one = await submitted(client, draft=True, labels={"sea": "calm", "ship": "argo"})
    two = await submitted(client, draft=True)
    told = await bulk(client, "label", fitting(), put={"sea": "rough"}, drop=["ship"])
    assert jobs(told) == [one, two]
    for words in ({"label": "sea=rough"}, {"text": "sea=rough"}):
        assert [row["id"] for row in (await client.get("/v1/jobs", params=words)).json()["jobs"]] == [two, one]
    for words in ({"label": "sea=calm"}, {"label": "ship"}, {"text": "argo"}):
        assert (await client.get("/v1/jobs", params=words)).json()["jobs"] == []
    assert (await client.get(f"/v1/jobs/{one}")).json()["job"]["spec"]["labels"] == {"sea": "rough"}
    (event,) = (await client.get("/v1/events/page", params={"job": two, "after": 0})).json()[-1:]
    assert (event["kind"], event["words"]) == ("labelled", "ada changed its labels: sea=rough, no ship")


@pytest.mark.parametrize(
    "asked",
    [
        {"which": {"kind": "all"}, "deed": {"kind": "cancel"}},
        {"which": {"kind": "fitting"}, "deed": {"kind": "sink"}},
        {"which": {"kind": "fitting"}},
        {"which": {"kind": "fitting"}, "deed": {"kind": "hold"}, "sea": "calm"},
        {"which": {"kind": "fitting"}, "deed": {"kind": "priority", "priority": 1001}},
        {"which": {"kind": "named", "jobs": ["x"]}, "deed": {"kind": "cancel"}},
        {"which": {"kind": "fitting", "sea": "calm"}, "deed": {"kind": "cancel"}},
    ],
)
async def test_what_cannot_be_understood_is_refused_whole(client: httpx.AsyncClient, asked: Said) -> None:
    assert (await client.post("/v1/jobs/bulk", json=asked)).status_code == 422
