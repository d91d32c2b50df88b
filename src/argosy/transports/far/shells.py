"""The few shells that stay on one line, and who gets which."""

import asyncio
import contextlib

from argosy.core.command import Answer, Command
from argosy.core.errors import Denied, NeedsLogin, Unreachable
from argosy.transports.far.line import Line
from argosy.transports.far.shell import Shell
from argosy.transports.far.spoken import LONGEST, said
from argosy.transports.far.streams import fed, once, to_its_end

MOST = 2
"""How many shells stay open: one may be busy with something slow while the other serves."""
PATIENT_S = 90.0
"""A command that may take longer gets a channel of its own: it would keep others waiting."""


class Shells:
    """Opens shells when they are needed, and forgets those that ended."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._shells: list[Shell] = []
        self._retiring: set[asyncio.Task[None]] = set()
        self._opening = asyncio.Lock()
        self._wanted_back = False
        line.crowded = self._retire_one

    async def run(self, command: Command) -> Answer:
        """Run a command for whoever asks. Raises TimeoutError after its time, and ends it then."""
        script = said(command)
        if len(script) < LONGEST and (command.stdin or command.timeout_s > PATIENT_S):
            async with asyncio.timeout(command.timeout_s):
                return await fed(self._line, script, once(command.stdin))
        if command.stdin:
            raise Denied("a command of this length cannot be given input", hint="Give it fewer arguments.")
        return await self.ask(script, timeout_s=command.timeout_s)

    async def ask(self, script: bytes, *, timeout_s: float) -> Answer:
        """Run a script in a shell that stays. When it takes too long, or nobody waits any more, it is ended."""
        shell = await self._free()
        try:
            return await shell.run(script, timeout_s=timeout_s)
        except (TimeoutError, asyncio.CancelledError):
            await to_its_end(self._put_down(shell))
            raise

    async def close(self) -> None:
        """Close them all."""
        shells, self._shells = self._shells, []
        for shell in shells:
            await shell.close()
        for task in tuple(self._retiring):
            task.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)

    async def _free(self) -> Shell:
        """The shell with the least to do, or a new one."""
        async with self._opening:
            self._shells = [shell for shell in self._shells if shell.alive]
            idle = min(self._shells, key=lambda shell: shell.busy, default=None)
            if idle is not None and (not idle.busy or len(self._shells) >= min(MOST, self._line.room)):
                return idle
            shell = await Shell.begun(self._line)
            self._shells.append(shell)
            if self._wanted_back:
                self._wanted_back = False
                asyncio.get_running_loop().call_soon(self._retire_one)  # behind the one that it was opened for
            return shell

    def _retire_one(self) -> None:
        """Give a channel back as soon as its shell is through: others have none at all."""
        self._wanted_back = not self._shells and self._opening.locked()
        if self._shells and not self._retiring:
            shell = min(self._shells, key=lambda one: one.busy)
            self._shells.remove(shell)
            task = asyncio.create_task(shell.retire())
            self._retiring.add(task)
            task.add_done_callback(self._retiring.discard)

    async def _put_down(self, shell: Shell) -> None:
        with contextlib.suppress(Unreachable, NeedsLogin):
            await shell.kill(self._line)
