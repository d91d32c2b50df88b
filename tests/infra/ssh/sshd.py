"""A private real OpenSSH server on a loopback port of its own."""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.infra.postgres import refuse
from tests.infra.ssh.keys import make_key, public
from tests.infra.ssh.machine import Machine
from tests.infra.ssh.people import Person, need_root, person
from tests.infra.wrapped import until

PROGRAM = Path("/usr/sbin/sshd")
SFTP = Path("/usr/lib/openssh/sftp-server")
HOST_KEYS = ("ed25519", "ecdsa")
LOGIN = re.compile(r"^Accepted \S+ for ", re.MULTILINE)
BELOW_EPHEMERAL = range(20_000, 32_000)
"""A server that comes back needs its port again; no outgoing connection may have taken it meanwhile."""


class Network(Protocol):
    """Where a server listens that is not on loopback."""

    @property
    def far(self) -> str:
        """Its address."""
        ...

    def entrance(self) -> list[str]:
        """What comes before a command so that it is there."""
        ...


@dataclass(frozen=True)
class Place:
    """Where a server runs: on which host, in which network, with its own /etc/pam.d/sshd, and what it finds around it.

    Without anything: on this one, on loopback.
    """

    machine: Machine | None = None
    network: Network | None = None
    pam: Path | None = None
    surroundings: Mapping[str, str] = field(default_factory=dict[str, str])


LOOPBACK = Place()


