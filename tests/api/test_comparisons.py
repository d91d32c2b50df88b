"""Jobs side by side, through the door."""

from typing import Any

import httpx

from argosy.core.job import Attempt, Closed, Job, Succeeded, Witness, said
from argosy.core.outputs import Results, Scalar
from argosy.core.spec import JobSpec
from argosy.core.target import Target
from argosy.server.wiring import House
from tests.api.test_nouns import submitted
from tests.core.cases import NOW


async def compared(client: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    answer = await client.get("/v1/comparison", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def cells(found: dict[str, Any]) -> dict[str, list[Any]]:
    return {line["key"]: line["cells"] for line in found["lines"]}


async def test_jobs_that_are_named_stand_in_their_order_and_each_once(client: httpx.AsyncClient) -> None:
    first, second = await submitted(client, name="a"), await submitted(client, name="b", resources={"cpus": 2})
    found = await compared(client, job=[second, first, second])
    assert [job["name"] for job in found["jobs"]] == ["b", "a"]
    assert cells(found)["resources.cpus"] == [2, 1]
    assert cells(found)["fate"] == ["queued", "queued"]


async def test_conditions_choose_jobs_of_the_list_oldest_first_and_say_when_there_are_more(
    client: httpx.AsyncClient,
) -> None:
    for number in range(3):
        await submitted(client, name=f"run {number}", labels={"study": "ice", "number": str(number)})
    await submitted(client, name="other")
    whole = await compared(client, label="study=ice")
    assert [job["name"] for job in whole["jobs"]] == ["run 0", "run 1", "run 2"]
    assert whole["complete"]
    assert cells(whole)["labels.number"] == ["0", "1", "2"]
    newest = await compared(client, label="study=ice", limit=2)
    assert [job["name"] for job in newest["jobs"]] == ["run 1", "run 2"]
    assert not newest["complete"]
    assert (await compared(client, label="nothing"))["jobs"] == []


async def test_a_job_that_does_not_exist_is_named(client: httpx.AsyncClient) -> None:
    missing = "j1m7yv9xyyab9062r4j06t"
    for asked in ({"job": missing}, {"family": missing}):
        answer = await client.get("/v1/comparison", params=asked)
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


async def test_the_family_of_a_job_is_compared(client: httpx.AsyncClient, driven: House) -> None:
    job = await submitted(client, name="first")
    while not isinstance((await driven.services.store.attempts(job))[-1].state, Closed):
        await client.get(f"/v1/jobs/{job}")
    child = (await client.post(f"/v1/jobs/{job}/edit", json={"resources": {"cpus": 1, "memory": "100M"}})).json()
    found = await compared(client, family=child["job"]["id"])
    assert [one["id"] for one in found["jobs"]] == [job, child["job"]["id"]]
    assert cells(found)["resources.memory"] == [None, 100]
    assert cells(found)["took"][0] is not None


async def test_what_is_known_is_shown_and_what_cannot_be_read_says_why(client: httpx.AsyncClient, house: House) -> None:
    store = house.services.store
    ssh = {"host": "127.0.0.1", "port": 1, "user": "ada"}
    await store.put_target(Target.model_validate({"name": "far", "transport": "ssh", "root": "/data", "ssh": ssh}))
    for number, identity in enumerate(ids := [f"j{number:021d}" for number in range(3)]):
        spec = JobSpec(name=f"box {number}", engine="namd", target="far", argv=("namd3", "box.namd"))
        job = Job(id=identity, spec=spec, owner="ada", created=NOW, root=identity)
        evidence = said(Witness.ENGINE, "complete", NOW)
        state = Closed(directory=f"/data/jobs/{identity}/attempt-1", outcome=Succeeded(), evidence=evidence)
        await store.accept([(job, Attempt(job=identity, number=1, target="far", state=state, due=NOW))], ())
    speed = Scalar(name="speed", label="Speed", value=41.5, unit="ns/day")
    await store.keep_results(ids[2], 1, Results(scalars=(speed,)))
    found = await compared(client, job=ids)
    assert cells(found)["results.speed"] == [None, None, 41.5]
    first, second, third = (job["unread"] for job in found["jobs"])
    assert "127.0.0.1" in first
    assert second == first
    assert third == ""
