"""Which keys are offered: those of the agent, and those of files; a locked one only when it can be opened."""

import asyncio
import base64
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import asyncssh

from argosy.transports.ssh.known_hosts import HostKey
from argosy.transports.ssh.route import Hop
from argosy.transports.ssh.secrets import Kind, Opens, Secret

MOST_OFFERED = 5
"""A server counts every key that it does not want as a failed try, and usually ends after six."""

_MAGIC = b"openssh-key-v1\0"
_LOCKED = (asyncssh.KeyImportError, asyncssh.KeyEncryptionError)

Unlock = Callable[[Opens, Callable[[str], bool]], Awaitable[Secret | None]]
"""Gives the secret that opens something; the second argument tries one. None when there is none to be had."""


@dataclass(frozen=True)
class Offer:
    """A key that can sign, and what people call it."""

    pair: asyncssh.SSHKeyPair
    name: str
    path: Path | None = None
    """Its file; None when the agent has it."""

    @property
    def public(self) -> HostKey:
        """Its public half, or its certificate."""
        return HostKey(self.pair.algorithm.decode("ascii"), self.pair.public_data)

    @property
    def needs_a_touch(self) -> bool:
        """Whether it lies in a device that a person touches at every login."""
        return self.public.algorithm.startswith("sk-")


@dataclass
class KeyRing:
    """The keys for one hop, in the order in which they are offered.

    First those of the agent that were named, then its others, then the files. ``locked`` are the files whose passphrase
    nobody gave; ``troubles`` tell what else cannot be used, and why.
    """

    hop: Hop
    unlock: Unlock
    can_ask: bool
    locked: list[Path] = field(default_factory=list[Path])
    troubles: list[str] = field(default_factory=list[str])
    _agent: asyncssh.SSHAgentClient | None = None

    async def offers(self) -> AsyncIterator[Offer]:
        """Every key once; at most as many as a server listens to."""
        seen: set[bytes] = set()
        async for offer in self._all():
            if offer.pair.public_data in seen:
                continue
            if len(seen) == MOST_OFFERED:
                return
            seen.add(offer.pair.public_data)
            yield offer

    async def close(self) -> None:
        """Let go of the agent."""
        if self._agent is not None:
            self._agent.close()
            self._agent = None

    async def _all(self) -> AsyncIterator[Offer]:
        files = [path for path in self.hop.identities if await asyncio.to_thread(path.is_file)]
        mine = {key.blob for path in self.hop.identities if (key := await asyncio.to_thread(public_part, path))}
        held = await self._held()
        for offer in sorted(held, key=lambda offer: offer.pair.public_data not in mine):
            if offer.pair.public_data in mine or not self.hop.identities_only:
                yield offer
        in_agent = {offer.pair.public_data for offer in held}
        for path in files:
            key = await asyncio.to_thread(public_part, path)
            if key is None or key.blob not in in_agent:
                for pair in await self._of_file(path, key):
                    yield Offer(pair, f"{path}", path)

    async def _held(self) -> list[Offer]:
        """The keys of the agent; an agent that is gone has none, and that is said."""
        if not self.hop.agent:
            return []
        self._agent = asyncssh.SSHAgentClient(self.hop.agent)
        try:
            pairs = await self._agent.get_keys()
        except (OSError, ValueError) as trouble:
            self.troubles.append(f"the agent at {self.hop.agent} does not answer: {trouble}")
            return []
        return [Offer(pair, f"{pair.get_comment()} of the agent") for pair in pairs]

    async def _of_file(self, path: Path, public: HostKey | None) -> list[asyncssh.SSHKeyPair]:
        """A key with its certificates in front. A locked one is opened at its first use, when the server wants it."""
        certificates = [str(each) for each in self.hop.certificates if await asyncio.to_thread(each.is_file)]
        try:
            return list(await asyncio.to_thread(asyncssh.load_keypairs, str(path), None, certificates))
        except _LOCKED as trouble:
            if "assphrase" not in str(trouble):
                return self._unusable(path, trouble)
        except (OSError, ValueError) as trouble:
            return self._unusable(path, trouble)
        opens = Opens(Kind.PASSPHRASE, str(path))
        if public is not None and self.can_ask:
            return _opened_later(path, public, self._opener(opens, path), certificates)
        secret = await self.unlock(opens, lambda text: unlocks(path, text))
        if secret is None:
            self.locked.append(path)
            return []
        return list(await asyncio.to_thread(asyncssh.load_keypairs, str(path), secret.reveal(), certificates))

    def _unusable(self, path: Path, trouble: Exception) -> list[asyncssh.SSHKeyPair]:
        self.troubles.append(f"the key {path} cannot be used: {trouble}")
        return []

    def _opener(self, opens: Opens, path: Path) -> Callable[[str], Awaitable[str | None]]:
        async def opener(_: str) -> str | None:
            secret = await self.unlock(opens, lambda text: unlocks(path, text))
            if secret is None:
                self.locked.append(path)
                raise asyncssh.KeyImportError("the passphrase was not given")
            return secret.reveal()

        return opener


def _opened_later(
    path: Path, public: HostKey, opener: Callable[[str], Awaitable[str | None]], certificates: list[str]
) -> list[asyncssh.SSHKeyPair]:
    """A pair that asks for its passphrase when it first signs: nobody is asked for a key that the server refuses."""
    beside = path.with_name(path.name + "-cert.pub")
    half = str(beside) if beside.is_file() else public.line("").strip().encode("ascii")
    # asyncssh takes a function that is awaited on this loop; its annotation knows texts only.
    pairs = asyncssh.load_keypairs(
        [(str(path), half)], cast("str", opener), certificates, loop=asyncio.get_running_loop()
    )
    return list(pairs)


def unlocks(path: Path, text: str) -> bool:
    """Whether this passphrase opens the key file. Slow on purpose: the key derivation takes a moment."""
    try:
        asyncssh.read_private_key(str(path), text)
    except (*_LOCKED, OSError, ValueError):
        return False
    return True


def public_part(path: Path) -> HostKey | None:
    """The public half of a key file: beside it, or in its head, which is never locked. None where it has neither."""
    try:
        return _read_public(path.with_name(path.name + ".pub")) or _head(path.read_bytes())
    except (OSError, ValueError, struct.error):
        return None


def _read_public(path: Path) -> HostKey | None:
    try:
        words = path.read_text(encoding="utf-8").split()
        return HostKey(words[0], base64.b64decode(words[1], validate=True))
    except (OSError, ValueError, IndexError):
        return None


def _head(data: bytes) -> HostKey | None:
    """The public key in the head of a private key file of OpenSSH (PROTOCOL.key of openssh-portable)."""
    lines = data.splitlines()
    if not lines or lines[0].strip() != b"-----BEGIN OPENSSH PRIVATE KEY-----":
        return None
    body = base64.b64decode(b"".join(line for line in lines[1:] if not line.startswith(b"-----")))
    if not body.startswith(_MAGIC):
        return None
    rest = body[len(_MAGIC) :]
    for _ in range(3):  # the cipher, the key derivation, and what it needs
        _, rest = _text(rest)
    blob, _ = _text(rest[4:])
    algorithm, _ = _text(blob)
    return HostKey(algorithm.decode("ascii"), blob)


def _text(data: bytes) -> tuple[bytes, bytes]:
    (length,) = struct.unpack(">I", data[:4])
    return data[4 : 4 + length], data[4 + length :]
