"""A real network between this machine and an SSH server: a namespace of its own, and a link that can go dark."""

import ctypes
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.infra.postgres import refuse
from tests.infra.ssh.people import Person, need_root
from tests.infra.ssh.proxy import running_proxy
from tests.infra.ssh.sshd import Place, Sshd, running_sshd

CLONE_NEWNET = 0x40000000
RATE = "100mbit"
"""So much passes in each direction: whoever falls into the middle of a large file has time for that."""


@dataclass(frozen=True)
class Wire:
    """The link. Nobody at its ends is told when it goes dark: packets vanish, connections stay open and wait."""

    name: str
    network: str

    @property
    def near(self) -> str:
        """The address of this machine."""
        return f"{self.network}.1"

    @property
    def far(self) -> str:
        """The address of the machine at the other end."""
        return f"{self.network}.2"

    def entrance(self) -> list[str]:
        """What comes before a command so that it has the network of the machine at the other end."""
        return ["nsenter", f"--net=/run/netns/{self.name}", "--"]

    def fall(self) -> None:
        """Let every packet vanish, in both directions."""
        self._there("link", "set", self._far_end, "down")

    def mute(self) -> None:
        """Let what is asked arrive, and every answer vanish."""
        self._there("route", "replace", "blackhole", f"{self.near}/32")

    def rise(self) -> None:
        """Let packets pass again, after ``fall``, ``mute`` or both."""
        self._there("link", "set", self._far_end, "up")
        self._there("route", "flush", "type", "blackhole")

    def moved(self, way: str) -> int:
        """How many bytes have passed so far, ``up`` to the other machine or ``down`` from it."""
        count = "tx_bytes" if way == "up" else "rx_bytes"
        return int(Path(f"/sys/class/net/{self._near_end}/statistics/{count}").read_text())

    def door(self) -> socket.socket:
        """A socket that listens at the other end, for a program of this machine."""

        def made() -> socket.socket:
            with Path("/run/netns", self.name).open() as network:
                if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), CLONE_NEWNET):
                    refuse(f"this machine lets nobody into networks of their own: {os.strerror(ctypes.get_errno())}")
            return socket.create_server((self.far, 0))

        with ThreadPoolExecutor(1) as thread:  # only that thread goes there
            return thread.submit(made).result()

    def set_up(self) -> None:
        """Make the namespace and the link."""
        _ip("netns", "add", self.name)
        _ip("link", "add", self._near_end, "type", "veth", "peer", "name", self._far_end, "netns", self.name)
        _ip("address", "add", f"{self.near}/30", "dev", self._near_end)
        _ip("link", "set", self._near_end, "up")
        self._there("address", "add", f"{self.far}/30", "dev", self._far_end)
        for device in (self._far_end, "lo"):
            self._there("link", "set", device, "up")
        # A neighbour that is looked for in vain would be an error; one that is known for good is sent to in vain.
        (mac,) = self._there("-br", "link", "show", self._far_end).split()[2:3]
        _ip("neigh", "replace", self.far, "lladdr", mac, "nud", "permanent", "dev", self._near_end)
        for entrance, device in (([], self._near_end), (self.entrance(), self._far_end)):
            _said(*entrance, *f"tc qdisc add dev {device} root tbf rate {RATE} burst 256k limit 1m".split())

    def take_down(self) -> None:
        """Remove both; what still has that network keeps it."""
        for words in (("link", "delete", self._near_end), ("netns", "delete", self.name)):
            subprocess.run(["ip", *words], check=False, capture_output=True)

    @property
    def _near_end(self) -> str:
        return f"{self.name}-n"

    @property
    def _far_end(self) -> str:
        return f"{self.name}-f"

    def _there(self, *words: str) -> str:
        return _ip("-n", self.name, *words)


def _ip(*words: str) -> str:
    return _said("ip", *words)


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextmanager
def running_wire() -> Iterator[Wire]:
    """A link that is up, with addresses that belong to nobody (RFC 2544); gone afterwards."""
    need_root()
    for program in ("ip", "tc", "nsenter"):
        if shutil.which(program) is None:
            refuse(f"{program} is not installed: install the Debian package iproute2, or run `make servers`")
    network = f"198.{secrets.choice((18, 19))}.{secrets.randbelow(256)}"
    wire = Wire(f"ag{secrets.token_hex(3)}", network)
    try:
        try:
            wire.set_up()
        except subprocess.CalledProcessError as fault:
            refuse(f"this machine makes no networks of their own ({fault.stderr.strip()}): run as root on Linux")
        yield wire
    finally:
        wire.take_down()


@contextmanager
def running_wired_sshd(person: Person | None = None) -> Iterator[tuple[Wire, Sshd]]:
    """A server at the other end of a link."""
    with running_wire() as wire, running_sshd(person, place=Place(network=wire)) as sshd:
        yield wire, sshd


@contextmanager
def wired(sshd: Sshd) -> Iterator[tuple[Wire, Sshd]]:
    """A server of this machine as it is seen over a link; its sessions stay in the network of this machine."""
    with running_wire() as wire, running_proxy(sshd.port, wire.door()) as proxy:
        yield wire, replace(sshd, port=proxy.port, place=Place(network=wire))
