"""A cluster behind SSH on bad days: packets vanish, the login runs out, no room is left on its disk, users are many."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from argosy.service.marks import Mark
from tests.faults.clusters import PATIENCE_S, leaving_no_job
from tests.faults.conftest import SLURM
from tests.faults.far import ALIAS, IMPATIENT, connection, faraway, profile
from tests.faults.halting_server import HALTED
from tests.faults.patience import QUESTIONS, all_right, fates, logged_in, patient, prompts, told_to_end, tries
from tests.faults.running import Running, runs, until, witness
from tests.infra.slurm.cluster import Cluster
from tests.infra.ssh.door import TwoFactorDoor
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.people import Person, person
from tests.infra.ssh.quota import Quota, fill_up, running_quota
from tests.infra.ssh.sshd import Sshd, running_sshd
from tests.infra.ssh.wire import Wire, wired

pytestmark = [pytest.mark.faults, pytest.mark.infra]

SOME = 5
NODE = "c4"
"""The last that Slurm takes for jobs of other tests."""
THERE = {"slurm": {"extra": [f"--nodelist={NODE}"]}}


@pytest.fixture(scope="module")
def wired_login_node(login_node: Sshd) -> Iterator[tuple[Wire, Sshd]]:
    with wired(login_node) as both:
        yield both


@pytest.mark.parametrize(
    ("mark", "answers"), [(Mark.LAUNCH_BEGUN, True), (Mark.WATCH_BEGUN, False)], ids=["start-answered", "listing-asked"]
)
def test_packets_that_vanish_while_slurm_is_asked_cost_no_job(
    slurm: Cluster,
    wired_login_node: tuple[Wire, Sshd],
    laptop: Laptop,
    tmp_path: Path,
    *,
    mark: Mark,
    answers: bool,
) -> None:
    wire, door = wired_login_node
    with faraway(tmp_path / "home", door, laptop, **SLURM) as server, leaving_no_job(slurm, server.ground):
        server.start("tests.faults.halting_server", str(server.top), mark)
        jobs = server.submit(*(witness(server.ground, f"job{one}", ["sleep", "1"]) for one in range(3)))
        until((server.top / HALTED).exists, f"the server passes the mark {mark}", within_s=PATIENCE_S)
        (wire.mute if answers else wire.fall)()
        try:
            (server.top / HALTED).unlink()
            until(lambda: connection(server) != "connected", "the server gives up the connection", within_s=PATIENCE_S)
        finally:
            wire.rise()
        assert {server.outcome(job, within_s=PATIENCE_S)["kind"] for job in jobs} == {"succeeded"}
        assert [runs(server.ground, f"job{one}") for one in range(3)] == [1, 1, 1]
        assert {row["id"] for row in server.jobs()} == set(jobs)


def test_a_login_that_runs_out_while_slurm_runs_jobs_is_asked_for_once_and_all_go_on(
    slurm: Cluster, two_factor_door: TwoFactorDoor, laptop: Laptop, tmp_path: Path
) -> None:
    door, site = two_factor_door.sshd, {"setup": [f"export SLURM_CONF={slurm.conf}"]}
    with (
        faraway(tmp_path / "home", door, laptop, **SLURM, slurm=site) as server,
        leaving_no_job(slurm, server.ground),
    ):
        server.start()
        server.submit(*(patient(server, number) for number in range(SOME)))
        until(lambda: connection(server) == "needs_login", "the server wants a person")
        logged_in(server, two_factor_door, *QUESTIONS)
        until(lambda: fates(server) == {"running"}, "all jobs run", within_s=PATIENCE_S)

        door.cut()
        until(lambda: connection(server) == "expired", "the login has run out")
        before = len(tries(door)), len(two_factor_door.asked()), prompts(server)
        told_to_end(server, SOME)
        server.submit(patient(server, SOME), patient(server, SOME + 1))
        assert fates(server) == {"running", "queued"}
        after = len(tries(door)), len(two_factor_door.asked()), prompts(server)
        assert after == before, "something was tried, pushed or asked before a person came"

        logged_in(server, two_factor_door, QUESTIONS[1])
        all_right(server, SOME + 2)
        assert len(two_factor_door.asked()) == before[1] + 1, "one second factor for all of them"


def test_a_login_node_that_is_away_while_jobs_run_and_end_costs_none(
    far_cluster_server: Running, login_node: Sshd
) -> None:
    server = far_cluster_server.start()
    server.submit(*(patient(server, number) for number in range(SOME)))
    until(lambda: fates(server) == {"running"}, "all jobs run", within_s=PATIENCE_S)
    login_node.stop()
    try:
        until(
            lambda: "nothing listens" in server.ask("GET", f"/targets/{ALIAS}")["words"],
            "the server says what is wrong",
        )
        told_to_end(server, SOME)
        server.kill()
        server.start()
        assert fates(server) == {"running"}
    finally:
        login_node.start()
    all_right(server, SOME)


def test_a_cluster_whose_disk_is_full_keeps_jobs_waiting_and_ends_none_wrong(
    slurm: Cluster, login_node: Sshd, laptop: Laptop, tmp_path: Path
) -> None:
    with (
        running_quota(login_node.person) as quota,
        seen_by_node(slurm, quota),
        faraway(tmp_path / "home", login_node, laptop, **SLURM, root=str(quota.directory / "argosy")) as server,
        leaving_no_job(slurm, quota.directory),
    ):
        server.start()
        quota.allow("8M")
        fill = "for n in 1 2 3 4 5 6 7 8 9; do head -c 9000000 /dev/urandom > noise$n; done; exit 6"
        (filling,) = server.submit(witness(server.ground, "fills", ["sh", "-c", fill]) | THERE)
        try:
            until(lambda: reported(quota.directory), "it reports", within_s=PATIENCE_S)
        except AssertionError as late:
            queue = slurm.administer("squeue", "--long", f"--nodelist={NODE}")
            raise AssertionError(f"{late}: {server.attempt(filling)}; {queue}; {server.log()}") from None
        with pytest.raises(OSError, match="quota"):
            fill_up(quota.directory / "rest")
        more = THERE | {"rendered": [{"name": "text", "text": "x" * 100_000}]}
        waiting = server.submit(*(witness(server.ground, f"waits{one}") | more for one in range(3)))

        def told() -> list[str]:
            return [(server.attempt(job)["trouble"] or {}).get("message", "") for job in waiting]

        until(lambda: all("quota" in words for words in told()), "each says why it waits", within_s=PATIENCE_S)
        assert {server.fate(job) for job in waiting} == {"queued"}
        quota.allow("none")
        outcome = server.outcome(filling, within_s=PATIENCE_S)
        assert (outcome["kind"], outcome["cause"]) == ("failed", "exit_code"), outcome
        assert {server.outcome(job, within_s=PATIENCE_S)["kind"] for job in waiting} == {"succeeded"}
        assert [runs(server.ground, name) for name in ("fills", "waits0", "waits1", "waits2")] == [1, 1, 1, 1]


def test_five_users_who_have_reached_their_limits_all_get_their_jobs_through(
    slurm_alone: Cluster, laptop: Laptop, tmp_path: Path
) -> None:
    server = Running(tmp_path / "home", {"SSH_AUTH_SOCK": ""})
    with slurm_alone.at_most(2), ExitStack() as stack:
        stack.callback(server.kill)
        server.start()
        grounds = {who.name: stack.enter_context(account_of(who, server, slurm_alone, laptop)) for who in users()}
        for name, ground in grounds.items():
            jobs = (witness(ground, f"job{one}", ["sleep", "1"]) for one in range(5))
            server.submit(*({**job, "target": name} for job in jobs))
        rows = server.all_closed(within_s=2 * PATIENCE_S)
        events = server.ask("GET", "/events/page", params={"limit": 1000})
        put_off = {event["target"] for event in events if "takes no further jobs now" in event["words"]}
        assert {row["fate"] for row in rows} == {"succeeded"}
        assert [runs(ground, f"job{one}") for ground in grounds.values() for one in range(5)] == [1] * len(rows)
    assert put_off == set(grounds)


def users() -> list[Person]:
    """Five people with accounts here, one for each login shell."""
    return [person(shell) for shell in ("bash", "dash", "zsh", "tcsh", "fish")]


@contextmanager
def account_of(who: Person, server: Running, cluster: Cluster, laptop: Laptop) -> Iterator[Path]:
    """The server knows the cluster as this person sees it, by the person's name; where jobs may write."""
    cluster.run_as_root("sacctmgr", "-i", "add", "user", who.name, "Account=ucb-general")  # refused when it is there
    ground = who.folder(who.home / f"faults-{secrets.token_hex(4)}")
    site = {"setup": [f"export SLURM_CONF={cluster.conf}"]}
    with running_sshd(who) as door, leaving_no_job(cluster, ground):
        laptop.add_host(who.name, door, lines=IMPATIENT)
        reached = {"name": who.name, "ssh": {"host": who.name, "config": str(laptop.config)}}
        server.ask("PUT", f"/targets/{who.name}", json=profile(ground, laptop) | SLURM | reached | {"slurm": site})
        yield ground
    shutil.rmtree(ground, ignore_errors=True)


@contextmanager
def seen_by_node(cluster: Cluster, quota: Quota) -> Iterator[None]:
    """The disk is on the node too, which has mounts of its own."""
    place = str(quota.directory.parent)
    there = ["nsenter", f"--mount=/proc/{cluster.daemon(f'slurmd.{NODE}').pid()}/ns/mnt", "--"]
    disk = cluster.administer("findmnt", "--noheadings", "--output=SOURCE", place)
    cluster.administer(*there, "mount", disk, place)
    try:
        yield
    finally:
        cluster.run_as_root(*there, "umount", "--lazy", place)


def reported(place: Path) -> bool:
    """Whether a job below this place has told how it ended."""
    return any("complete=1" in one.read_text() for one in place.rglob("exit"))
