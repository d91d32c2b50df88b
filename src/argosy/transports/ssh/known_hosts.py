"""Which host keys are known: the files of OpenSSH, read as OpenSSH reads them, and always strictly."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

DEFAULT_PORT = 22


class Standing(StrEnum):
    """How a key stands in the files."""

    KNOWN = "known"
    NEW = "new"
    CHANGED = "changed"
    REVOKED = "revoked"


@dataclass(frozen=True)
class HostKey:
    """A public key as it crosses the wire: its type, and its bytes."""

    algorithm: str
    blob: bytes

    @property
    def kind(self) -> str:
        """The type as people write it: ED25519, RSA, ECDSA."""
        name = self.algorithm.removeprefix("sk-").removeprefix("ssh-").partition("@")[0]
        return name.partition("-")[0].upper()

    @property
    def fingerprint(self) -> str:
        """What ``ssh-keygen -l`` shows."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode("ascii").rstrip("=")

    def line(self, name: str) -> str:
        """The line of a known_hosts file that makes it known under this name."""
        return f"{name} {self.algorithm} {base64.b64encode(self.blob).decode('ascii')}"


@dataclass(frozen=True)
class Entry:
    """One line of a file: for which names, with which marker, which key; and where it stands."""

    names: str
    marker: str
    key: HostKey
    file: str
    number: int

    @property
    def where(self) -> str:
        """File and line, as editors take them."""
        return f"{self.file}:{self.number}"


@dataclass(frozen=True)
class Judgement:
    """How a key stands, and which line says so."""

    standing: Standing
    entry: Entry | None = None


def read_entries(text: str, file: str) -> tuple[Entry, ...]:
    """The lines of one file. A line that is no entry is passed over, as OpenSSH does."""
    found = (_entry(line.split(), file, number) for number, line in enumerate(text.splitlines(), 1))
    return tuple(entry for entry in found if entry is not None)


def _entry(words: list[str], file: str, number: int) -> Entry | None:
    marker = words.pop(0)[1:] if words and words[0].startswith("@") else ""
    if len(words) < 3 or words[0].startswith("#") or marker not in {"", "cert-authority", "revoked"}:
        return None
    try:
        blob = base64.b64decode(words[2], validate=True)
    except ValueError:  # binascii.Error is one, and so is a character that is no base64
        return None
    return Entry(words[0], marker, HostKey(words[1], blob), file, number)


def spelled(host: str, port: int) -> str:
    """How a host is named in the files."""
    return host if port == DEFAULT_PORT else f"[{host}]:{port}"


def judge(entries: Sequence[Entry], host: str, port: int, key: HostKey) -> Judgement:
    """How a key stands for a host.

    A key of a type that is not there counts as changed when a key of another type is: the types that are known are
    asked for first, so the host has lost the one that was known. A key that is known for the host without its port is
    known, as with OpenSSH.
    """
    said = _judged(matching(entries, spelled(host, port)), key)
    if said.standing is Standing.NEW and port != DEFAULT_PORT:
        without_port = _judged(matching(entries, host), key)
        if without_port.standing in {Standing.KNOWN, Standing.REVOKED}:
            return without_port
    return said


def _judged(entries: Sequence[Entry], key: HostKey) -> Judgement:
    same = [entry for entry in entries if entry.key.blob == key.blob]
    if revoked := next((entry for entry in same if entry.marker == "revoked"), None):
        return Judgement(Standing.REVOKED, revoked)
    if known := next((entry for entry in same if not entry.marker), None):
        return Judgement(Standing.KNOWN, known)
    others = sorted(
        (entry for entry in entries if not entry.marker), key=lambda entry: entry.key.algorithm != key.algorithm
    )
    return Judgement(Standing.CHANGED, others[0]) if others else Judgement(Standing.NEW)


def algorithms_known(entries: Sequence[Entry], host: str, port: int) -> tuple[str, ...]:
    """The types of the keys that are known for a host: to be asked for first."""
    names = [spelled(host, port)] if port == DEFAULT_PORT else [spelled(host, port), host]
    found = (entry.key.algorithm for name in names for entry in matching(entries, name) if not entry.marker)
    return tuple(dict.fromkeys(found))


def authorities(entries: Sequence[Entry], host: str, port: int) -> tuple[Entry, ...]:
    """The lines of authorities whose certificates are believed for a host."""
    return tuple(entry for entry in matching(entries, spelled(host, port)) if entry.marker == "cert-authority")


def matching(entries: Iterable[Entry], name: str) -> tuple[Entry, ...]:
    """The lines that speak of this name."""
    return tuple(entry for entry in entries if _speaks_of(entry.names, name.lower()))


def _speaks_of(names: str, name: str) -> bool:
    if names.startswith("|"):
        return _is_hash_of(names, name)
    found = False
    for pattern in names.lower().split(","):
        if _fits(pattern.removeprefix("!"), name):
            if pattern.startswith("!"):
                return False
            found = True
    return found


def _is_hash_of(hashed: str, name: str) -> bool:
    try:
        _, version, salt, digest = hashed.split("|")
        wanted = base64.b64decode(digest)
        made = hmac.new(base64.b64decode(salt), name.encode(), hashlib.sha1).digest()
    except ValueError:
        return False
    return version == "1" and hmac.compare_digest(made, wanted)


def _fits(pattern: str, name: str) -> bool:
    """Only ``*`` and ``?`` are special: brackets belong to names with a port."""
    spelling = "".join(".*" if mark == "*" else "." if mark == "?" else re.escape(mark) for mark in pattern)
    return re.fullmatch(spelling, name) is not None
