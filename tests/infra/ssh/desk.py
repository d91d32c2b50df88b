"""A scientist at a desk: a real server of Argosy, targets that are reached by SSH, and a person who logs in."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from argosy.client.connecting import connect
from argosy.client.road import Road
from argosy.core.connection import Prompt
from argosy.core.errors import NeedsLogin
from tests.client.served import home_at
from tests.faults.running import Running, until
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.sshd import Sshd


@dataclass
class Desk:
    """The server, and the laptop that it runs on. What the person was asked is kept."""

    server: Running
    laptop: Laptop
    asked: list[Prompt]

    def surroundings(self) -> dict[str, str]:
        """The environment of a command that the person types."""
        return {**self.laptop.surroundings(), "ARGOSY_HOME": str(self.server.top), "TERM": "dumb", "COLUMNS": "300"}

    def target(self, sshd: Sshd, *, root: Path | str | None = None, **fields: Any) -> str:
        """A target of its own at this machine; returns its name, which is also its host in the laptop's config."""
        name = f"far-{secrets.token_hex(4)}"
        self.laptop.add_host(
            name, sshd, lines=fields.pop("lines", ()), key=fields.pop("key", None), port=fields.pop("port", None)
        )
        return self.put(name, root or sshd.person.home / "argosy" / name, **fields)

    def put(self, name: str, root: Path | str, **fields: Any) -> str:
        """Add or change a target."""
        ssh = {"host": name, "config": str(self.laptop.config), **fields.pop("ssh", {})}
        usual = {"polling": {"floor_s": 0.05}, "rates": None, "ssh": ssh}
        self.server.ask(
            "PUT", f"/targets/{name}", json={"name": name, "transport": "ssh", "root": str(root), **usual, **fields}
        )
        return name

    def submit(self, target: str, *argv: str, **more: Any) -> str:
        """A job there, by default one that only succeeds; returns its id."""
        return self.server.submit({"argv": argv or ("true",), "target": target, **more})[0]

    def log_in(self, target: str, *replies: str | None) -> None:
        """Log in with these replies, one for each question; raises NeedsLogin when that did not succeed."""
        left = list(replies)

        def ask(prompt: Prompt) -> Sequence[str] | None:
            self.asked.append(prompt)
            texts = [left.pop(0) for _ in prompt.questions]
            return None if None in texts else [text for text in texts if text is not None]

        connect(Road(home_at(self.server.top)), target, ask)

    def refused(self, target: str, *replies: str | None) -> NeedsLogin:
        """Why a login with these replies did not succeed."""
        with pytest.raises(NeedsLogin) as refusal:
            self.log_in(target, *replies)
        return refusal.value

    def trouble(self, job: str, words: str) -> dict[str, Any]:
        """What keeps a job waiting, once it is about these words."""

        def told() -> dict[str, Any] | None:
            trouble = self.server.attempt(job)["trouble"]
            return trouble if trouble and words in trouble["message"] else None

        return until(told, f"job {job} is told {words!r}; it is {self.server.attempt(job)}")

    def succeeds(self, job: str) -> None:
        """Wait until a job has succeeded, in its first attempt."""
        assert self.server.outcome(job)["kind"] == "succeeded"
        assert self.server.attempt(job)["number"] == 1


@contextmanager
def running_desk(top: Path) -> Iterator[Desk]:
    """A desk whose server runs; nothing of the real home is used."""
    laptop = Laptop(top / "laptop").set_up()
    server = Running(top / "house", extra={"SSH_AUTH_SOCK": "", "HOME": str(laptop.home)})
    try:
        yield Desk(server.start(), laptop, [])
    finally:
        server.kill()
