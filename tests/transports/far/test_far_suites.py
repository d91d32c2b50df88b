"""The contract of transports, held by what stands on any line; the line here leads to this machine."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import ClassVar

import pytest

from argosy.core.names import spell
from argosy.transports.far.far import Far
from tests.contracts.surroundings import Noted
from tests.contracts.transport_files_suite import FilesSuite, RemovingSuite
from tests.contracts.transport_suite import CommandsSuite, PlacingSuite
from tests.infra.postgres import refuse
from tests.transports.far.sh_line import ShLine


@pytest.fixture
def ground(tmp_path: Path) -> str:
    place = tmp_path / "it's the ground $HOME"
    place.mkdir()
    return spell(os.fsencode(place))


class _Suites(CommandsSuite, PlacingSuite, FilesSuite, RemovingSuite):
    """On a machine of this kind."""

    environment: ClassVar[Callable[[Path], dict[str, str]]]

    @pytest.fixture
    async def transport(self, ground: str, tmp_path: Path) -> AsyncIterator[Far]:
        far = Far(ShLine(environment=type(self).environment(tmp_path)), ground, Noted())
        yield far
        await far.close()


def _with_shell(name: str) -> Callable[[Path], dict[str, str]]:
    """A PATH on which ``sh`` is this shell, and all other programs are the machine's own."""

    def made(folder: Path) -> dict[str, str]:
        shell = shutil.which(name)
        assert shell
        (folder / "bin").mkdir()
        (folder / "bin/sh").symlink_to(shell)
        return os.environ | {"PATH": f"{folder}/bin:{os.environ['PATH']}"}

    return made


def _busybox(folder: Path) -> dict[str, str]:
    """A machine that has nothing but busybox."""
    program = shutil.which("busybox")
    if program is None:
        refuse("busybox is not installed: install the Debian package busybox, or run `make servers`")
    (folder / "bin").mkdir()
    for applet in subprocess.run([program, "--list"], check=True, capture_output=True, text=True).stdout.split():
        (folder / "bin" / applet).symlink_to(program)
    return {"PATH": f"{folder}/bin"}


class TestDash(_Suites):
    environment = staticmethod(_with_shell("dash"))


@pytest.mark.slow
class TestBash(_Suites):
    environment = staticmethod(_with_shell("bash"))


@pytest.mark.slow
class TestBusybox(_Suites):
    environment = staticmethod(_busybox)
