"""A transport for tests: this machine, behind a login. It stands by itself, so that a server may load it as a plug-in.

``options`` of the target: ``secret`` is the SHA-256 of the password, ``asks`` which prompts come, in order: key,
password, push, code. Without ``asks`` no person is needed. A file at ``away`` means that the machine does not answer.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from argosy.contracts import Doomed, Glance, Glanced, Parcel, Piece, Surroundings
from argosy.core.command import Answer, Command
from argosy.core.connection import Connection, ConnectionState, Heard, Person, Prompt, Question
from argosy.core.errors import Denied, NeedsLogin, NoRoom, Unreachable
from argosy.core.outputs import FileEntry
from argosy.core.target import Target
from argosy.transports.local import Local

KINDS: dict[str, dict[str, Any]] = {
    "key": {"kind": "host_key", "title": "SHA256:abc is new", "questions": (Question(text="Is it right?", echo=True),)},
    "password": {"kind": "password", "title": "the password of ada", "questions": (Question(text="Password: "),)},
    "push": {"kind": "interactive", "title": "a second factor", "words": "Pushed a request to your phone..."},
    "code": {
        "kind": "interactive",
        "title": "a second factor",
        "questions": (Question(text="Passcode: "), Question(text="Colour: ", echo=True)),
    },
}


class Knocking(Local):
    """This machine, once somebody has knocked in the right way."""

    def __init__(self, target: Target, around: Surroundings) -> None:
        super().__init__(target.name, datetime.now(UTC), around)
        self._target = target
        self._around = around
        self._asks = [word for word in target.options.get("asks", "").split(",") if word]
        self._tried = False
        self._set(ConnectionState.DISCONNECTED)
        self.prompts = 0

    def _set(self, state: ConnectionState, words: str = "", hint: str = "") -> None:
        self._connection = Connection(
            target=self._target.name, state=state, words=words, hint=hint, since=datetime.now(UTC)
        )

    def _become(self, state: ConnectionState, words: str = "", hint: str = "") -> None:
        self._set(state, words, hint)
        self._around.changed(self._connection)

    def expire(self) -> None:
        """The login runs out."""
        self._become(ConnectionState.EXPIRED, "the login has run out")

    async def connect(self, person: Person) -> None:
        if self._connection.state is ConnectionState.CONNECTED:
            return
        self._become(ConnectionState.CONNECTING, "looking for it")
        self._look()
        try:
            for number, ask in enumerate(self._asks):
                self.prompts += 1
                prompt = Prompt(id=f"{id(self)}-{self.prompts}-{number}", target=self._target.name, **KINDS[ask])
                self._check(ask, await person.ask(prompt))
                self._around.hear(Heard(at=datetime.now(UTC), kind="login", words=f"{ask} was answered"))
        except NeedsLogin as refusal:
            self._become(ConnectionState.NEEDS_LOGIN, refusal.message, refusal.hint)
            raise
        except asyncio.CancelledError:
            self._become(ConnectionState.DISCONNECTED, "given up")
            raise
        self._become(ConnectionState.CONNECTED)

    def _check(self, ask: str, texts: Sequence[str]) -> None:
        if ask == "key" and tuple(texts) != ("yes",):
            raise NeedsLogin("the key was not approved")
        if ask == "password":
            (text,) = texts
            if hashlib.sha256(text.encode()).hexdigest() != self._target.options["secret"]:
                raise NeedsLogin("the password was refused", hint=f"argosy connect {self._target.name}")

    def _look(self) -> None:
        away = self._target.options.get("away")
        if away and Path(away).exists():
            self._become(ConnectionState.DISCONNECTED, "no answer")
            raise Unreachable(f"{self._target.name} does not answer", hint="Wait.")

    async def disconnect(self) -> None:
        self._become(ConnectionState.DISCONNECTED, "logged out")

    async def _inside(self) -> None:
        if self._connection.state is ConnectionState.CONNECTED:
            return
        if not self._asks:
            await self.connect(Nobody())
            return
        if self._connection.state is ConnectionState.DISCONNECTED:
            self._become(ConnectionState.NEEDS_LOGIN, "it asks for a password")
        raise NeedsLogin(self._connection.words)

    async def run(self, command: Command) -> Answer:
        await self._inside()
        answer = await super().run(command)
        self._around.hear(
            Heard(
                at=datetime.now(UTC), kind="command", words="a command", code=answer.code, received=len(answer.stdout)
            )
        )
        return answer

    async def place(self, parcels: Sequence[Parcel]) -> Sequence[Denied | None]:
        await self._inside()
        return await super().place(parcels)

    async def write(self, files: Mapping[str, bytes]) -> Mapping[str, Denied | NoRoom]:
        await self._inside()
        return await super().write(files)

    async def read(self, path: str, *, start: int = 0, limit: int = 65_536) -> Piece:
        await self._inside()
        return await super().read(path, start=start, limit=limit)

    async def glance(self, glances: Sequence[Glance]) -> Sequence[Glanced]:
        await self._inside()
        return await super().glance(glances)

    async def files(self, directory: str, *, limit: int = 100_000) -> Sequence[FileEntry]:
        await self._inside()
        return await super().files(directory, limit=limit)

    async def hollows(self, directory: str) -> Sequence[str]:
        await self._inside()
        return await super().hollows(directory)

    async def fetch(self, directory: str, paths: Sequence[str], into: Path) -> Sequence[str]:
        await self._inside()
        return await super().fetch(directory, paths, into)

    async def remove(self, doomed: Sequence[Doomed]) -> Sequence[int | Denied | NoRoom | None]:
        await self._inside()
        return await super().remove(doomed)

    async def close(self) -> None:
        self._set(ConnectionState.DISCONNECTED)


class Nobody:
    """Nobody is there to be asked."""

    async def ask(self, prompt: Prompt) -> Sequence[str]:
        raise NeedsLogin(prompt.title)


def open_knocking(target: Target, around: Surroundings) -> Knocking:
    return Knocking(target, around)
