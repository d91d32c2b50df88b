"""Logging in as a person does, at a real terminal, with a real server behind it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from argosy.cli.exits import Exit
from argosy.client import calls
from argosy.client.connecting import connect
from argosy.client.road import Road
from argosy.client.start import start, stop
from argosy.core.connection import ConnectionState, Prompt
from argosy.core.errors import NeedsLogin
from argosy.core.home import Home
from argosy.core.target import Target
from tests.cli.keyboard import at_terminal
from tests.client.served import home_at
from tests.service.door_plug import SECRET, install, profile

pytestmark = pytest.mark.infra


@dataclass(frozen=True)
class Port:
    """A server that knows the made-up transport, and how its user's commands find it."""

    home: Home
    environment: dict[str, str]
    top: Path

    @property
    def road(self) -> Road:
        return Road(self.home)

    def add(self, name: str, **more: str) -> None:
        described = Target.model_validate(profile(name, self.top / name, **more))
        self.road.send(calls.put_target(described))

    def argosy(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "argosy", *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Port]:
    top = tmp_path_factory.mktemp("port")
    site = install(top / "site")
    home = home_at(top / "home")
    mine = {"ARGOSY_HOME": str(home.data), "PYTHONPATH": str(site), "TERM": "dumb"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in mine.items():
            patch.setenv(name, value)
        start(home)
        yield Port(home, {**os.environ, **mine}, top)
    stop(home)


def test_a_password_is_typed_unseen_and_lets_in(port: Port) -> None:
    port.add("plain")
    with at_terminal(port.environment, "connect", "plain") as terminal:
        terminal.until("the password of ada")
        terminal.until("Password: ")
        assert terminal.hides()
        terminal.type(f"{SECRET}\n")
        assert terminal.ends() == 0
        assert "plain is connected" in terminal.seen
        assert SECRET not in terminal.seen
    assert port.argosy("connect", "plain", "--plain").stdout == "connected\n"


def test_a_host_key_is_approved_by_a_whole_word_and_a_second_factor_is_shown_and_asked(port: Port) -> None:
    port.add("cluster", asks="key,password,push,code")
    with at_terminal(port.environment, "connect", "cluster") as terminal:
        terminal.until("SHA256:abc is new")
        terminal.until("(yes/no) ")
        terminal.type("y\n")
        terminal.until("yes or no in full")
        terminal.until("(yes/no) ")
        terminal.type("yes\n")
        terminal.until("Password: ")
        terminal.type(f"{SECRET}\n")
        terminal.until("Pushed a request to your phone...")
        terminal.until("Passcode: ")
        terminal.type("123456\n")
        terminal.until("Colour: ")
        terminal.type("blue\n")
        assert terminal.ends() == 0
        assert "123456" not in terminal.seen
        assert terminal.seen.count("Pushed") == 1


def test_a_key_that_is_not_approved_and_a_wrong_password_end_the_login_with_words(port: Port) -> None:
    port.add("strange", asks="key")
    with at_terminal(port.environment, "connect", "strange") as terminal:
        terminal.until("(yes/no) ")
        terminal.type("no\n")
        assert terminal.ends() == Exit.TARGET
        assert "given up" in terminal.seen
    port.add("strict")
    with at_terminal(port.environment, "connect", "strict") as terminal:
        terminal.until("Password: ")
        terminal.type("wrong-horse\n")
        assert terminal.ends() == Exit.TARGET
        assert "the password was refused" in terminal.seen
        assert "argosy connect strict" in terminal.seen
    assert "needs login" in port.argosy("target", "list").stdout


def test_ctrl_c_gives_the_login_up(port: Port) -> None:
    port.add("left")
    with at_terminal(port.environment, "connect", "left") as terminal:
        terminal.until("Password: ")
        assert terminal.interrupted() == Exit.INTERRUPTED
    assert port.road.send(calls.connection("left")).state is ConnectionState.NEEDS_LOGIN


def test_without_a_terminal_the_command_to_type_is_named_and_the_question_stays(port: Port) -> None:
    port.add("far")
    done = port.argosy("connect", "far")
    assert done.returncode == Exit.TARGET
    assert "In a terminal: argosy connect far" in done.stderr
    assert port.road.send(calls.connection("far")).prompt


def test_disconnect_console_and_usage_say_what_was(port: Port) -> None:
    port.add("told", asks="")
    assert port.argosy("connect", "told").stdout == "told is connected\n"
    done = port.argosy("disconnect", "told")
    assert "you have disconnected it; its jobs wait" in done.stdout
    lines = port.argosy("console", "told", "--json").stdout.splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    assert kinds == ["state", "state", "state"]
    assert "connected" in port.argosy("console", "told").stdout
    (hour,) = json.loads(port.argosy("target", "usage", "told", "--json").stdout)["hours"]
    assert hour["logins"] == 1
    assert port.argosy("target", "usage", "told", "--plain").stdout.split("\t")[1:] == ["0", "0", "0", "1\n"]
    assert port.argosy("disconnect", "nowhere").returncode == Exit.NOT_FOUND


def test_a_console_is_followed(port: Port) -> None:
    port.add("followed", asks="")
    with at_terminal(port.environment, "console", "-f", "followed") as terminal:
        port.argosy("connect", "followed")
        terminal.until("connected")
        assert terminal.interrupted() == Exit.INTERRUPTED


def test_run_offers_the_login_once_and_goes_on(port: Port) -> None:
    port.add("offered")
    with at_terminal(port.environment, "run", "--target", "offered", "--", "echo", "ahoy") as terminal:
        terminal.until("offered waits for your login. Log in now? [Y/n] ")
        terminal.type("\n")
        terminal.until("Password: ")
        terminal.type(f"{SECRET}\n")
        terminal.until("offered is connected")
        terminal.until("ahoy")
        assert terminal.ends() == 0
        assert terminal.seen.count("Log in now?") == 1


def test_wait_asks_once_and_waits_on_when_the_answer_is_no(port: Port) -> None:
    port.add("later")
    job = port.argosy("run", "-d", "--plain", "--target", "later", "--", "true").stdout.split("\t")[0]
    give_up = time.monotonic() + 30
    while "later waits for your login: argosy connect later" not in port.argosy("ls").stdout:
        assert time.monotonic() < give_up
    assert "argosy connect later" in port.argosy("show", job).stdout
    with at_terminal(port.environment, "wait", job) as terminal:
        terminal.until("Log in now? [Y/n] ")
        terminal.type("n\n")
        terminal.until("argosy connect later")
        connect(port.road, "later", lambda prompt: [SECRET] * len(prompt.questions))
        assert terminal.ends() == 0
        assert terminal.seen.count("Log in now?") == 1


def test_nobody_is_asked_where_there_is_no_terminal(port: Port) -> None:
    port.add("quiet")
    job = port.argosy("run", "-d", "--plain", "--target", "quiet", "--", "true").stdout.split("\t")[0]
    done = port.argosy("wait", job, "--timeout", "3s")
    assert done.returncode == Exit.NOT_OVER
    assert "Log in with: argosy connect quiet" in done.stderr
    assert "Log in now?" not in done.stderr


def test_a_script_logs_in_with_a_function_of_its_own(port: Port) -> None:
    from argosy import Client

    port.add("scripted", asks="password,push,code")
    client = Client(port.home)
    with pytest.raises(NeedsLogin, match="given up"):
        client.connect("scripted")
    heard: list[str] = []

    def ask(prompt: Prompt) -> list[str]:
        heard.append(prompt.words)
        return [SECRET] * len(prompt.questions)

    assert client.connect("scripted", ask).state is ConnectionState.CONNECTED
    assert heard.count("Pushed a request to your phone...") == 1
    assert client.disconnect("scripted").state is ConnectionState.DISCONNECTED


def test_no_secret_is_in_any_file_process_or_environment(port: Port) -> None:
    port.add("secretive")
    connect(port.road, "secretive", lambda prompt: [SECRET] * len(prompt.questions))
    done = port.argosy("run", "--target", "secretive", "--", "sh", "-c", "env; cat /proc/*/cmdline | tr '\\0' ' '")
    assert done.returncode == 0
    assert SECRET not in done.stdout
    assert [path for path in port.top.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()] == []
    for name in ("cmdline", "environ"):
        for path in Path("/proc").glob(f"[0-9]*/{name}"):
            try:
                held = path.read_bytes()
            except OSError:
                continue
            assert SECRET.encode() not in held, path
