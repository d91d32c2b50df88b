"""Jobs elsewhere that end when they are told to, and the person who logs in there with a second factor."""

from typing import Any

from tests.cli.keyboard import at_terminal
from tests.faults.far import ALIAS
from tests.faults.running import Running, runs, until, witness
from tests.infra.ssh.door import TwoFactorDoor
from tests.infra.ssh.sshd import Sshd

QUESTIONS = ("Password:", "Passcode or option")


def patient(server: Running, number: int) -> dict[str, Any]:
    """A job that ends when it is told to; every fifth one fails."""
    go, over = server.ground / "go", server.ground / f"over{number}"
    script = f"while ! [ -e {go} ]; do sleep 0.5; done; echo > {over}; exit {3 if number % 5 == 0 else 0}"
    return witness(server.ground, f"job{number}", ["sh", "-c", script])


def all_right(server: Running, count: int) -> None:
    """Each job ran once and has the outcome that it earned."""
    rows = {row["name"]: row["fate"] for row in server.all_closed(within_s=120)}
    assert rows == {f"job{number}": "succeeded" if number % 5 else "failed" for number in range(count)}
    assert [name for name in rows if runs(server.ground, name) != 1] == []


def fates(server: Running) -> set[str]:
    return {row["fate"] for row in server.jobs()}


def told_to_end(server: Running, count: int) -> None:
    """Returns when the programs of all jobs have ended there."""
    (server.ground / "go").touch()
    until(lambda: len(list(server.ground.glob("over*"))) == count, "all programs end")


def logged_in(server: Running, door: TwoFactorDoor, *questions: str) -> None:
    """A person logs in at a terminal, and is asked these questions and no others."""
    with at_terminal(server.environment | {"TERM": "dumb"}, "connect", ALIAS) as terminal:
        for question in questions:
            terminal.until(question)
            terminal.type(f"{door.sshd.person.password}\n" if question == QUESTIONS[0] else "1\n")
        assert terminal.ends() == 0, terminal.seen
        assert f"{ALIAS} is connected" in terminal.seen
        assert [word for word in QUESTIONS for _ in range(terminal.seen.count(word))] == list(questions)


def tries(door: Sshd) -> list[str]:
    """Every connection that the SSH server has taken."""
    return [line for line in door.log().splitlines() if line.startswith("Connection from")]


def prompts(server: Running) -> int:
    """How often a person was asked or told something at a login, as the events tell."""
    events = server.ask("GET", "/events/page", params={"limit": 1000})
    return sum("asks: " in event["words"] for event in events if event["kind"] == "connection")
