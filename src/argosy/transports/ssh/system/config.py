"""What ssh is told: the target's words, the user's configuration, and what Argosy does not leave to it."""

import asyncio
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from argosy.core.errors import NeedsLogin
from argosy.core.home import expanded
from argosy.core.target import Ssh
from argosy.transports.ssh.route import (
    DEFAULT_KEEPALIVE_S,
    DEFAULT_KEEPALIVES,
    MOST_KEEPALIVES,
    RAREST_KEEPALIVE_S,
)

DEFAULT_CONNECT_S = 20
_NUMBER = re.compile("[0-9]{1,9}")
LEFT_ALONE_S = 10
"""A master that nobody holds any more ends after this time: no killed server leaves one behind."""

_ALONE = {
    "BatchMode": "yes",
    "IdentitiesOnly": "yes",
    "KbdInteractiveAuthentication": "no",
    "PasswordAuthentication": "no",
    "PreferredAuthentications": "publickey",
    "StrictHostKeyChecking": "yes",
}
"""What keeps a login from needing anybody."""

_USER_CONFIG, _SYSTEM_CONFIG = "~/.ssh/config", "/etc/ssh/ssh_config"
_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com")
_OTHER_CIPHERS = ("aes128-ctr", "aes192-ctr", "aes256-ctr")


@dataclass(frozen=True)
class Facts:
    """What the configuration says of a machine. ``known_hosts`` stand as the configuration has them."""

    user: str
    host: str
    port: int
    connect_s: float
    known_hosts: tuple[str, ...]
    identities: tuple[Path, ...]
    keepalive_s: int
    """After how much silence the machine is asked whether it is there."""
    keepalives: int
    """After how many such questions without an answer the connection counts as lost."""

    @property
    def account(self) -> str:
        """Whose login it is, as secrets and windows name it."""
        return account(self.user, self.host, self.port)


def account(user: str, host: str, port: int) -> str:
    """How an account is named."""
    return f"{user}@{host}" if port == 22 else f"{user}@{host}:{port}"


def program() -> str:
    """The system's ssh. Raises NeedsLogin when there is none."""
    found = shutil.which("ssh")
    if found is None:
        raise NeedsLogin(
            "there is no program ssh on the PATH of Argosy's server",
            hint='Install the OpenSSH client, or set backend = "asyncssh" for this target.',
        )
    return found


def said_by(ssh: Ssh) -> list[str]:
    """What the target says, as options of ssh."""
    words: list[str] = []
    if ssh.user is not None:
        words += ["-l", ssh.user]
    if ssh.port is not None:
        words += ["-p", str(ssh.port)]
    for identity in ssh.identities:
        words += ["-i", str(expanded(identity))]
    return words


async def facts_of(ssh: Ssh) -> Facts:
    """What ssh itself makes of the configuration; nothing is connected. Raises NeedsLogin when it cannot be read."""
    config = [] if ssh.config is None else ["-F", *_users(ssh)]
    process = await asyncio.create_subprocess_exec(
        *(program(), "-G", *config, *said_by(ssh), "--", ssh.host),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        out, err = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    if process.returncode != 0:
        why = "; ".join(err.decode("utf-8", "replace").split("\n")).strip("; \r")
        raise NeedsLogin(f"the configuration of SSH for {ssh.host} cannot be used: {why}", hint="Repair it.")
    return read(out.decode("utf-8", "replace"))


def read(text: str) -> Facts:
    """What ``ssh -G`` prints: one option a line."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        found.setdefault(name.lower(), []).append(value.strip())

    def last(name: str, otherwise: str) -> str:
        return found.get(name, [otherwise])[-1]

    def number(name: str, otherwise: int) -> int:
        said = last(name, "")
        return (int(said) if _NUMBER.fullmatch(said) else 0) or otherwise

    return Facts(
        user=last("user", ""),
        host=last("hostname", ""),
        port=number("port", 22),
        connect_s=number("connecttimeout", DEFAULT_CONNECT_S),
        known_hosts=tuple(last("userknownhostsfile", "~/.ssh/known_hosts ~/.ssh/known_hosts2").split()),
        identities=tuple(map(expanded, found.get("identityfile", []))),
        keepalive_s=min(number("serveraliveinterval", DEFAULT_KEEPALIVE_S), RAREST_KEEPALIVE_S),
        keepalives=min(number("serveralivecountmax", DEFAULT_KEEPALIVES), MOST_KEEPALIVES),
    )


def written(ssh: Ssh, facts: Facts, own_hosts: Path, *, may_ask: bool, keys: Sequence[Path] = ()) -> str:
    """A configuration for one login: the first word on a thing counts, and ours come first.

    It holds for every hop, since ssh hands it on to the jumps. Without ``may_ask`` no questions of the far side are
    begun, as the first one may ring a telephone. With ``keys`` nobody is asked anything, and these are offered first.
    """
    ours = {
        "BatchMode": "no",  # what nobody may be asked is refused by our own program
        "ClearAllForwardings": "yes",
        "ControlMaster": "no",
        "ForwardAgent": "no",
        "ForwardX11": "no",
        "HashKnownHosts": "no",
        **({} if may_ask else {"KbdInteractiveAuthentication": "no"}),
        "NumberOfPasswordPrompts": "1",
        "PermitLocalCommand": "no",
        "RemoteCommand": "none",
        "RequestTTY": "no",
        "ServerAliveCountMax": str(facts.keepalives),
        "ServerAliveInterval": str(facts.keepalive_s),
        "StrictHostKeyChecking": "ask",
        "UpdateHostKeys": "no",
        "UserKnownHostsFile": " ".join(quoted(name) for name in (_escaped(own_hosts), *facts.known_hosts)),
        "VerifyHostKeyDNS": "no",
    }
    usual = {"ConnectTimeout": str(DEFAULT_CONNECT_S), "Ciphers": ",".join((*_CIPHERS, *_OTHER_CIPHERS))}
    lines = ["# Written by Argosy for one login: what stands here first is not overruled below."]
    lines += [f"{name} {value}" for name, value in (ours | (_ALONE if keys else {})).items()]
    lines += [f"IdentityFile {quoted(_escaped(key))}" for key in keys]
    lines += [f"Include {quoted(name)}" for name in _users(ssh)]
    lines += ["Host *", *(f"{name} {value}" for name, value in usual.items())]
    return "\n".join(lines) + "\n"


def _users(ssh: Ssh) -> list[str]:
    """The files of the user's configuration: as with ssh, one that was named replaces the others."""
    return [_USER_CONFIG, _SYSTEM_CONFIG] if ssh.config is None else [str(expanded(ssh.config))]


def quoted(name: str) -> str:
    """One word of a configuration."""
    return f'"{name}"' if any(mark in name for mark in " \t#'") else name


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")
