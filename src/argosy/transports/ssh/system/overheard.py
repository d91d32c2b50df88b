"""What ssh says while it logs in: its own words on what it does, and those of the far side."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from argosy.transports.ssh.known_hosts import HostKey
from argosy.transports.ssh.login import Login
from argosy.transports.ssh.system.config import Facts

_DEBUG = "debug1: "
_NOISE = ("OpenSSH_", "Warning: Permanently added ", "Transferred: ", "Bytes per second: ", "debug")
_CONNECTING = re.compile(r"Connecting to (\S+) \[.*\] port (\d+)\.?$")
_AUTHENTICATING = re.compile(r"Authenticating to (.+):(\d+) as '(.*)'$")
_HOST_KEY = re.compile(r"Server host key: (\S+) (\S+)$")
_FOUND = re.compile(r"Found (?:CA )?key in (.+:\d+)$")
_OFFERING = re.compile(r"Offering public key: (.+) \S+ SHA256:\S+ ?(.*)$")
_METHODS = re.compile(r"Authentications that can continue: (\S+)$")
_NEXT = re.compile(r"(?:Next authentication method: (\S+)|No more authentication methods.*)$")
_WORKED = re.compile(r"Authenticated to .* using \"(.+)\"\.$")
_MOST = 400


@dataclass
class Overheard:
    """Keeps what matters of it; ``tell`` hears the steps. ``moved`` is set at every line."""

    facts: Facts
    tell: Callable[[str], None]
    login: Login = field(default_factory=Login)
    lines: list[str] = field(default_factory=list[str])
    """What is not about the steps: of the far side, and of what went wrong."""
    key: str = ""
    """Type and fingerprint of the host key that was shown last."""
    method: str = ""
    """What opened the last hop."""
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    _here: Facts | None = None
    _trying: str = ""

    @property
    def place(self) -> Facts:
        """The hop that is being logged in to."""
        return self._here or self.facts

    @property
    def shown(self) -> str:
        """The host key, as people are told."""
        return self.key.replace(" ", " key ", 1)

    def hear(self, line: str) -> None:
        """One line of its standard error."""
        line = line.rstrip("\r\n")
        self.moved.set()
        if line.startswith(_DEBUG):
            self._step(line.removeprefix(_DEBUG))
        elif found := _WORKED.match(line):
            self.method = found[1]
            self.login.said.clear()
        elif line.strip() and not line.startswith(_NOISE) and len(self.lines) < _MOST:
            self._words(line)

    def last_words(self) -> str:
        """What it said at its end."""
        return self.lines[-1] if self.lines else "ssh ended"

    def _words(self, line: str) -> None:
        """Not about a step. While tickets are tried it is Kerberos that speaks, as often as it tries one."""
        trouble = f"Kerberos: {line}"
        if trouble in self.login.troubles:
            return
        self.lines.append(line)
        self.login.said.append(line)
        self.tell(f"ssh says: {line}")
        if self._trying.startswith("gssapi"):
            self.login.troubles += (trouble,)
            self.login.no_ticket = True

    def _step(self, step: str) -> None:
        if found := _CONNECTING.match(step):
            self._here = replace(self.facts, host=found[1], port=int(found[2]))
            self.tell(f"connects to {found[1]} port {found[2]}")
        elif found := _AUTHENTICATING.match(step):
            self._here = replace(self.facts, user=found[3], host=found[1], port=int(found[2]))
            self.login.methods, self.login.tried = (), []
            self.login.troubles, self.login.no_ticket = (), False
        elif found := _HOST_KEY.match(step):
            self.key = f"{HostKey(found[1], b'').kind} {found[2]}"
        elif found := _FOUND.match(step):
            self.tell(f"host key {self.key} is known from {found[1]}")
        elif found := _OFFERING.match(step):
            name = f"{found[1]} of the agent" if "agent" in found[2].split() else found[1]
            self.tell(f"offers the key {name}")
            self.login.tried.append(f"the key {name}")
        elif found := _NEXT.match(step):
            self._trying = found[1] or ""
        elif found := _METHODS.match(step):
            methods = found[1].split(",")
            self.login.methods = tuple(dict.fromkeys([*self.login.methods, *methods]))
