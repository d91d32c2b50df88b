"""Reaching a machine: hop by hop, each with its own login, until the last one stands."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh

from argosy.core.errors import NeedsLogin, TargetError, Unreachable
from argosy.transports.ssh.asking import Asking, approved
from argosy.transports.ssh.keys import Offer
from argosy.transports.ssh.known_hosts import Entry, Standing, algorithms_known, authorities, read_entries, spelled
from argosy.transports.ssh.login import Caller
from argosy.transports.ssh.memory import Memory
from argosy.transports.ssh.refusals import no_answer, too_slow, translated
from argosy.transports.ssh.route import Hop, Route

KEY_EXCHANGE_S = 15.0
BACKGROUND_LOGIN_S = 60.0
PERSON_LOGIN_S = 900.0
REDIALS = 3
"""How often it is dialled again when the server did not wait for a person's answer."""

_KEYS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
_CERTIFICATES = tuple(f"{name}-cert-v01@openssh.com" for name in _KEYS)


@dataclass(frozen=True)
class Reached:
    """A machine that is reached, with what leads there."""

    conns: tuple[asyncssh.SSHClientConnection, ...]
    callers: tuple[Caller, ...]

    @property
    def conn(self) -> asyncssh.SSHClientConnection:
        """The connection to the machine itself."""
        return self.conns[-1]

    @property
    def caller(self) -> Caller:
        """Who has logged in to the machine itself."""
        return self.callers[-1]

    def keys_alone(self) -> tuple[Offer, ...]:
        """The keys that opened each hop, when nothing else was needed anywhere; else none."""
        keys = [caller.key_alone() for caller in self.callers]
        return tuple(key for key in keys if key is not None) if all(keys) else ()


@dataclass
class Dialler:
    """Dials one route for one target. ``own_hosts`` is Argosy's file of approved host keys."""

    target: str
    memory: Memory
    own_hosts: Path
    tell: Callable[[str], None]
    asking: Asking | None = None

    async def dial(self, route: Route) -> Reached:
        """All hops stand, or none. Raises NeedsLogin and Unreachable."""
        conns: list[asyncssh.SSHClientConnection] = []
        callers: list[Caller] = []
        try:
            for hop in route:
                conn, caller = await self._reach(hop, conns[-1] if conns else None)
                conns.append(conn)
                callers.append(caller)
        except BaseException:
            hang_up(conns)
            raise
        return Reached(tuple(conns), tuple(callers))

    async def _reach(
        self, hop: Hop, tunnel: asyncssh.SSHClientConnection | None
    ) -> tuple[asyncssh.SSHClientConnection, Caller]:
        """Log in at one hop; dial again when something was settled that the server did not wait for."""
        for _ in range(REDIALS):
            caller = Caller(hop, await self._entries(hop), self.memory, asking=self.asking, tell=self.tell)
            try:
                conn = await self._call(hop, caller, tunnel)
            except Exception as trouble:
                await caller.failed(refused=isinstance(trouble, asyncssh.PermissionDenied))
                said = translated(trouble, hop, caller.login, self.target, person=self.asking is not None)
                if not await self._settled(hop, caller, said):
                    raise said from trouble
            else:
                await caller.worked()
                ways = caller.login.tried[-1:] or ["nothing but the name"]
                self.tell(f"logged in as {hop.account} with {ways[0]}")
                return conn, caller
        raise too_slow(hop, self.target)

    async def _entries(self, hop: Hop) -> tuple[Entry, ...]:
        return await asyncio.to_thread(_read_hosts, (self.own_hosts, *hop.known_hosts))

    async def _call(
        self, hop: Hop, caller: Caller, tunnel: asyncssh.SSHClientConnection | None
    ) -> asyncssh.SSHClientConnection:
        self.tell(f"connects to {hop.host} port {hop.port}" + (" through the hop before" if tunnel else ""))
        settings = _settings(hop, caller, await self._entries(hop), tunnel)
        calling = asyncio.ensure_future(asyncssh.connect(hop.asked.name, **settings))
        beginning = asyncio.ensure_future(caller.began.wait())
        try:
            await asyncio.wait(
                {calling, beginning}, timeout=hop.connect_s + KEY_EXCHANGE_S, return_when=asyncio.FIRST_COMPLETED
            )
            if not calling.done() and not caller.began.is_set():
                raise no_answer(hop)
            return await asyncio.wait_for(calling, PERSON_LOGIN_S if self.asking else BACKGROUND_LOGIN_S)
        except TimeoutError:
            raise Unreachable(f"{hop.host} did not answer to the login of {hop.account}") from None
        finally:
            calling.cancel()
            beginning.cancel()
            await asyncio.gather(calling, beginning, return_exceptions=True)

    async def _settled(self, hop: Hop, caller: Caller, said: TargetError) -> bool:
        """Whether to dial again: a person approved the host key, or answered after the server had hung up."""
        if self.asking is None:
            return False
        login = caller.login
        if login.key is not None and login.judgement is not None and login.judgement.standing is Standing.NEW:
            await self._approve(hop, caller)
            return True
        if isinstance(said, Unreachable) and self.asking.is_open:
            self.tell(f"{hop.host} hung up while you were being asked; your answer is used in a new login")
            return caller.answered_late(await self.asking.settled())
        return False

    async def _approve(self, hop: Hop, caller: Caller) -> None:
        """Ask whether a new host key is right, and write it down. Raises NeedsLogin when it is not."""
        key, asking = caller.login.key, self.asking
        assert key is not None, "only a key that was shown is approved"
        assert asking is not None, "only a person approves a key"
        name = spelled(*hop.hosts_name)
        try:
            await approved(asking, host=hop.host, name=name, shown=f"{key.kind} {key.fingerprint}")
        except NeedsLogin:
            self.tell(f"the host key of {name} was not approved")
            raise
        await asyncio.to_thread(_append, self.own_hosts, key.line(name))
        self.tell(f"the host key of {name}, {key.kind} {key.fingerprint}, is approved and written to {self.own_hosts}")


