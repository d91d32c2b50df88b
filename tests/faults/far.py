"""A server whose jobs run on a machine that is reached by SSH: a real sshd, and the laptop of the one who logs in."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.faults.running import Running
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.sshd import Sshd

ALIAS = "far"
IMPATIENT = ("ConnectTimeout 1", "ServerAliveInterval 1")
"""As users write it into ~/.ssh/config: a dead line is noticed within seconds."""
BUSY = {"commands_per_s": 1000, "burst": 1000, "logins_per_hour": 10_000}


@contextmanager
def faraway(top: Path, sshd: Sshd, laptop: Laptop, *, port: int | None = None, **more: Any) -> Iterator[Running]:
    """A home whose server is started by the test, and whose jobs go to the account of ``sshd``.

    ``more`` is what its target says beside that.
    """
    laptop.add_host(ALIAS, sshd, port=port, lines=IMPATIENT)
    ground = sshd.person.folder(sshd.person.home / f"faults-{secrets.token_hex(4)}")
    # No agent of whoever runs the tests.
    running = Running(top, {"SSH_AUTH_SOCK": ""}, target=profile(ground, laptop) | more, elsewhere=ground)
    try:
        yield running
    finally:
        running.kill()
        running.end_jobs()
        shutil.rmtree(ground, ignore_errors=True)


def profile(ground: Path, laptop: Laptop) -> dict[str, Any]:
    """The target, asked as often as a test likes."""
    return {
        "name": ALIAS,
        "transport": "ssh",
        "root": str(ground / "argosy"),
        "ssh": {"host": ALIAS, "config": str(laptop.config)},
        "polling": {"floor_s": 0.02, "ceiling_s": 0.5},
        "rates": BUSY,
    }


def connection(server: Running) -> str:
    """How the server says that the machine is connected."""
    return server.ask("GET", f"/targets/{ALIAS}/connection")["state"]
