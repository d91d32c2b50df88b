"""Argosy's own lines to a real sshd: the line of a laptop, and a person who is asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from argosy.core.connection import Connection, ConnectionState, Heard, Prompt
from argosy.core.errors import NeedsLogin
from argosy.core.home import Home
from argosy.core.target import Ssh
from argosy.transports.far.line import Line
from argosy.transports.ssh.links import LINKS
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.sshd import Sshd
from tests.infra.wrapped import PATIENCE_S

Reply = str | Sequence[str] | None | Callable[[Prompt], Sequence[str]]


@dataclass
class Someone:
    """A person who gives these replies, one for each prompt that has questions; None turns away."""

    replies: list[Reply] = field(default_factory=list[Reply])
    asked: list[Prompt] = field(default_factory=list[Prompt])
    slow: asyncio.Event | None = None
    """When set, nothing is answered before it is."""
    waited_for: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, prompt: Prompt) -> Sequence[str]:
        """Answer the prompt."""
        self.asked.append(prompt)
        if not prompt.questions:
            return ()
        if self.slow is not None:
            self.waited_for.set()
            await self.slow.wait()
        if not self.replies:
            raise NeedsLogin(f"nobody expected to be asked: {prompt.title} {prompt.words}")
        reply = self.replies.pop(0)
        if reply is None:
            raise NeedsLogin("the person turned away")
        if callable(reply):
            return reply(prompt)
        return (reply,) if isinstance(reply, str) else tuple(reply)

    @property
    def kinds(self) -> list[str]:
        """What was asked for, in order."""
        return [prompt.kind for prompt in self.asked if prompt.questions]


@dataclass
class Listening:
    """Keeps all that it is told."""

    home: Home
    heard: list[Heard] = field(default_factory=list[Heard])
    states: list[Connection] = field(default_factory=list[Connection])
    freight: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    more_logins: int = 0
    most_logins: int = 100

    def hear(self, heard: Heard) -> None:
        """Keep it."""
        self.heard.append(heard)

    def changed(self, connection: Connection) -> None:
        """Keep it."""
        self.states.append(connection)

    def another_login(self) -> bool:
        """Count it, as long as there is room for more."""
        if self.more_logins == self.most_logins:
            return False
        self.more_logins += 1
        return True

    def on_the_way(self, sent: int, total: int) -> None:
        """Keep it."""
        self.freight.append((sent, total))

    @property
    def console(self) -> str:
        """All that was said."""
        return "\n".join([*(heard.words for heard in self.heard), *(state.words for state in self.states)])


@dataclass
class Call:
    """A line, and what it says."""

    line: Line
    around: Listening

    @property
    def states(self) -> list[str]:
        """The states that it went through."""
        return [str(state.state) for state in self.around.states]

    @property
    def own_hosts(self) -> Path:
        """The file of host keys that were approved."""
        return self.around.home.config / "known_hosts"


def ssh_of(laptop: Laptop, host: str = "far", **said: object) -> Ssh:
    """The section ``ssh`` of a target whose user has this laptop."""
    return Ssh.model_validate({"host": host, "config": str(laptop.config), **said})


def home_of(laptop: Laptop) -> Home:
    """Where Argosy keeps its own things on this laptop."""
    top = laptop.home / "argosy"
    return Home(data=top, config=top / "config", state=top / "state", database_url="")


@asynccontextmanager
async def calling(laptop: Laptop, host: str = "far", **said: object) -> AsyncIterator[Call]:
    """A line of Argosy that reads this laptop's configuration; it is down afterwards."""
    around = Listening(home_of(laptop))
    line = LINKS.line(host, ssh_of(laptop, host, **said), around)
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield Call(line, around)
    finally:
        await line.close()


async def answer(line: Line, command: str, data: bytes = b"") -> tuple[int, bytes, bytes]:
    """Exit code and both streams of a command."""
    channel = await line.open(command.encode())

    async def feed() -> None:
        await channel.send(data)
        await channel.end()

    try:
        _, out, err = await asyncio.gather(feed(), _all(channel.receive), _all(channel.complaints))
        return await channel.code(), out, err
    finally:
        await channel.close()


async def lose(call: Call, sshd: Sshd) -> None:
    """Kill the server's side of a connection that stands, and wait until the line has noticed."""
    await answer(call.line, "true")  # before that the server may still be forking the process that is to be killed
    sshd.cut()
    await until_true(lambda: call.line.connection.state is not ConnectionState.CONNECTED)


async def until_true(true: Callable[[], bool]) -> None:
    """Wait for what nothing announces."""
    while not true():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def _all(read: Callable[[], Awaitable[bytes]]) -> bytes:
    parts: list[bytes] = []
    while part := await read():
        parts.append(part)
    return b"".join(parts)


def rewrite(server: Sshd, change: Callable[[str], str]) -> None:
    """Change the configuration of a server and start it anew."""
    config = server.directory / "sshd_config"
    config.write_text(change(config.read_text()))
    server.stop()
    server.start()
