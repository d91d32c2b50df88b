"""A line that leads to this machine: each channel is a shell started here. What it carries is as real as over SSH."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from argosy.core.connection import Connection, ConnectionState, Person
from argosy.core.errors import Unreachable
from argosy.transports.far.line import Crowded

_READ_AT_ONCE = 1 << 18


@dataclass
class ShChannel:
    """A login shell of this machine that reads one command."""

    process: asyncio.subprocess.Process

    async def send(self, data: bytes) -> None:
        assert self.process.stdin
        try:
            self.process.stdin.write(data)
            await self.process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            raise Unreachable("it does not listen any more") from None

    async def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()

    async def receive(self, limit: int = _READ_AT_ONCE) -> bytes:
        assert self.process.stdout
        return await self.process.stdout.read(limit)

    async def complaints(self, limit: int = 1 << 16) -> bytes:
        assert self.process.stderr
        return await self.process.stderr.read(limit)

    async def code(self) -> int:
        self._forget_input()
        return await self.process.wait()

    async def kill(self) -> bool:
        """This machine does not do it."""
        return False

    async def close(self) -> None:
        """The shell ends; what it has started is left alone, as sshd leaves it."""
        self.process._transport.close()  # type: ignore[attr-defined]
        await self.process.wait()

    def _forget_input(self) -> None:
        """A process counts as ended only when all its pipes are closed, also one that nobody reads."""
        assert self.process.stdin
        if not self.process.stdin.transport.is_closing():
            self.process.stdin.transport.abort()

    def cut(self) -> None:
        """The connection is gone, and so is what hung on it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


@dataclass
class ShLine:
    """``shell`` is the login shell; ``opened`` counts the channels."""

    shell: Sequence[str] = ("sh",)
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    opened: int = 0
    room: int = 6
    channels: list[ShChannel] = field(default_factory=list)
    crowded: Crowded | None = None

    @property
    def connection(self) -> Connection:
        return Connection(target="far", state=ConnectionState.CONNECTED, since=datetime.now(UTC))

    async def open(self, command: bytes, *, lent: bool = False) -> ShChannel:
        del lent  # there is always room
        self.opened += 1
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *self.shell,
            "-c",
            command,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=self.environment,
            start_new_session=True,
        )
        channel = ShChannel(process)
        self.channels.append(channel)
        return channel

    async def for_much(self, size: int) -> "ShLine":
        del size  # there is no faster way
        return self

    async def connect(self, person: Person) -> None:
        del person

    async def disconnect(self) -> None:
        pass

    async def close(self) -> None:
        pass
