"""A login with a password and then a second factor: the real pam_duo before a stand-in of Duo's service."""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.infra.postgres import refuse
from tests.infra.ssh import duo_service
from tests.infra.ssh.people import need_root
from tests.infra.ssh.sshd import Place, Sshd, running_sshd
from tests.infra.wrapped import demanded, until

MODULE = "pam_duo.so"
SYSTEM_PAM = Path("/etc/pam.d/sshd")
FIRST_FACTOR = "@include common-auth"
PASSCODE = "123456"


@dataclass(frozen=True)
class TwoFactorDoor:
    """The server, and the phone of the person who logs in."""

    sshd: Sshd
    folder: Path

    def person_at_phone(self, *, push: str = "allow", delay_s: float = 0.0, passcode: str = PASSCODE) -> None:
        """What the person does from now on: ``push`` is allow, deny or timeout; ``passcode`` is the right one."""
        duo_service.set_mode(self.folder, push=push, delay=str(delay_s), passcode=passcode)

    def asked(self) -> list[str]:
        """Which second factors were tried so far: ``push1`` or a passcode, in their order."""
        path = self.folder / "asked"
        return path.read_text().split() if path.exists() else []


@contextmanager
def running_door(*, autopush: bool = False) -> Iterator[TwoFactorDoor]:
    """A server behind the door. With ``autopush`` nothing is asked after the password: it waits for the phone."""
    need_root()
    if not any(Path("/lib").glob(f"*/security/{MODULE}")):
        refuse("pam_duo is not installed: install the Debian package libpam-duo, or run `make servers` as root")
    with TemporaryDirectory(prefix="argosy-duo-") as directory:
        folder = Path(directory)
        with _service(folder) as port:
            pam = _pam(folder, port, autopush=autopush)
            # PAM asks for everything; a key alone opens nothing.
            lines = ["AuthenticationMethods keyboard-interactive", "PasswordAuthentication no"]
            with running_sshd(lines=lines, place=Place(pam=pam)) as sshd:
                door = TwoFactorDoor(sshd, folder)
                door.person_at_phone()
                yield door


@contextmanager
def _service(folder: Path) -> Iterator[int]:
    command = [demanded("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    with (folder / "service.log").open("wb") as log:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", sys.executable, duo_service.__file__, str(folder)], stdout=log, stderr=log
        )
    try:
        until((folder / "port").exists, f"Duo's stand-in listens: {(folder / 'service.log').read_text()}")
        yield int((folder / "port").read_text())
    finally:
        process.kill()
        process.wait()


def _pam(folder: Path, port: int, *, autopush: bool) -> Path:
    """Debian's own PAM file of sshd, with its first factor made strict and followed by Duo."""
    settings = {
        "ikey": "DI000000000000000000",
        "skey": secrets.token_hex(20),
        "host": f"localhost:{port}",
        "cafile": str(folder / "cert.pem"),
        "failmode": "secure",
        "pushinfo": "yes",
        "autopush": "yes" if autopush else "no",
        "prompts": "3",
    }
    duo = folder / "pam_duo.conf"
    duo.touch(mode=0o600)
    duo.write_text("[duo]\n" + "".join(f"{name}={value}\n" for name, value in settings.items()))
    text = SYSTEM_PAM.read_text()
    assert FIRST_FACTOR in text, f"{SYSTEM_PAM} is not Debian's"
    pam = folder / "pam"
    pam.write_text(text.replace(FIRST_FACTOR, f"auth requisite pam_unix.so\nauth requisite {MODULE} conf={duo}"))
    return pam