@dataclass
class Sshd:
    """A server for one account."""

    directory: Path
    port: int
    person: Person
    place: Place = LOOPBACK
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        """Where it listens."""
        return self.place.network.far if self.place.network else "127.0.0.1"

    def start(self) -> "Sshd":
        """Listen, on the same port each time. Returns when a client is answered."""
        with (self.directory / "log").open("ab") as log:
            around = os.environ | dict(self.place.surroundings)
            self.process = subprocess.Popen(
                self._command(), env=around, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until(self._answers, f"sshd answers; its log: {self.log()}")
        return self

    def stop(self) -> None:
        """Like a host that is switched off the network: nobody listens, and every session is cut."""
        if self.process is None:
            return
        _kill([self._listener(), *self.sessions()])
        self.process.kill()
        self.process.wait()
        self.process = None

    def cut(self) -> int:
        """kill -9 of every session's server processes; what the sessions started lives on. Returns their number."""
        return _kill(self.sessions())

    def sessions(self) -> list[int]:
        """The server processes of the open connections (two for each), those of unfinished logins among them."""
        if self.process is None:
            return []
        return [pid for pid in descendants(self._listener()) if _name(pid) == "sshd"]

    def log(self) -> str:
        """All that the server has written down."""
        path = self.directory / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def logins(self) -> int:
        """How many logins were accepted so far."""
        return len(LOGIN.findall(self.log()))

    def refusals(self) -> int:
        """How many tries to log in failed so far."""
        return self.log().count("Failed password") + self.log().count("Failed keyboard-interactive")

    def authorize(self, *public_keys: str) -> None:
        """Accept these keys too."""
        with (self.directory / "authorized_keys").open("a") as file:
            file.writelines(f"{line}\n" for line in public_keys)

    def trust_authority(self, key: Path) -> None:
        """Accept user certificates that this authority has signed."""
        with (self.directory / "authorities").open("a") as file:
            file.write(f"{public(key)}\n")

    def host_key(self, kind: str = "ed25519") -> Path:
        """The private key that the server shows."""
        return self.directory / f"host_{kind}"

    def change_host_keys(self) -> None:
        """Show other keys from the next connection on, as after a new installation or before an attack."""
        for kind in HOST_KEYS:
            self.host_key(kind).unlink()
            self.host_key(kind).with_suffix(".pub").unlink()
            make_key(self.host_key(kind), kind=kind)
        if self.process is not None:
            self.stop()
            self.start()

    def known_hosts(self, *, port: int | None = None) -> str:
        """The lines by which a client knows this server, at its own port or at that of a proxy."""
        lines = [public(self.host_key(kind)).split()[:2] for kind in HOST_KEYS]
        return "".join(f"[{self.address}]:{port or self.port} {kind} {key}\n" for kind, key in lines)

    def _command(self) -> list[str]:
        sshd = [str(PROGRAM), "-D", "-e", "-f", str(self.directory / "sshd_config")]
        if self.place.pam is not None:
            mount = 'mount --bind "$0" /etc/pam.d/sshd && exec "$@"'
            sshd = ["unshare", "--mount", "--propagation", "slave", "sh", "-c", mount, str(self.place.pam), *sshd]
        for around in (self.place.machine, self.place.network):
            sshd = [*(around.entrance() if around else []), *sshd]
        return ["setpriv", "--pdeathsig=KILL", "--", *sshd]

    def _listener(self) -> int:
        """On another host the command that entered it stays outside, and the server is its child."""
        assert self.process is not None
        below = descendants(self.process.pid)
        return below[0] if self.place.machine is not None and below else self.process.pid

    def _answers(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise AssertionError(f"sshd ended at once:\n{self.log()}")
        try:
            with socket.create_connection((self.address, self.port), timeout=5) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False


@contextmanager
def running_sshd(
    person: Person | None = None,
    *,
    lines: Sequence[str] = (),
    sftp: bool = True,
    place: Place = LOOPBACK,
) -> Iterator[Sshd]:
    """A server for one account, gone with all its sessions and files afterwards."""
    need_programs()
    # Not pytest's own directory: that one is closed to the account that logs in.
    directory = Path(tempfile.mkdtemp(prefix="argosy-sshd-"))
    try:
        server = configured(directory, person, lines=lines, sftp=sftp, place=place)
        try:
            yield server.start()
        finally:
            server.stop()
    finally:
        shutil.rmtree(directory)


def need_programs() -> None:
    """Go on only where a server can run."""
    need_root()
    if not PROGRAM.exists():
        refuse("OpenSSH's server is not installed: install the Debian package openssh-server, or run `make servers`")
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)


def configured(
    directory: Path,
    who: Person | None = None,
    *,
    lines: Sequence[str] = (),
    sftp: bool = True,
    place: Place = LOOPBACK,
) -> Sshd:
    """A server that only has to be started. ``lines`` come first in its configuration, where the first one wins."""
    directory.chmod(0o755)
    server = Sshd(directory, free_port(), who or person(), place)
    for kind in HOST_KEYS:
        make_key(server.host_key(kind), kind=kind)
    for name in ("authorized_keys", "authorities"):
        (directory / name).touch()
    ours = [
        f"Port {server.port}",
        f"ListenAddress {server.address}",
        *(f"HostKey {server.host_key(kind)}" for kind in HOST_KEYS),
        f"AuthorizedKeysFile {directory}/authorized_keys",
        f"TrustedUserCAKeys {directory}/authorities",
        f"AllowUsers {server.person.name}",
        "PidFile none",
        "UsePAM yes",
        "PasswordAuthentication yes",
        "KbdInteractiveAuthentication yes",
        "StrictModes no",  # our directory lies below /tmp, which everybody may write
        "MaxStartups 100:30:200",
        "PrintMotd no",
        "AcceptEnv LANG LC_*",
        "LogLevel VERBOSE",
        *([f"Subsystem sftp {SFTP}"] if sftp else []),
    ]
    (directory / "sshd_config").write_text("\n".join([*lines, *ours]) + "\n")
    return server


def free_port() -> int:
    """A port that nobody listens on at this moment, and that no outgoing connection will be given."""
    while True:
        port = secrets.choice(BELOW_EPHEMERAL)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def descendants(pid: int) -> list[int]:
    """All living processes below a process, parents first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rpartition(") ")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(entry.parent.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = children.get(waiting.pop(0), [])
        found += below
        waiting += below
    return found


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _kill(pids: Sequence[int]) -> int:
    count = 0
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        count += 1
    return count
