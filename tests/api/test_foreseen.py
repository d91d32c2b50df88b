"""What is foreseen of a run comes through the door: with its preview, and with its view while it runs."""

from datetime import UTC, datetime

import httpx

from argosy.core.grant import Grant
from argosy.core.job import Progress, Running, Witness, said
from argosy.core.memory import Move
from argosy.server.wiring import House
from tests.engines.namd.system import OWN_CONFIG

NOW = datetime(2026, 1, 2, tzinfo=UTC)
CONFIG = f"""{OWN_CONFIG}\
outputname o
outputEnergies 1000
timestep 2
stepspercycle 20
restartfreq 100000
dcdfreq 1000
run 1000000
"""


def asked(config: str = CONFIG, **more: object) -> dict[str, object]:
    return {"template": "namd/config", "values": {"config": config}, "resources": {"walltime": "24h"}, **more}


def told(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [f"{one['what']}. {one['remedy']}" for one in answer.json()["findings"]]


async def test_the_preview_tells_of_a_lot_of_output(client: httpx.AsyncClient) -> None:
    long = CONFIG.replace("outputEnergies 1000", "outputEnergies 10").replace("run 1000000", "run 1000000000")
    said_of_it = told(await client.post("/v1/jobs/preview", json=asked(long)))
    assert [words for words in said_of_it if words.startswith("the run will leave about 32.0 GB")]


async def test_the_speed_of_a_run_advises_it_and_the_next_one(client: httpx.AsyncClient, house: House) -> None:
    made = await client.post("/v1/jobs", json=[asked()])
    assert made.status_code == 201, made.text
    job = made.json()[0]["job"]["id"]
    assert told(await client.get(f"/v1/jobs/{job}")) == []
    store = house.services.jobs.store
    attempt = (await store.attempts_of([job]))[job]
    running = Running(handle="1", directory="/d", since=NOW, evidence=said(Witness.SCHEDULER, "R", NOW))
    # At 1.728 ns/day a step of 2 fs takes 0.1 s.
    progress = Progress(step=10, rate=1.728, rate_unit="ns/day")
    after = attempt.model_copy(update={"state": running, "progress": progress})
    assert await store.change(Move(attempt=after, seen=attempt.version, at=NOW))
    advice = "at 1.73 ns/day it can be gone on from what it writes every 2h 46m 40s. Take 8,000: one every 13m 20s."
    assert told(await client.get(f"/v1/jobs/{job}")) == [advice]
    assert advice in told(await client.post("/v1/jobs/preview", json=asked(after=[job])))
    assert advice not in told(await client.post("/v1/jobs/preview", json=asked()))


async def test_a_walltime_that_somebody_lowered_warns_of_a_run_that_will_not_be_through(
    client: httpx.AsyncClient, house: House
) -> None:
    made = await client.post("/v1/jobs", json=[asked()])
    job = made.json()[0]["job"]["id"]
    store = house.services.jobs.store
    attempt = (await store.attempts_of([job]))[job]
    running = Running(handle="1", directory="/d", since=datetime.now(UTC), evidence=said(Witness.SCHEDULER, "R", NOW))
    after = attempt.model_copy(update={"state": running, "progress": Progress(step=10, remaining_s=7_200)})
    assert await store.change(Move(attempt=after, seen=attempt.version, at=NOW))
    assert told(await client.get(f"/v1/jobs/{job}")) == []
    (seen,) = (await client.get(f"/v1/jobs/{job}")).json()["attempts"]
    lowered = after.model_copy(update={"granted": Grant(walltime_s=3_600), "version": seen["version"]})
    assert await store.change(Move(attempt=lowered, seen=seen["version"], at=NOW))
    (words,) = told(await client.get(f"/v1/jobs/{job}"))
    assert words.startswith("at its speed it needs 2h more, but its walltime is over in ")
