"""The pieces as fixtures; what each of them offers is said in the package's own words."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.ssh.door import TwoFactorDoor, running_door
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.proxy import Proxy, running_proxy
from tests.infra.ssh.sshd import Sshd, running_sshd


@pytest.fixture(scope="module")
def sshd() -> Iterator[Sshd]:
    """One server for the module. A test that breaks it brings it back."""
    with running_sshd() as server:
        yield server


@pytest.fixture(scope="module")
def two_factor_door() -> Iterator[TwoFactorDoor]:
    """One server for the module that asks for a password and a second factor."""
    with running_door() as door:
        yield door


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    """A fresh home."""
    return Laptop(tmp_path / "laptop").set_up()


@pytest.fixture
def proxy(sshd: Sshd) -> Iterator[Proxy]:
    """A proxy before the module's server."""
    with running_proxy(sshd.port) as proxy:
        yield proxy


@pytest.fixture
def no_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent of whoever runs the tests stays out."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


@pytest.fixture(scope="module")
def password_server() -> Iterator[Sshd]:
    """One server for the module that takes nothing but the password."""
    with running_sshd(lines=["KbdInteractiveAuthentication no", "PubkeyAuthentication no"]) as server:
        yield server
