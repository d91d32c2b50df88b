"""The contract of transports, held over SSH by a real sshd, for each login shell that reads commands its own way."""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from argosy.contracts import Transport
from argosy.core.command import Command
from argosy.core.errors import Unreachable
from argosy.core.names import spell, unspell
from argosy.core.target import Target
from argosy.transports.ssh.opening import open_ssh
from tests.contracts.transport_files_suite import FilesSuite, RemovingSuite
from tests.contracts.transport_suite import CommandsSuite, PlacingSuite
from tests.infra.ssh.calling import Listening, home_of, ssh_of
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.people import person
from tests.infra.ssh.sshd import Sshd, running_sshd

pytestmark = pytest.mark.infra


class _Machine:
    """A machine with this login shell, reached over this backend."""

    shell: ClassVar[str] = "bash"
    noisy: ClassVar[bool] = False
    backend: ClassVar[str] = "asyncssh"
    lines: ClassVar[tuple[str, ...]] = ()

    @pytest.fixture(scope="class")
    @classmethod
    def server(cls) -> Iterator[Sshd]:
        """One server for the class, without sftp."""
        with running_sshd(person(cls.shell, noisy=cls.noisy), lines=cls.lines, sftp=False) as server:
            yield server

    @pytest.fixture
    def ground(self, server: Sshd) -> Iterator[str]:
        """A directory of the one who logs in."""
        place = server.person.folder(server.person.home / f"ground-{secrets.token_hex(4)}" / "it's the ground $HOME")
        yield spell(os.fsencode(place))
        shutil.rmtree(place.parent)

    @pytest.fixture
    async def transport(self, server: Sshd, laptop: Laptop, ground: str) -> AsyncIterator[Transport]:
        """The machine as a target of this laptop."""
        laptop.add_host("far", server)
        target = Target(name="far", transport="ssh", root=ground, ssh=ssh_of(laptop, backend=type(self).backend))
        far = open_ssh(target, Listening(home_of(laptop)))
        yield far
        await far.disconnect()
        await far.close()


class _Suites(_Machine, CommandsSuite, PlacingSuite, FilesSuite, RemovingSuite):
    """All that a transport promises."""


class TestBash(_Suites):
    pass


class TestNoisyTcsh(_Suites):
    shell = "tcsh"
    noisy = True


class TestNoisyFish(_Suites):
    shell = "fish"
    noisy = True


class TestOneChannelAtATime(_Suites):
    lines = ("MaxSessions 1",)

    async def began(self, transport: Transport, ground: str) -> bool:
        """Seen from outside: while a command runs there is no channel for another look."""
        del transport
        return await asyncio.to_thread(Path(os.fsdecode(unspell(ground)), "shell").exists)


class TestTheSystemsSsh(_Suites):
    backend = "openssh"


class TestTheSystemsSshToNoisyTcsh(_Machine, CommandsSuite):
    backend = "openssh"
    shell = "tcsh"
    noisy = True


class TestTheSystemsSshToNoisyFish(_Machine, CommandsSuite):
    backend = "openssh"
    shell = "fish"
    noisy = True


class TestTheSystemsSshOneChannelAtATime(_Machine, CommandsSuite):
    backend = "openssh"
    lines = ("MaxSessions 1",)

    async def test_a_command_that_takes_too_long_is_unreachable_and_ended(self, transport: Transport) -> None:
        """OpenSSH sends no signals for the clients of a master, and here is no other channel: it ends by itself."""
        with pytest.raises(Unreachable, match=r"0\.5 s"):
            await transport.run(Command(argv=("sleep", "2"), timeout_s=0.5))
        assert (await transport.run(Command(argv=("true",)))).code == 0

    test_a_cancelled_command_is_ended = None  # the same


def test_a_target_that_does_not_say_where_it_is_is_refused(laptop: Laptop) -> None:
    with pytest.raises(Unreachable, match="does not say which machine") as refused:
        open_ssh(Target(name="far", transport="ssh", root="/tmp"), Listening(home_of(laptop)))
    assert refused.value.hint == "Give it a host: argosy target edit far, section [ssh]."
