"""Which jobs go first, and which not before their time, by a real reconciler on this machine."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from argosy.server.wiring import House
from tests.api.test_bulk import bulk, ended
from tests.api.test_nouns import submitted


async def narrow(house: House) -> None:
    """One job at a time, as on a machine with one processor."""
    (local,) = await house.services.store.targets()
    limits = local.limits.model_copy(update={"running": 1})
    await house.services.store.put_target(local.model_copy(update={"limits": limits}))


async def test_the_more_urgent_job_is_started_first_though_it_came_last(
    client: httpx.AsyncClient, house: House, tmp_path: Path
) -> None:
    await narrow(house)
    log = tmp_path / "log"
    # Each takes longer than a short job, so that none stands in a lane.
    jobs = {}
    for name, priority in (("usual", 0), ("low", -5), ("urgent", 0), ("high", 7)):
        argv = ["sh", "-c", f"echo {name} >> {log}; sleep 1.2"]
        jobs[name] = await submitted(client, name=name, argv=argv, priority=priority)
    urgent = {"kind": "named", "jobs": [jobs["urgent"]]}
    assert (await bulk(client, "priority", urgent, priority=100))["spared"] == []
    driving = asyncio.create_task(house.services.reconciler.run())
    for job in jobs.values():
        await ended(client, job)
    house.services.reconciler.stop()
    await driving
    assert log.read_text().split() == ["urgent", "high", "usual", "low"]
    late = await bulk(client, "priority", urgent, priority=1)
    assert ["only a job that waits in Argosy" in one["why"] for one in late["spared"]] == [True]
    words = [event["words"] for event in (await client.get("/v1/events/page", params={"after": 0})).json()]
    assert "ada gives it the priority 100" in words


@pytest.mark.usefixtures("driven")
async def test_a_job_does_not_start_before_its_time_and_tells_what_it_waits_for(
    client: httpx.AsyncClient,
) -> None:
    begin = datetime.now(UTC) + timedelta(seconds=4)
    job = await submitted(client, begin=begin.isoformat())
    far = await submitted(client, begin="2190-01-01T00:00:00Z")
    state = (await client.get(f"/v1/jobs/{job}")).json()["attempts"][-1]["state"]
    assert (state["kind"], state["why"]) == ("waiting", f"waits until {begin:%Y-%m-%d %H:%M:%S} UTC")
    await ended(client, job)
    events = (await client.get("/v1/events/page", params={"after": 0, "job": job})).json()
    queued = [event for event in events if event["state"] and event["state"]["kind"] == "queued"]
    assert datetime.fromisoformat(queued[0]["at"]) >= begin
    assert (await client.get(f"/v1/jobs/{far}")).json()["attempts"][-1]["state"]["kind"] == "waiting"
    await client.post(f"/v1/jobs/{far}/cancel")
    await ended(client, far)
