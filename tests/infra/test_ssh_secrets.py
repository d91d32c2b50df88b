"""What a person types to log in is in no file, on no page of the database and in no process: it is searched for."""

import secrets
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.cli.keyboard import at_terminal
from tests.infra.ssh.desk import running_desk
from tests.infra.ssh.door import TwoFactorDoor
from tests.infra.ssh.keys import make_key
from tests.infra.ssh.sshd import running_sshd

pytestmark = pytest.mark.infra


def holding(places: Iterable[Path], *words: str) -> dict[Path, str]:
    """The files that hold one of these words, with the word."""
    found: dict[Path, str] = {}
    for place in places:
        for path in place.rglob("*") if place.is_dir() else (place,):
            try:
                held = path.read_bytes() if path.is_file() else b""
            except OSError:
                continue  # a process that has ended meanwhile
            for word in words:
                if word.encode() in held or word in path.name:
                    found[path] = word
    return found


def processes() -> list[Path]:
    """What every process of this machine was started with."""
    return [path for name in ("cmdline", "environ") for path in Path("/proc").glob(f"[0-9]*/{name}")]


def test_no_password_passphrase_or_passcode_is_found_anywhere(tmp_path: Path, two_factor_door: TwoFactorDoor) -> None:
    passphrase, passcode = secrets.token_urlsafe(12), f"{secrets.randbelow(10**12):012}"
    narrow = ["KbdInteractiveAuthentication no", "PubkeyAuthentication no"]
    with (
        running_desk(tmp_path / "desk") as desk,
        running_sshd(lines=narrow) as by_password,
        running_sshd(lines=["AuthenticationMethods publickey"]) as by_key,
    ):
        password = by_password.person.password
        two_factor_door.person_at_phone(passcode=passcode)
        first = desk.target(by_password)
        second = desk.target(by_key, key=make_key(desk.laptop.key.with_name("locked"), passphrase=passphrase))
        third = desk.target(two_factor_door.sshd)
        with at_terminal(desk.surroundings(), "connect", first) as terminal:
            terminal.until("Password")
            terminal.type(f"{password}\n")
            assert terminal.ends() == 0
            assert password not in terminal.seen
        desk.refused(second, f"not {passphrase}", "", "")
        desk.log_in(second, passphrase)
        desk.log_in(third, password, passcode)
        look = "env; cat /proc/*/cmdline /proc/*/environ 2>/dev/null; true"
        for target in (first, second, third):
            job = desk.submit(target, "sh", "-c", look, outputs=["*"])
            desk.succeeds(job)
            for words in (("console", target), ("target", "show", target), ("show", job), ("target", "export", target)):
                said = desk.server.argosy(*words)
                assert said.returncode == 0
                assert holding([_kept(tmp_path, said.stdout + said.stderr)], password, passphrase, passcode) == {}
        by_password.cut()
        desk.succeeds(desk.submit(first))
        assert by_password.logins() == 2, "the password was used again"
        places = [desk.server.top, desk.laptop.home, by_password.person.home / "argosy", *processes()]
        assert holding(places, password, passphrase, passcode) == {}
        control = {path.name for path in holding(places, first, str(desk.server.top))}
        assert {"argosy.db-wal", "job.json", "environ"} <= control, "what is there is found"


def _kept(folder: Path, said: bytes) -> Path:
    path = folder / "said"
    path.write_bytes(said)
    return path
