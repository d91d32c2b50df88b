"""How a machine is reached: what the target says and what ~/.ssh/config says, put together for every hop."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import asyncssh

from argosy.core.errors import NeedsLogin
from argosy.core.home import expanded
from argosy.core.target import Ssh

OWN_CONFIG = Path("~/.ssh/config")
SYSTEM_CONFIG = Path("/etc/ssh/ssh_config")
DEFAULT_IDENTITIES = ("~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa")
DEFAULT_USER_HOSTS = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
DEFAULT_SYSTEM_HOSTS = ("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")
DEFAULT_CONNECT_S = 20.0
DEFAULT_KEEPALIVE_S = 15
DEFAULT_KEEPALIVES = 3
RAREST_KEEPALIVE_S = 60
"""Whoever asks more rarely by ~/.ssh/config, or never, would have jobs wait for a connection that is long dead."""
MOST_KEEPALIVES = 10
DEEPEST = 8


@dataclass(frozen=True)
class Asked:
    """What a hop was asked for as: a name of the config or of the network, and what was said beside it."""

    name: str
    user: str | None = None
    port: int | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """What overrules the config."""
        said = {"username": self.user, "port": self.port}
        return {key: value for key, value in said.items() if value is not None}


@dataclass(frozen=True)
class Hop:
    """One machine on the way. ``identities`` and ``certificates`` are paths; ``named``: somebody named them."""

    asked: Asked
    host: str
    port: int
    user: str
    config: tuple[Path, ...]
    alias: str | None
    known_hosts: tuple[Path, ...]
    identities: tuple[Path, ...]
    named: bool
    certificates: tuple[Path, ...]
    identities_only: bool
    agent: str | None
    ciphers: str | None
    connect_s: float
    keepalive_s: int
    """After so much silence it is asked whether it is still there."""
    keepalives: int
    """So many questions may stay without an answer before the connection counts as lost."""

    @property
    def account(self) -> str:
        """Whose login it is, as secrets and windows name it."""
        return f"{self.user}@{self.host}" if self.port == 22 else f"{self.user}@{self.host}:{self.port}"

    @property
    def hosts_name(self) -> tuple[str, int]:
        """Under which name and port its key is known. An alias has no port."""
        return (self.alias, 22) if self.alias else (self.host, self.port)


Route = tuple[Hop, ...]
"""All hops in order; the last one is the machine itself."""


def resolve(ssh: Ssh) -> Route:
    """The way to a target's machine. Reads files, and runs the commands of ``Match exec``.

    Raises NeedsLogin when the config cannot be understood: only a person can repair it.
    """
    config = _config_files(ssh)
    asked = Asked(ssh.host, ssh.user, ssh.port)
    try:
        return _way_to(asked, config, ssh, depth=0)
    except (asyncssh.ConfigParseError, ValueError, OSError) as trouble:
        raise NeedsLogin(
            f"the configuration of SSH for {ssh.host} cannot be used: {trouble}",
            hint='Repair it, or let the system\'s own ssh read it: set backend = "openssh" for this target.',
        ) from trouble


def _config_files(ssh: Ssh) -> tuple[Path, ...]:
    """As ``ssh`` does: a file that was named replaces all others."""
    if ssh.config is not None:
        return (expanded(ssh.config),)
    return tuple(path for path in map(expanded, (OWN_CONFIG, SYSTEM_CONFIG)) if os.access(path, os.R_OK))


def _way_to(asked: Asked, config: tuple[Path, ...], ssh: Ssh | None, *, depth: int) -> Route:
    if depth > DEEPEST:
        raise ValueError(f"ProxyJump leads through more than {DEEPEST} machines, or in a circle")
    said = _said(asked, config)
    before: Route = ()
    for number, jump in enumerate(_jumps(said.config.get("ProxyJump"))):
        # As with ssh: the first jump may have a way of its own, the others are reached from the one before.
        way = _way_to(jump, config, None, depth=depth + 1)
        before += way if number == 0 else way[-1:]
    return (*before, _hop(asked, config, said, ssh))


def _said(asked: Asked, config: tuple[Path, ...]) -> asyncssh.SSHClientConnectionOptions:
    """What the config says, without touching a key; ``Match final`` is honoured."""
    plain: dict[str, Any] = {
        "config": list(config),
        "host": asked.name,
        "client_keys": None,
        "known_hosts": None,
        **asked.settings,
    }
    said = asyncssh.SSHClientConnectionOptions(**plain)
    if said.config.has_match_final():
        said = asyncssh.SSHClientConnectionOptions(**plain, final=True)
    return said


def _jumps(said: object) -> tuple[Asked, ...]:
    if not isinstance(said, str):
        return ()
    return tuple(_jump(word.strip()) for word in said.split(",") if word.strip())


def _jump(word: str) -> Asked:
    """``[user@]host[:port]``, also as a URI and with an IPv6 address in brackets."""
    user, _, place = word.removeprefix("ssh://").rpartition("@")
    if place.startswith("["):
        host, _, port = place[1:].partition("]")
        port = port.removeprefix(":")
    else:
        host, _, port = place.partition(":")
    return Asked(host, user or None, int(port) if port else None)


def _hop(asked: Asked, config: tuple[Path, ...], said: asyncssh.SSHClientConnectionOptions, ssh: Ssh | None) -> Hop:
    tokens = {"d": str(Path.home()), "h": said.host, "n": asked.name, "p": str(said.port), "r": said.username, "%": "%"}
    named = (ssh.identities if ssh else ()) or _texts(said, "IdentityFile")
    hosts = (
        *_texts(said, "UserKnownHostsFile", DEFAULT_USER_HOSTS),
        *_texts(said, "GlobalKnownHostsFile", DEFAULT_SYSTEM_HOSTS),
    )
    return Hop(
        asked=asked,
        host=said.host,
        port=said.port,
        user=said.username,
        config=config,
        alias=_text(said, "HostKeyAlias"),
        known_hosts=tuple(_path(name, tokens) for name in hosts),
        identities=tuple(_path(name, tokens) for name in named or DEFAULT_IDENTITIES),
        named=bool(named),
        certificates=tuple(_path(name, tokens) for name in _texts(said, "CertificateFile")),
        identities_only=bool(said.config.get("IdentitiesOnly", False)),
        agent=_agent(said),
        ciphers=_text(said, "Ciphers"),
        connect_s=float(cast("float", said.config.get("ConnectTimeout") or DEFAULT_CONNECT_S)),
        keepalive_s=min(_number(said, "ServerAliveInterval", DEFAULT_KEEPALIVE_S), RAREST_KEEPALIVE_S),
        keepalives=min(_number(said, "ServerAliveCountMax", DEFAULT_KEEPALIVES), MOST_KEEPALIVES),
    )


def _text(said: asyncssh.SSHClientConnectionOptions, option: str) -> str | None:
    value = said.config.get(option)
    return value if isinstance(value, str) and value else None


def _number(said: asyncssh.SSHClientConnectionOptions, option: str, otherwise: int) -> int:
    value = said.config.get(option)
    return value if isinstance(value, int) and value > 0 else otherwise


def _texts(said: asyncssh.SSHClientConnectionOptions, option: str, otherwise: Sequence[str] = ()) -> tuple[str, ...]:
    value = said.config.get(option)
    return tuple(cast("list[str]", value)) if isinstance(value, list) else tuple(otherwise)


def _path(name: str, tokens: dict[str, str]) -> Path:
    """A path of the config: asyncssh leaves ``~`` and, in the names of known_hosts files, the tokens to us."""
    out, rest = "", name
    while rest:
        before, mark, rest = rest.partition("%")
        out += before
        if mark and rest:
            out += tokens.get(rest[0], "%" + rest[0])
            rest = rest[1:]
    return expanded(os.path.expandvars(out))


def _agent(said: asyncssh.SSHClientConnectionOptions) -> str | None:
    """The socket of the agent. ``IdentityAgent none`` is no agent, ``SSH_AUTH_SOCK`` and ``$NAME`` are variables."""
    missing = object()
    value = said.config.get("IdentityAgent", missing)
    if value is None:
        return None
    if value is missing or value == "SSH_AUTH_SOCK":
        return os.environ.get("SSH_AUTH_SOCK") or None
    name = cast("str", value)
    if name.startswith("$"):
        return os.environ.get(name[1:]) or None
    return str(expanded(name))
