"""A directory of a hundred thousand small files goes to a machine over a real sshd, and comes home, byte for byte."""

import asyncio
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.contracts import Parcel, Stored
from argosy.core.names import spell
from argosy.core.target import Target
from argosy.transports.ssh.opening import open_ssh
from tests.infra.ssh.calling import Listening, home_of, ssh_of
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.sshd import Sshd

pytestmark = [pytest.mark.infra, pytest.mark.slow]

COUNT = 100_000
DIFFERENT = 1_000
MEMORY = Path("/dev/shm")
"""Where there is such a place, the disk is no part of the test: it would take longer than all else."""


def made(folder: Path) -> dict[str, Stored]:
    """So many files, a thousand in a directory; a hundred of them have the same bytes in them."""
    folder.mkdir()
    contents: list[Stored] = []
    for number in range(DIFFERENT):
        data = b"%d\n" % number * (number % 20)
        digest = hashlib.sha256(data).hexdigest()
        source = folder / digest
        source.write_bytes(data)
        contents.append(Stored(name="", sha256=digest, size=len(data), source=source))
    names = [f"work/{number // 1000}/file {number}" for number in range(COUNT)]
    return {name: contents[place % DIFFERENT].model_copy(update={"name": name}) for place, name in enumerate(names)}


@pytest.fixture
def ground(sshd: Sshd) -> Iterator[Path]:
    """A directory for the machine's user and for us."""
    place = (MEMORY if MEMORY.is_dir() else sshd.person.home) / f"argosy-{secrets.token_hex(4)}"
    place.mkdir()
    yield place
    shutil.rmtree(place)


async def test_a_hundred_thousand_small_files_go_there_and_come_back(sshd: Sshd, laptop: Laptop, ground: Path) -> None:
    items = await asyncio.to_thread(made, ground / "contents")
    root = sshd.person.folder(ground / "root")
    laptop.add_host("far", sshd)
    far = open_ssh(
        Target(name="far", transport="ssh", root=spell(os.fsencode(root)), ssh=ssh_of(laptop)),
        Listening(home_of(laptop)),
    )
    try:
        job = f"{spell(os.fsencode(root))}/jobs/many"
        assert list(await far.place([Parcel(directory=job, items=tuple(items.values()))])) == [None]
        listed = await far.files(job)
        assert {entry.path: entry.size for entry in listed} == {name: item.size for name, item in items.items()}
        came = await far.fetch(job, list(items), ground / "home")
        assert list(came) == list(items)
        different = await asyncio.to_thread(_different, ground / "home", items)
        assert different == []
    finally:
        await far.disconnect()
        await far.close()


def _different(home: Path, items: dict[str, Stored]) -> list[str]:
    return [
        name for name, item in items.items() if hashlib.sha256((home / name).read_bytes()).hexdigest() != item.sha256
    ]
