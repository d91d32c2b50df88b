"""From the name of a host to a target by answering questions, at a real terminal and before a real sshd."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.cli.exits import Exit
from tests.cli.keyboard import Terminal, at_terminal
from tests.infra.ssh.desk import Desk, running_desk
from tests.infra.ssh.keys import fingerprint
from tests.infra.ssh.sshd import Sshd, running_sshd

pytestmark = pytest.mark.infra


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running_desk(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


def profile(desk: Desk, name: str) -> dict[str, object]:
    return desk.server.ask("GET", f"/targets/{name}")["profile"]


def answered(terminal: Terminal, *turns: tuple[str, str]) -> None:
    """Wait for each question and type the answer to it."""
    for question, answer in turns:
        terminal.until(question)
        terminal.type(f"{answer}\n")


def test_a_host_of_the_ssh_config_becomes_a_target_and_the_same_command_is_told(desk: Desk, sshd: Sshd) -> None:
    desk.laptop.add_host("cluster", sshd)
    desk.laptop.forget_hosts()
    with at_terminal(desk.surroundings(), "target", "add") as terminal:
        answered(
            terminal,
            ("What shall the target be called? ", "local"),
            ("there is a target local already", "two words"),
            ("name: ", "far"),
        )
        terminal.until("~/.ssh/config knows: cluster")
        answered(terminal, ("Which host? (Enter: this machine) ", "cluster"))
        terminal.until(fingerprint(sshd.host_key()))
        answered(terminal, ("(yes/no) ", "yes"))
        terminal.until("far is connected.")
        answered(terminal, ("slurm or process? ", "process"), ("How many jobs at once?", "many"))
        answered(terminal, ("no whole number", "3"))
        terminal.until("Where shall jobs lie there?")
        answered(terminal, (f"[{sshd.person.home}/argosy] ", "relative"), ("absolute", ""))
        terminal.until("Next time: ")
        told = terminal.until("\r\n").strip()
        assert terminal.ends() == 0
        assert "far is well: login, shell, programs, clock, root, scheduler." in terminal.seen
    made = profile(desk, "far")
    assert made["root"] == f"{sshd.person.home}/argosy"
    desk.succeeds(desk.submit("far"))
    desk.server.ask("DELETE", "/targets/far")
    again = subprocess.run(
        [sys.executable, "-m", *shlex.split(told)],
        env=desk.surroundings(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    assert profile(desk, "far") == made


def test_a_host_that_is_named_wrongly_can_be_named_again_and_a_password_is_typed_unseen(desk: Desk) -> None:
    with running_sshd(lines=["KbdInteractiveAuthentication no", "PubkeyAuthentication no"]) as sshd:
        desk.laptop.trust(sshd)
        words = ("target", "add", "typed", "--host", "nowhere.invalid")
        words += ("--user", sshd.person.name, "--port", str(sshd.port), "--scheduler", "process", "--running", "1")
        with at_terminal(desk.surroundings(), *words) as terminal:
            terminal.until("the name nowhere.invalid is not known")
            terminal.until("Try again (Enter), name another host, or give up (q)? ")
            terminal.type("127.0.0.1\n")
            terminal.until(f"Login as {sshd.person.name}@127.0.0.1")
            terminal.until("Password")
            assert terminal.hides()
            terminal.type(f"{sshd.person.password}\n")
            terminal.until("/argosy] ")
            terminal.type("\n")
            assert terminal.ends() == 0
            assert sshd.person.password not in terminal.seen
        assert profile(desk, "typed")["ssh"]["host"] == "127.0.0.1"


def test_nothing_is_left_of_a_target_that_was_given_up(desk: Desk) -> None:
    with at_terminal(desk.surroundings(), "target", "add", "left", "--host", "nowhere.invalid") as terminal:
        terminal.until("or give up (q)? ")
        terminal.type("q\n")
        assert terminal.ends() == Exit.TARGET
        assert "Nothing was added." in terminal.seen
    with at_terminal(desk.surroundings(), "target", "add", "left") as terminal:
        terminal.until("Which host?")
        assert terminal.interrupted() == Exit.INTERRUPTED
    with pytest.raises(AssertionError, match="left"):
        desk.server.ask("GET", "/targets/left")


def test_this_machine_becomes_a_target_too(desk: Desk, tmp_path: Path) -> None:
    with at_terminal(desk.surroundings(), "target", "add", "desktop", "--scheduler", "process") as terminal:
        terminal.until("Which host?")
        terminal.type("\n")
        terminal.until(f"It has {os.cpu_count()} processor")
        terminal.type("\n")
        terminal.until(f"[{desk.laptop.home}/argosy] ")
        terminal.type(f"{tmp_path / 'jobs'}\n")
        assert terminal.ends() == 0
        assert "desktop is well" in terminal.seen
    assert profile(desk, "desktop")["limits"]["running"] == os.cpu_count()


def test_a_renamed_target_stays_logged_in_and_its_jobs_are_found_there(desk: Desk) -> None:
    with running_sshd(lines=["KbdInteractiveAuthentication no", "PubkeyAuthentication no"]) as sshd:
        target = desk.target(sshd)
        desk.log_in(target, sshd.person.password)
        job = desk.submit(target, "echo", "written before")
        desk.succeeds(job)
        assert desk.server.argosy("target", "rename", target, "renamed").returncode == 0
        assert desk.server.argosy("logs", job).stdout == b"written before\n"
        desk.succeeds(desk.submit("renamed"))
        assert desk.server.ask("GET", f"/jobs/{job}")["attempts"][0]["target"] == "renamed"
        assert sshd.logins() == 1
