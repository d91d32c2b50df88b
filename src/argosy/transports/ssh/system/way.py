"""The way of the system's ssh: logins and connections are its own; what it asks goes to the same person as ours."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from argosy.core.errors import TargetError, Unreachable
from argosy.core.target import Ssh
from argosy.transports.far.line import Channel
from argosy.transports.ssh.asking import Asking
from argosy.transports.ssh.dial import BACKGROUND_LOGIN_S, PERSON_LOGIN_S, REDIALS
from argosy.transports.ssh.keys import Offer
from argosy.transports.ssh.link import Stand
from argosy.transports.ssh.memory import Memory
from argosy.transports.ssh.refusals import too_slow
from argosy.transports.ssh.secrets import Kind, Opens
from argosy.transports.ssh.system import place
from argosy.transports.ssh.system.answers import Answers
from argosy.transports.ssh.system.config import LEFT_ALONE_S, Facts, facts_of, program, said_by, written
from argosy.transports.ssh.system.door import Door, open_door
from argosy.transports.ssh.system.master import Master
from argosy.transports.ssh.system.overheard import Overheard
from argosy.transports.ssh.system.troubles import explained
from argosy.transports.ssh.wallet import Wallet


@dataclass
class SystemStand:
    """A master that is logged in."""

    master: Master
    words: str
    second: None = None
    """It is as fast itself."""

    @property
    def lost(self) -> str | None:
        """Why it stands no more."""
        return self.master.lost

    async def start(self, command: bytes, left: Callable[[], None]) -> Channel:
        """A channel with the command on it."""
        return await self.master.start(command, left)

    async def hang_up(self) -> None:
        """End the master."""
        await self.master.end()

    async def let_go(self) -> None:
        """End it, too: whoever stops the server wants nothing of it to run on."""
        await self.master.end()


@dataclass
class SystemWay:
    """Dials with the system's ssh. ``state`` is Argosy's directory for what it is about now.

    With ``keys`` it logs in with these and by no other means, and asks nothing.
    """

    ssh: Ssh
    own_hosts: Path
    state: Path
    memory: Memory
    keys: tuple[Offer, ...] = ()
    _facts: Facts | None = None
    _ending: "asyncio.Task[None] | None" = None

    async def dial(self, target: str, tell: Callable[[str], None], asking: Asking | None) -> Stand:
        """Read the configuration anew, and log in."""
        self._facts = facts = await facts_of(self.ssh)
        said: tuple[str, ...] = ()
        for _ in range(REDIALS):
            heard = Overheard(facts, tell)
            heard.login.said.extend(said)
            answers = Answers(target, self.memory, heard, asking)
            try:
                master = await self._called(answers)
            except TargetError as trouble:
                if not await answers.failed(trouble):
                    raise
                said = (f"{trouble.message}. Please answer once more.",)
                tell(trouble.message)
            else:
                await answers.worked()
                tell(f"logged in as {facts.account} with {heard.method or 'ssh'}")
                return SystemStand(master, f"logged in as {facts.account}")
        raise too_slow(facts, target)

    def watch(self, stand: Stand, lost: Callable[[], None]) -> None:
        """The master's end is the connection's; what it leaves behind is cleared away."""
        master = cast("SystemStand", stand).master

        def ended() -> None:
            self._ending = asyncio.create_task(master.end())
            lost()

        master.on_lost = ended
        if master.lost is not None:
            ended()

    async def forget(self) -> None:
        """The secrets, and what was learnt of the account."""
        facts = self._facts
        accounts = (facts.account,) if facts else ()
        await self.memory.wallet.clear(accounts, tuple(map(str, facts.identities)) if facts else ())
        self.memory.late.clear()
        self.memory.plain.clear()

    async def _called(self, answers: Answers) -> Master:
        """A master that is logged in; nothing of it is left when it is not."""
        folder = await asyncio.to_thread(place.made, self.state)
        try:
            config = folder / "config"
            keys = await asyncio.to_thread(_laid_out, self.keys, folder)
            may_ask = await self._may_ask(answers)
            text = written(self.ssh, answers.heard.facts, self.own_hosts, may_ask=may_ask, keys=keys)
            await asyncio.to_thread(_prepare, config, text, self.own_hosts)
            async with open_door(folder, answers.answer) as door:
                command = self._command(folder / place.CONTROL, config)
                master = await Master.started(command, _surroundings(door), folder, answers.heard)
                try:
                    await _logged_in(master, door, answers)
                except BaseException:
                    await master.end()
                    raise
                return master
        except BaseException:
            await asyncio.to_thread(place.removed, folder)
            raise

    async def _may_ask(self, answers: Answers) -> bool:
        """Whether questions of the far side may be begun: without a person only where the password is the only one."""
        account = answers.heard.facts.account
        if answers.asking is not None:
            return True
        return account in self.memory.plain and await self.memory.wallet.get(Opens(Kind.PASSWORD, account)) is not None

    def _command(self, control: Path, config: Path) -> list[str]:
        socket = str(control).replace("%", "%%")
        options = ["-v", "-F", str(config), "-M", "-N", "-S", socket, "-o", f"ControlPersist={LEFT_ALONE_S}"]
        return [program(), *options, *said_by(self.ssh), "--", self.ssh.host]


def system_way(ssh: Ssh, own_hosts: Path, state: Path, say: Callable[[str], None]) -> SystemWay:
    """The way to a machine, which remembers nothing yet."""
    return SystemWay(ssh, own_hosts, state, Memory(Wallet(ssh.keyring, say)))


def again(ssh: Ssh, own_hosts: Path, state: Path, keys: tuple[Offer, ...]) -> SystemWay:
    """The way for a login that these keys have opened before: it has no secrets, and nobody is asked."""
    return SystemWay(ssh, own_hosts, state, Memory(Wallet(keyring=False, tell=lambda _: None)), keys)


def _laid_out(keys: tuple[Offer, ...], folder: Path) -> tuple[Path, ...]:
    """Files that name the keys to ssh: their own, and the public half of what an agent has."""
    paths: list[Path] = []
    for number, key in enumerate(keys):
        path = key.path or folder / f"key-{number}.pub"
        if key.path is None:
            path.write_text(f"{key.public.line('').strip()}\n", encoding="ascii")
        paths.append(path)
    return tuple(paths)


def _prepare(config: Path, text: str, own_hosts: Path) -> None:
    """Write the configuration, and have a private file for the host keys that a person approves."""
    config.write_text(text, encoding="utf-8")
    own_hosts.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    own_hosts.touch(mode=0o600)


def _surroundings(door: Door) -> dict[str, str]:
    """The environment of ssh: ours, and who is to be asked. Before OpenSSH 8.4 that took a display, whichever."""
    asks = {"SSH_ASKPASS": str(door.program), "SSH_ASKPASS_REQUIRE": "force"}
    return {"DISPLAY": ":0", **os.environ, **asks}


async def _logged_in(master: Master, door: Door, answers: Answers) -> None:
    """Wait for the login. Raises NeedsLogin and Unreachable."""
    person, heard = answers.asking is not None, answers.heard
    ready = asyncio.create_task(master.ready())
    try:
        async with asyncio.timeout(PERSON_LOGIN_S if person else BACKGROUND_LOGIN_S):
            await asyncio.wait({ready, door.ended}, return_when=asyncio.FIRST_COMPLETED)
    except TimeoutError:
        raise Unreachable(f"{heard.place.host} did not answer to the login of {heard.place.account}") from None
    finally:
        ready.cancel()
        (ended,) = await asyncio.gather(ready, return_exceptions=True)
    if door.ended.done():
        raise door.ended.result()
    if isinstance(ended, Unreachable):
        raise explained(heard, answers.target, person=person)