def hang_up(conns: Sequence[asyncssh.SSHClientConnection]) -> None:
    """End them at once, the last one first."""
    for conn in reversed(conns):
        conn.abort()


def _settings(
    hop: Hop, caller: Caller, entries: Sequence[Entry], tunnel: asyncssh.SSHClientConnection | None
) -> dict[str, Any]:
    """Everything that asyncssh is told beside the config. Its own keys, prompts, timers and known hosts are off."""
    settings: dict[str, Any] = {
        "config": list(hop.config),
        "tunnel": tunnel,
        "client_factory": lambda: caller,
        "known_hosts": caller.trusted,
        "server_host_key_algs": _algorithms(hop, entries),
        "client_keys": None,
        "gss_host": None,
        "x509_trusted_certs": None,
        "compression_algs": None,
        "login_timeout": 0,
        "connect_timeout": None,
        "keepalive_interval": hop.keepalive_s,
        "keepalive_count_max": hop.keepalives,
        "agent_forwarding": False,
        "x11_forwarding": False,
        "command": None,
        **hop.asked.settings,
    }
    if hop.ciphers is None:
        settings["encryption_algs"] = "^aes128-gcm@openssh.com"  # twice as fast as the default on today's machines
    if tunnel is not None:
        settings["proxy_command"] = None
    return settings


def _algorithms(hop: Hop, entries: Sequence[Entry]) -> list[str]:
    """Which host keys are asked for: those that are known first, so that a host is not taken for a changed one."""
    known: list[str] = []
    for name in algorithms_known(entries, *hop.hosts_name):
        known += ["rsa-sha2-512", "rsa-sha2-256"] if name == "ssh-rsa" else [name] if name in _KEYS else []
    believed: tuple[str, ...] = _CERTIFICATES if authorities(entries, *hop.hosts_name) else ()
    return list(dict.fromkeys([*believed, *known, *_KEYS]))


def _read_hosts(files: Sequence[Path]) -> tuple[Entry, ...]:
    """All lines of all files that are there."""
    found: list[Entry] = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        found += read_entries(text, str(file))
    return tuple(found)


def _append(file: Path, line: str) -> None:
    """One more line in our own file. A single write, so that two servers do not mix theirs."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{line}\n".encode())
    finally:
        os.close(descriptor)
