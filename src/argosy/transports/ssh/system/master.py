"""The master ssh of one connection: a process that holds it, its control socket, and what it says."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from argosy.core.errors import Unreachable
from argosy.transports.far.line import Channel
from argosy.transports.ssh.link import ChannelRefused
from argosy.transports.ssh.system.channel import opened
from argosy.transports.ssh.system.mux import Control, Refused
from argosy.transports.ssh.system.overheard import Overheard
from argosy.transports.ssh.system.place import CONTROL, removed

END_S = 2.0
"""How long a master may take to end by itself."""

LOOK_S = 0.25
"""How often it is looked whether it is ready, when it says nothing."""


@dataclass
class Master:
    """``folder`` is its own, and goes with it.

    While it logs in, ``process`` runs in a group of its own with the programs that it uses. Then it leaves us, and is
    known by its control socket, to which we hold a connection: it ends by itself soon after that is gone, however we
    end (ControlPersist).
    """

    process: asyncio.subprocess.Process
    folder: Path
    heard: Overheard
    lost: str | None = None
    """Why it stands no more."""
    on_lost: Callable[[], None] | None = None
    _hold: Control | None = None
    _pid: int = 0
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list["asyncio.Task[None]"])

    @classmethod
    async def started(
        cls, command: Sequence[str], surroundings: dict[str, str], folder: Path, heard: Overheard
    ) -> "Master":
        """It runs; that says nothing of its login yet."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=surroundings,
            start_new_session=True,  # no terminal, so that it asks by its program
        )
        master = cls(process, folder, heard)
        master._tasks.append(asyncio.create_task(master._listen()))
        return master

    async def ready(self) -> None:
        """Wait until it is logged in. Raises Unreachable when it has ended before; ``heard`` tells why."""
        self.heard.moved.clear()
        while not (hold := await self._held()):
            if self._tasks[0].done():
                raise Unreachable(self.heard.last_words())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.heard.moved.wait(), LOOK_S)
            self.heard.moved.clear()
        self._tasks.append(asyncio.create_task(self._watch(hold)))

    async def lives(self) -> bool:
        """Whether it would still open a channel."""
        if self.lost is not None:
            return False
        try:
            (await Control.to(self.folder / CONTROL)).close()
        except OSError:
            return False
        return True

    async def start(self, command: bytes, left: Callable[[], None]) -> Channel:
        """A command on a channel of its own. Raises ChannelRefused, and Unreachable when the master has ended."""
        control: Control | None = None
        try:
            control = await Control.to(self.folder / CONTROL)
            return await opened(control, command, self.lives, left)
        except BaseException as trouble:
            if control is not None:
                control.close()
            if isinstance(trouble, Refused):
                raise ChannelRefused(str(trouble)) from trouble
            if not isinstance(trouble, OSError):
                raise
            if not await self.lives():
                self._fall("the master ssh has ended")
            raise Unreachable(f"the connection was lost: {trouble}") from trouble

    async def end(self) -> None:
        """End it, with all programs that it uses, and remove its folder. A second time does nothing."""
        self.lost = self.lost or "it was ended here"
        for task in self._tasks[1:]:
            task.cancel()
        await asyncio.gather(*self._tasks[1:], return_exceptions=True)
        if self.process.returncode is None:
            self._signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), END_S)
            self._signal(signal.SIGKILL)  # also what it has left behind
        if hold := await self._held():
            await self._put_down(hold)
        await asyncio.gather(self._tasks[0], return_exceptions=True)
        await asyncio.to_thread(removed, self.folder)

    async def _held(self) -> Control | None:
        """Our hold on it, once it has logged in."""
        if self._hold is None:
            with contextlib.suppress(OSError):
                hold = await Control.to(self.folder / CONTROL)
                self._pid = await hold.pid()
                self._hold = hold
        return self._hold

    async def _put_down(self, hold: Control) -> None:
        """It is told to end; its process id is its own for as long as we hold it."""
        try:
            async with asyncio.timeout(END_S):
                await hold.terminate()
                await hold.over()
        except TimeoutError:
            os.kill(self._pid, signal.SIGKILL)
        except OSError:
            pass
        finally:
            hold.close()

    async def _listen(self) -> None:
        assert self.process.stderr is not None, "it was started with a pipe"
        while line := await _line(self.process.stderr):
            self.heard.hear(line.decode("utf-8", "replace"))
        self.heard.moved.set()

    async def _watch(self, hold: Control) -> None:
        await hold.over()
        await asyncio.wait({self._tasks[0]}, timeout=END_S)
        self._fall(self.heard.last_words())

    def _fall(self, words: str) -> None:
        if self.lost is None:
            self.lost = words
            if self.on_lost is not None:
                self.on_lost()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


async def _line(stream: asyncio.StreamReader) -> bytes:
    """One line; one that is too long comes as what it ends with."""
    try:
        return await stream.readline()
    except ValueError:
        return b"\n"
