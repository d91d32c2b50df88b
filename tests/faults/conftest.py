from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.far import faraway
from tests.faults.running import Running
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.proxy import Proxy
from tests.infra.ssh.sshd import Sshd


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A home whose server is started by the test; whatever runs at the end is killed."""
    running = Running(tmp_path / "home")
    yield running
    running.kill()
    running.end_jobs()


@pytest.fixture
def far_server(tmp_path: Path, sshd: Sshd, laptop: Laptop) -> Iterator[Running]:
    """A home whose jobs run on a machine that is reached by SSH."""
    with faraway(tmp_path / "far-home", sshd, laptop) as running:
        yield running


@pytest.fixture
def proxied_server(tmp_path: Path, sshd: Sshd, laptop: Laptop, proxy: Proxy) -> Iterator[Running]:
    """The same over a network that a test can break."""
    with faraway(tmp_path / "far-home", sshd, laptop, port=proxy.port) as running:
        yield running
