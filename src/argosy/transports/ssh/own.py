"""The way of our own: connections of asyncssh, with logins that are ours from the first word to the last."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import asyncssh

from argosy.core.errors import Unreachable
from argosy.core.target import Ssh
from argosy.transports.far.line import Channel
from argosy.transports.ssh.asking import Asking
from argosy.transports.ssh.channel import WINDOW, AsyncsshChannel, Session
from argosy.transports.ssh.dial import Dialler, Reached, hang_up
from argosy.transports.ssh.keys import Offer
from argosy.transports.ssh.link import ChannelRefused, Stand
from argosy.transports.ssh.memory import Memory
from argosy.transports.ssh.route import Route, resolve
from argosy.transports.ssh.second import Second
from argosy.transports.ssh.system.way import again
from argosy.transports.ssh.wallet import Wallet


@dataclass
class OwnStand:
    """All hops of a way, each logged in to."""

    reached: Reached
    words: str
    second: Second | None = None

    @property
    def lost(self) -> str | None:
        """Why the last hop stands no more."""
        caller = self.reached.caller
        if not caller.lost.is_set():
            return None
        return str(caller.reason) if caller.reason else "it was closed there"

    async def start(self, command: bytes, left: Callable[[], None]) -> Channel:
        """A channel with the command on it.

        When we are cancelled meanwhile, the channel is closed as soon as it opens.
        """
        create: Any = cast("Any", self.reached.conn).create_session  # its annotations leave holes
        opening: asyncio.Task[Any] = asyncio.create_task(
            create(Session, command.decode("ascii"), encoding=None, request_pty=False, window=WINDOW)
        )
        try:
            chan, session = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_abort)
            raise
        except (OSError, asyncssh.Error) as trouble:
            if isinstance(trouble, asyncssh.ChannelOpenError) and not self.lost:
                raise ChannelRefused(trouble.reason) from trouble
            raise Unreachable(f"the connection was lost: {trouble}") from trouble
        return AsyncsshChannel(chan, session, left)

    async def hang_up(self) -> None:
        """End all hops, and what stands beside them."""
        hang_up(self.reached.conns)
        if self.second is not None:
            await self.second.close()

    async def let_go(self) -> None:
        """It cannot live without us."""
        await self.hang_up()


@dataclass
class OwnWay:
    """Dials with asyncssh."""

    ssh: Ssh
    own_hosts: Path
    state: Path
    memory: Memory
    _route: Route = ()
    _ending: "asyncio.Task[None] | None" = None

    async def dial(self, target: str, tell: Callable[[str], None], asking: Asking | None) -> Stand:
        """Read the configuration anew, and log in hop by hop."""
        self._route = await asyncio.to_thread(resolve, self.ssh)
        reached = await Dialler(target, self.memory, self.own_hosts, tell, asking).dial(self._route)
        keys = reached.keys_alone() if self.ssh.second_login else ()
        second = Second(partial(self._dial_again, keys)) if keys else None
        return OwnStand(reached, f"logged in as {self._route[-1].account}", second)

    def watch(self, stand: Stand, lost: Callable[[], None]) -> None:
        """The last hop tells when it ends; the others are of no use then."""
        mine = cast("OwnStand", stand)
        reached = mine.reached

        def ended() -> None:
            self._ending = asyncio.create_task(mine.hang_up())
            lost()

        reached.caller.on_lost = ended
        if reached.caller.lost.is_set():
            ended()

    async def forget(self) -> None:
        """The secrets, and what was learnt of the accounts."""
        keys = tuple(str(path) for hop in self._route for path in hop.identities)
        await self.memory.wallet.clear(tuple(hop.account for hop in self._route), keys)
        self.memory.late.clear()
        self.memory.plain.clear()

    async def _dial_again(
        self, keys: tuple[Offer, ...], target: str, tell: Callable[[str], None], lost: Callable[[], None]
    ) -> Stand:
        """The same login once more, by the system's ssh, with nothing but the keys that opened."""
        way = again(self.ssh, self.own_hosts, self.state, keys)
        stand = await way.dial(target, tell, None)
        way.watch(stand, lost)
        return stand


def own_way(ssh: Ssh, own_hosts: Path, state: Path, say: Callable[[str], None]) -> OwnWay:
    """The way to a machine, which remembers nothing yet."""
    return OwnWay(ssh, own_hosts, state, Memory(Wallet(ssh.keyring, say)))


def _abort(opening: "asyncio.Task[Any]") -> None:
    with contextlib.suppress(Exception, asyncio.CancelledError):
        opening.result()[0].abort()
