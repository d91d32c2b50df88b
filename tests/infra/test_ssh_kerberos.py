"""A login with a ticket: MIT's Kerberos, a real sshd that takes nothing else, and the system's ssh as the way there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.running import Running, runs, until, witness
from tests.infra.ssh.desk import Desk
from tests.infra.ssh.kerberos import Realm, running_ticket_door
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.people import person
from tests.infra.ssh.sshd import Sshd

pytestmark = [pytest.mark.infra]

TICKETS = ("GSSAPIAuthentication yes", "ServerAliveInterval 1")


@pytest.fixture(scope="module")
def door() -> Iterator[tuple[Sshd, Realm]]:
    with running_ticket_door(person()) as door:
        yield door


@pytest.fixture
def sshd(door: tuple[Sshd, Realm]) -> Sshd:
    return door[0]


@pytest.fixture
def realm(door: tuple[Sshd, Realm]) -> Realm:
    """Nobody has a ticket yet."""
    door[1].drop_tickets()
    return door[1]


@pytest.fixture
def desk(realm: Realm, tmp_path: Path) -> Iterator[Desk]:
    """A desk in the realm."""
    laptop = Laptop(tmp_path / "laptop").set_up()
    around = {"SSH_AUTH_SOCK": "", "HOME": str(laptop.home), **realm.here}
    server = Running(tmp_path / "house", extra=around)
    try:
        yield Desk(server.start(), laptop, [])
    finally:
        server.kill()


def cluster(desk: Desk, sshd: Sshd) -> str:
    """The target that only a ticket opens."""
    return desk.target(sshd, lines=TICKETS, ssh={"backend": "openssh"})


def said(desk: Desk, target: str) -> str:
    """What the server says of the connection."""
    about = desk.server.ask("GET", f"/targets/{target}/connection")
    return f"{about['state']}: {about['words']}; {about['hint']}"


def test_a_job_runs_to_its_results_with_a_ticket_and_nobody_is_asked(desk: Desk, sshd: Sshd, realm: Realm) -> None:
    realm.get_ticket(sshd.person)
    target = cluster(desk, sshd)
    submission = {"argv": ["sh", "-c", "id -un > who.txt"], "target": target, "outputs": ["who.txt"]}
    (job,) = desk.server.submit(submission)
    desk.succeeds(job)
    home = Path(desk.server.ask("GET", f"/jobs/{job}/files")["home"])
    assert (home / "who.txt").read_text().strip() == sshd.person.name
    assert "Accepted gssapi-with-mic" in sshd.log()
    assert desk.asked == []
    assert said(desk, target).startswith("connected: logged in as")


def test_without_a_ticket_jobs_wait_with_the_remedy_and_go_on_after_it(desk: Desk, sshd: Sshd, realm: Realm) -> None:
    target = cluster(desk, sshd)
    job = desk.submit(target)
    trouble = desk.trouble(job, "Kerberos: No Kerberos credentials available")
    assert trouble["code"] == "needs_login"
    assert trouble["hint"] == f"Get a ticket: kinit, then: argosy connect {target}"
    assert said(desk, target).startswith("needs_login: ")
    realm.get_ticket(sshd.person)
    desk.log_in(target)
    desk.succeeds(job)
    assert desk.asked == []


def test_a_ticket_that_runs_out_while_a_job_runs_costs_nothing(desk: Desk, sshd: Sshd, realm: Realm) -> None:
    target = cluster(desk, sshd)
    go = sshd.person.home / f"go-{target}"
    realm.get_ticket(sshd.person, lasts="20s")
    name = f"runs-{target}"
    script = f"while ! [ -e {go} ]; do sleep 0.2; done"
    (job,) = desk.server.submit(witness(sshd.person.home, name, ["sh", "-c", script]) | {"target": target})
    until(lambda: desk.server.fate(job) == "running", "it runs")
    until(lambda: not realm.has_ticket(), "the ticket has run out")

    def has_run_out() -> bool:
        """A login in the ticket's last second is still a good one, so what comes back is cut again."""
        state = said(desk, target)
        if state.startswith("connected: "):
            sshd.cut()
        return state.startswith("expired: ")

    until(has_run_out, "the login has run out")
    assert "expired" in said(desk, target).partition(": ")[2]
    assert f"kinit, then: argosy connect {target}" in said(desk, target)
    later = desk.submit(target)
    go.touch()
    assert desk.server.fate(job) == "running"
    realm.get_ticket(sshd.person)
    desk.log_in(target)
    desk.succeeds(job)
    desk.succeeds(later)
    assert runs(sshd.person.home, name) == 1
    assert desk.asked == []
