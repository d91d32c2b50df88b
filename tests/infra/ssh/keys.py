"""Keys, a certificate authority and an agent, all made by OpenSSH itself."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.infra.wrapped import demanded

KIND = "ed25519"


def make_key(path: Path, *, passphrase: str = "", kind: str = KIND) -> Path:
    """A new private key at ``path`` with its public half beside it."""
    command = [demanded("ssh-keygen"), "-q", "-t", kind, "-N", passphrase, "-C", f"test {path.name}", "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


def public(key: Path) -> str:
    """The line that goes into authorized_keys."""
    return key.with_name(f"{key.name}.pub").read_text().strip()


def fingerprint(key: Path) -> str:
    """The SHA256 fingerprint of a key, as a person is shown it."""
    command = [demanded("ssh-keygen"), "-l", "-f", f"{key}.pub"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[1]


def certify(authority: Path, key: Path, *, names: str, valid: str = "always:forever", host: bool = False) -> Path:
    """The certificate of a key, signed by ``authority`` for these names; ``valid`` as in ssh-keygen -V."""
    command = [demanded("ssh-keygen"), "-q", "-s", str(authority), "-I", "of a test", "-n", names, "-V", valid]
    command += ["-h"] if host else []
    subprocess.run([*command, f"{key}.pub"], check=True, capture_output=True)
    return key.with_name(f"{key.name}-cert.pub")


@contextmanager
def running_agent(folder: Path, *keys: Path) -> Iterator[Path]:
    """An ssh-agent that holds these keys; gives the path of its socket. It is gone afterwards."""
    socket = folder / "agent"
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig=TERM", demanded("ssh-agent"), "-D", "-a", str(socket)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()  # what the agent says as soon as it listens
        for key in keys:
            environment = os.environ | {"SSH_AUTH_SOCK": str(socket)}
            subprocess.run([demanded("ssh-add"), "-q", str(key)], env=environment, check=True, capture_output=True)
        yield socket
    finally:
        process.terminate()
        process.communicate()
