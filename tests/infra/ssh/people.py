"""Accounts of this machine that log in over SSH, one for each login shell."""

import fcntl
import os
import pwd
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.infra.postgres import refuse
from tests.infra.wrapped import demanded

STATE = Path("/run/argosy-tests")
"""What all test processes of this machine share."""
LOGIN_FILES = {
    "bash": ".bashrc",
    "csh": ".cshrc",
    "dash": ".profile",
    "fish": ".config/fish/config.fish",
    "tcsh": ".cshrc",
    "zsh": ".zshenv",
}
"""What each shell reads when it runs one command for sshd. dash reads its file only when it is a login shell."""
NOISE = r"""
sh -c 'printf "Welcome to \033[1mAlpine\033[0m, caf\351\n\nMaintenance on Sunday\n"'
sh -c 'printf "warning: you are over your soft quota\n" >&2'
sh -c 'printf "argosy no newline at the end"'
"""


@dataclass(frozen=True)
class Person:
    """An account; ``password`` opens it through PAM."""

    name: str
    shell: str
    home: Path
    uid: int
    gid: int
    password: str

    def own(self, path: Path) -> Path:
        """Give a file or directory to this person."""
        os.chown(path, self.uid, self.gid)
        return path

    def folder(self, path: Path) -> Path:
        """A new directory of this person's, with its parents."""
        missing = [step for step in (path, *path.parents) if not step.exists()]
        path.mkdir(parents=True)
        for step in missing:
            self.own(step)
        return path


@cache
def person(shell: str = "bash", *, noisy: bool = False) -> Person:
    """The account with this login shell, made when it is not there yet. A noisy one has login files that print."""
    need_root()
    program = demanded(shell)
    name = f"sci-{shell}" + ("-noisy" if noisy else "")
    with machine_lock("people"):
        password = _password()
        if not (STATE / f"person-{name}").exists():
            _make(name, program, password)
            if noisy:
                _make_noisy(name, shell)
            (STATE / f"person-{name}").touch()
    entry = pwd.getpwnam(name)
    return Person(name, shell, Path(entry.pw_dir), entry.pw_uid, entry.pw_gid, password)


def need_root() -> None:
    """Go on only where accounts can be made."""
    if sys.platform != "linux" or os.geteuid() != 0:
        refuse("a real sshd with accounts of its own needs root on Linux: run these tests as root")
    if shutil.which("useradd") is None:
        refuse("useradd is not installed; 'apt-get install passwd' brings it")


@contextmanager
def machine_lock(name: str) -> Iterator[None]:
    """One test process of this machine at a time. The kernel frees the lock of a killed one."""
    STATE.mkdir(mode=0o755, exist_ok=True)
    with (STATE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _password() -> str:
    path = STATE / "password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12))
    return path.read_text()


def _make(name: str, program: str, password: str) -> None:
    try:
        pwd.getpwnam(name)
    except KeyError:
        subprocess.run(["useradd", "--create-home", "--shell", program, name], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["chpasswd"], input=f"{name}:{password}\n", text=True, check=True)


def _make_noisy(name: str, shell: str) -> None:
    entry = pwd.getpwnam(name)
    path = Path(entry.pw_dir) / LOGIN_FILES[shell]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(NOISE)
    subprocess.run(["chown", "--recursive", f"{name}:", entry.pw_dir], check=True)
