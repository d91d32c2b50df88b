"""The far machine of the rows about SSH: a real OpenSSH server on loopback, and the home of the one who logs in."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from argosy.core.target import Target
from argosy.transports.far.far import Far
from argosy.transports.ssh.opening import open_ssh
from tests.bench.setting import Setting
from tests.infra.ssh.calling import Listening, home_of, ssh_of
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.proxy import Proxy, running_proxy
from tests.infra.ssh.sshd import Sshd, running_sshd

HOST, COUNTED = "far", "counted"
"""The machine as the laptop knows it, and the same behind a proxy that counts bytes."""

_numbers = count()


@dataclass(frozen=True)
class Yard:
    """The server, the laptop, the proxy between them, and a directory of the account there."""

    sshd: Sshd
    laptop: Laptop
    proxy: Proxy
    ground: Path

    def fresh(self) -> Path:
        """A directory there that is empty."""
        return self.sshd.person.folder(self.ground / str(next(_numbers)))

    def target(self, root: Path, *, host: str = HOST) -> Target:
        """The machine as a target of Argosy."""
        return Target(name=host, transport="ssh", root=str(root), ssh=ssh_of(self.laptop, host))

    @asynccontextmanager
    async def reached(self, root: Path, *, host: str = HOST) -> AsyncIterator[Far]:
        """The machine as Argosy reaches it; the first call logs in, and the end logs out."""
        far = open_ssh(self.target(root, host=host), Listening(home_of(self.laptop)))
        try:
            yield far
        finally:
            await far.disconnect()
            await far.close()

    def run_s(self, argv: Sequence[str | Path]) -> float:
        """How long a program of the laptop takes; it must succeed."""
        began = time.perf_counter()
        subprocess.run(
            argv, check=True, env=self.laptop.surroundings(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        return time.perf_counter() - began


@contextmanager
def yard(setting: Setting, *, lines: Sequence[str] = ()) -> Iterator[Yard]:
    """A far machine; all of it is gone afterwards. ``lines`` come first in the configuration of its server of SSH."""
    laptop = Laptop(Path(tempfile.mkdtemp(prefix="laptop-", dir=setting.directory)) / "home").set_up()
    with running_sshd(lines=lines) as sshd, running_proxy(sshd.port) as proxy:
        laptop.add_host(HOST, sshd)
        laptop.add_host(COUNTED, sshd, port=proxy.port)
        ground = sshd.person.folder(setting.directory / f"far-{next(_numbers)}")
        try:
            yield Yard(sshd, laptop, proxy, ground)
        finally:
            shutil.rmtree(ground)
