"""A machine that is reached by SSH goes away while jobs run there: its SSH server, the login, the machine itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.far import ALIAS, connection, faraway
from tests.faults.patience import QUESTIONS, all_right, fates, logged_in, patient, prompts, told_to_end, tries
from tests.faults.running import Running, described, runs, until, witness
from tests.infra.ssh.door import TwoFactorDoor
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.machine import Machine, running_machine
from tests.infra.ssh.sshd import Place, Sshd, running_sshd

pytestmark = [pytest.mark.faults, pytest.mark.infra]

MANY = 50
SOME = 20


# --- The SSH server --------------------------------------------------------------------------------------------------


def test_an_ssh_server_that_is_away_while_fifty_jobs_run_and_end_costs_none(far_server: Running, sshd: Sshd) -> None:
    server = far_server.start()
    server.submit(*(patient(server, number) for number in range(MANY)))
    until(lambda: fates(server) == {"running"}, "all jobs run")
    sshd.stop()
    try:
        until(lambda: "nothing listens" in standing(server), "the server says what is wrong")
        told_to_end(server, MANY)
        server.submit(*(patient(server, MANY + number) for number in range(5)))
        assert fates(server) == {"running", "queued"}
        server.kill()
        server.start()
        until(lambda: "nothing listens" in standing(server), "the next server finds it away, too")
        assert fates(server) == {"running", "queued"}
    finally:
        sshd.start()
    all_right(server, MANY + 5)


def standing(server: Running) -> str:
    """What the server says of its target."""
    return server.ask("GET", f"/targets/{ALIAS}")["words"]


# --- The machine -----------------------------------------------------------------------------------------------------


@pytest.fixture
def machine() -> Iterator[Machine]:
    with running_machine() as machine:
        yield machine


def test_a_reboot_ends_what_ran_with_its_reason_and_what_waited_goes_on(
    machine: Machine, laptop: Laptop, tmp_path: Path
) -> None:
    with running_sshd(place=Place(machine)) as sshd, faraway(tmp_path / "home", sshd, laptop) as server:
        server.start()
        described(server, limits={"running": 2})
        long = server.submit(*(witness(server.ground, f"long{n}", ["sleep", "600"]) for n in range(2)))
        queued = server.submit(*(witness(server.ground, f"queued{n}") for n in range(3)))
        until(lambda: all(server.fate(job) == "running" for job in long), "two run")
        machine.switch_off()
        sshd.stop()
        machine.switch_on()
        sshd.start()
        for number, job in enumerate(long):
            outcome = server.outcome(job, within_s=120)
            assert (outcome["kind"], outcome["cause"]) == ("failed", "node_failure"), outcome
            assert "The machine was restarted while it ran." in outcome["explanation"]
            assert runs(server.ground, f"long{number}") == 1
        assert {server.outcome(job)["kind"] for job in queued} == {"succeeded"}
        assert [runs(server.ground, f"queued{n}") for n in range(3)] == [1, 1, 1]


# --- The login -------------------------------------------------------------------------------------------------------


def test_a_login_that_runs_out_while_twenty_jobs_run_is_asked_for_once_and_all_go_on(
    two_factor_door: TwoFactorDoor, laptop: Laptop, tmp_path: Path
) -> None:
    door = two_factor_door.sshd
    with faraway(tmp_path / "home", door, laptop) as server:
        server.start()
        server.submit(*(patient(server, number) for number in range(SOME)))
        until(lambda: connection(server) == "needs_login", "the server wants a person")
        assert fates(server) == {"queued"}
        logged_in(server, two_factor_door, *QUESTIONS)
        until(lambda: fates(server) == {"running"}, "all jobs run")

        door.cut()
        until(lambda: connection(server) == "expired", "the login has run out")
        before = len(tries(door)), len(two_factor_door.asked()), prompts(server)
        told_to_end(server, SOME)
        server.submit(*(patient(server, SOME + number) for number in range(5)))
        for words in (["ls"], ["files", "job1"], ["logs", "job1"]):  # whoever looks does not start a login
            server.argosy(*words)
        assert fates(server) == {"running", "queued"}
        after = len(tries(door)), len(two_factor_door.asked()), prompts(server)
        assert after == before, "something was tried, pushed or asked before a person came"

        logged_in(server, two_factor_door, QUESTIONS[1])
        all_right(server, SOME + 5)
        assert len(two_factor_door.asked()) == before[1] + 1, "one second factor for all of them"
