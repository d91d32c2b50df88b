"""A storm: hundreds of jobs while the server is killed again and again at moments that nobody chose."""

import contextlib
import random

import pytest

from tests.faults.running import Gone, Running, runs, witness

pytestmark = [pytest.mark.faults, pytest.mark.infra]

KILLS = 12
JOBS_A_KILL = 20


@pytest.mark.parametrize("seed", [1, 2])
def test_a_server_killed_at_random_moments_runs_every_accepted_job_once(server: Running, seed: int) -> None:
    dice = random.Random(seed)
    accepted: list[str] = []
    sent = 0
    for _ in range(KILLS):
        server.start()
        with contextlib.suppress(Gone):
            for _ in range(JOBS_A_KILL):
                server.submit(witness(server.top, f"job{sent}", dice.choice([["true"], ["sleep", "0.2"]])))
                accepted.append(f"job{sent}")
                sent += 1
        _let_it_work(server, dice)
        server.kill()
    server.start()
    rows = {row["name"]: row["fate"] for row in server.all_closed(within_s=180)}
    assert rows.keys() >= set(accepted), "an accepted job was lost"
    assert set(rows.values()) == {"succeeded"}
    assert [name for name in rows if runs(server.top, name) != 1] == []


def _let_it_work(server: Running, dice: random.Random) -> None:
    """For a random while, counted in questions that the server answers."""
    for _ in range(dice.randrange(40)):
        server.ask("GET", "/health")
