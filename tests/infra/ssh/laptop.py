"""The home directory of the one who logs in, as OpenSSH's client and every other client find it."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.infra.ssh.keys import make_key, public
from tests.infra.ssh.sshd import Sshd
from tests.infra.wrapped import PATIENCE_S, demanded


@dataclass(frozen=True)
class Laptop:
    """A home with ``.ssh/config``, ``.ssh/known_hosts`` and ``.ssh/id_ed25519``; nothing of the real home is seen."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        """Its ssh_config."""
        return self.home / ".ssh" / "config"

    @property
    def known_hosts(self) -> Path:
        """The hosts that it knows."""
        return self.home / ".ssh" / "known_hosts"

    @property
    def key(self) -> Path:
        """Its usual private key."""
        return self.home / ".ssh" / "id_ed25519"

    def set_up(self) -> "Laptop":
        """Make the directory and the usual key."""
        (self.home / ".ssh").mkdir(mode=0o700, parents=True)
        self.known_hosts.touch(mode=0o600)
        self.config.touch(mode=0o600)
        make_key(self.key)
        return self

    def add_host(
        self, alias: str, sshd: Sshd, *, port: int | None = None, key: Path | None = None, lines: tuple[str, ...] = ()
    ) -> None:
        """Know the server under ``alias`` and let ``key`` in there; ``lines`` come first in its entry."""
        key = key or self.key
        self.trust(sshd, port=port)
        sshd.authorize(public(key))
        entry = [
            f"Host {alias}",
            *lines,
            f"HostName {sshd.address}",
            f"Port {port or sshd.port}",
            f"User {sshd.person.name}",
            f"IdentityFile {key}",
            "IdentitiesOnly yes",
            f"UserKnownHostsFile {self.known_hosts}",
        ]
        with self.config.open("a") as file:
            file.write("\n  ".join(entry) + "\n")

    def trust(self, sshd: Sshd, *, port: int | None = None) -> None:
        """Know the server's host keys at its port, or at that of a proxy."""
        with self.known_hosts.open("a") as file:
            file.write(sshd.known_hosts(port=port))

    def forget_hosts(self) -> None:
        """Know no host any more."""
        self.known_hosts.write_text("")

    def ssh(self, *words: str, program: str = "ssh") -> subprocess.CompletedProcess[str]:
        """The system's ssh, scp or sftp with this home's configuration; it never asks for anything."""
        # OpenSSH finds the home in the password database and not in HOME, so the file is named.
        command = [demanded(program), "-F", str(self.config), "-o", "BatchMode=yes", *words]
        return subprocess.run(
            command,
            env=self.surroundings(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=PATIENCE_S,
        )

    def surroundings(self) -> dict[str, str]:
        """The environment of a program that runs on this laptop: its HOME, and no agent of the real one."""
        real = {name: value for name, value in os.environ.items() if not name.startswith("SSH_")}
        return real | {"HOME": str(self.home)} | self.environment
