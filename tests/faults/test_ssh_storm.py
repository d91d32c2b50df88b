"""A storm over SSH: the server is killed and the connection broken again and again at moments that nobody chose."""

import contextlib
import random

import pytest

from tests.faults.running import Gone, Running, runs, witness
from tests.infra.ssh.proxy import Proxy
from tests.infra.ssh.sshd import Sshd

pytestmark = [pytest.mark.faults, pytest.mark.infra]

KILLS = 10
JOBS_A_KILL = 10
BREAKS = 4


def test_a_hundred_jobs_over_ssh_run_once_each_whatever_is_killed_or_cut(
    proxied_server: Running, sshd: Sshd, proxy: Proxy
) -> None:
    server, dice = proxied_server, random.Random(3)
    sent = 0
    for _ in range(KILLS):
        server.start()
        for _ in range(JOBS_A_KILL):
            server.submit(witness(server.ground, f"job{sent}", dice.choice([["true"], ["sleep", "0.2"]])))
            sent += 1
        for _ in range(BREAKS):
            _let_it_work(server, dice)
            _break(sshd, proxy, dice)
        _let_it_work(server, dice)
        server.kill()
        proxy.resume()
    server.start()
    rows = {row["name"]: row["fate"] for row in server.all_closed(within_s=180)}
    assert rows == {f"job{number}": "succeeded" for number in range(sent)}
    assert [name for name in rows if runs(server.ground, name) != 1] == []
    assert proxy.connections > KILLS, "it was no storm"


def _break(sshd: Sshd, proxy: Proxy, dice: random.Random) -> None:
    """Something happens to the connection, now or a few bytes later; what stands still goes on at the next break."""
    proxy.resume()
    match dice.choice(["kill", "cut", "cut later", "stall", "nothing"]):
        case "kill":
            sshd.cut()
        case "cut":
            proxy.cut()
        case "cut later":
            proxy.after("cut", down=dice.randrange(5_000))
        case "stall":
            proxy.after("stall", up=dice.randrange(5_000))
        case _:
            pass


def _let_it_work(server: Running, dice: random.Random) -> None:
    """For a random while, counted in questions that the server answers."""
    with contextlib.suppress(Gone):
        for _ in range(dice.randrange(40)):
            server.ask("GET", "/health")
