"""A target's share of a link."""

from datetime import UTC, datetime

from argosy.contracts import Surroundings
from argosy.core.connection import Connection, Heard, Person
from argosy.transports.far.line import Channel, Crowded, Starter
from argosy.transports.ssh.link import Link


class SshLine:
    """The line of one target over a connection that it may share with others of the same host and account."""

    def __init__(self, target: str, around: Surroundings, link: Link) -> None:
        self.target = target
        self._around = around
        self._link = link
        self.crowded: Crowded | None = None
        link.listeners.append(self)

    @property
    def connection(self) -> Connection:
        """How the link stands, under this target's name."""
        now = self._link.condition
        return Connection(target=self.target, state=now.state, words=now.words, hint=now.hint, since=now.since)

    @property
    def room(self) -> int:
        """How many channels may be open at once."""
        return self._link.slots.bound

    async def open(self, command: bytes, *, lent: bool = False) -> Channel:
        """Start a command there."""
        return await self._link.open(self, command, lent=lent)

    async def for_much(self, size: int) -> Starter:
        """The second connection, where there is one and so much is worth it; else this line."""
        second = self._link.second
        faster = await second.starter(self, self, size) if second is not None else None
        return faster or self

    async def connect(self, person: Person) -> None:
        """Come up with a person's help."""
        await self._link.connect(self, person)

    async def disconnect(self) -> None:
        """Go down and forget all secrets, for all targets that share the connection."""
        await self._link.disconnect()

    async def close(self) -> None:
        """Let go of the link; the last one takes it down."""
        if self._link.listeners == [self]:
            await self._link.close()
        if self in self._link.listeners:
            self._link.listeners.remove(self)

    def moved(self) -> None:
        """The link is in another condition."""
        self._around.changed(self.connection)

    def give_back(self) -> None:
        """Somebody waits for a channel, and there is none but those at rest."""
        if self.crowded is not None:
            self.crowded()

    def another_login(self) -> bool:
        """Whether one more login is allowed now; it is counted then."""
        return self._around.another_login()

    def tell(self, words: str) -> None:
        """A step of a login."""
        self._around.hear(Heard(at=datetime.now(UTC), kind="login", words=words))
