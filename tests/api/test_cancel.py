"""A job that takes its time to stop."""

import httpx
import pytest

from tests.api.test_bulk import ended
from tests.api.test_nouns import submitted

STUBBORN = ["sh", "-c", 'trap "" TERM; echo ready; while :; do sleep 0.1; done']


@pytest.mark.usefixtures("driven")
async def test_what_was_told_to_stop_is_killed_when_somebody_cannot_wait(client: httpx.AsyncClient) -> None:
    job = await submitted(client, argv=STUBBORN)
    await ended(client, job, "running")
    assert (await client.post(f"/v1/jobs/{job}/cancel")).json()["attempts"][-1]["wish"]["forced"] is False
    told = {"which": {"kind": "named", "jobs": [job]}, "deed": {"kind": "cancel", "now": True}}
    assert (await client.post("/v1/jobs/bulk", json=told)).json()["spared"] == []
    await ended(client, job)
    view = (await client.get(f"/v1/jobs/{job}")).json()
    outcome = view["attempts"][-1]["state"]["outcome"]
    assert (outcome["kind"], outcome["by"]) == ("cancelled", "ada")
    assert "killed at once" in outcome["explanation"]
    events = (await client.get("/v1/events/page", params={"after": 0, "job": job})).json()
    assert [event["words"] for event in events if event["kind"] == "wish"] == [
        "ada wants it cancelled",
        "ada wants it killed at once",
    ]
