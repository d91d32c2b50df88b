"""Large contents that go on where they stopped, also when what lies there is not what was sent."""

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from argosy.contracts import Parcel, Stored
from argosy.core.errors import Denied
from argosy.core.names import spell
from argosy.transports.far.docking import LARGE
from argosy.transports.far.far import Far
from tests.contracts.surroundings import Noted
from tests.transports.far.sh_line import ShLine

SIZE = LARGE + 1000


@pytest.fixture
def surroundings() -> Noted:
    return Noted()


@pytest.fixture
async def far(tmp_path: Path, surroundings: Noted) -> AsyncIterator[Far]:
    transport = Far(ShLine(), spell(os.fsencode(tmp_path / "root")), surroundings)
    yield transport
    await transport.close()


@pytest.fixture
def item(tmp_path: Path) -> Stored:
    data = os.urandom(SIZE)
    source = tmp_path / "source"
    source.write_bytes(data)
    return Stored(name="in.dat", sha256=hashlib.sha256(data).hexdigest(), size=SIZE, source=source)


def part(tmp_path: Path, item: Stored, data: bytes) -> None:
    """So much of an earlier sending lies there."""
    contents = tmp_path / "root" / "content"
    contents.mkdir(parents=True)
    (contents / f".part-{item.sha256}").write_bytes(data)


async def placed(far: Far, tmp_path: Path, item: Stored) -> Denied | None:
    directory = spell(os.fsencode(tmp_path / "root" / "job"))
    (answer,) = await far.place([Parcel(directory=directory, items=(item,))])
    return answer


async def test_a_part_that_came_before_is_not_sent_again(
    far: Far, surroundings: Noted, tmp_path: Path, item: Stored
) -> None:
    data = item.source.read_bytes()
    part(tmp_path, item, data[:LARGE])
    assert await placed(far, tmp_path, item) is None
    assert (tmp_path / "root" / "job" / "in.dat").read_bytes() == data
    assert sum(heard.sent for heard in surroundings.heard) < LARGE


@pytest.mark.parametrize("size", [LARGE, SIZE + 1], ids=["short", "long"])
async def test_a_part_that_is_spoilt_is_sent_anew(far: Far, tmp_path: Path, item: Stored, size: int) -> None:
    part(tmp_path, item, b"\0" * size)
    assert await placed(far, tmp_path, item) is None
    assert (tmp_path / "root" / "job" / "in.dat").read_bytes() == item.source.read_bytes()


async def test_our_own_copy_that_is_damaged_is_told_of(far: Far, tmp_path: Path, item: Stored) -> None:
    item.source.write_bytes(b"\0" * SIZE)
    part(tmp_path, item, b"\0" * LARGE)
    assert isinstance(await placed(far, tmp_path, item), Denied)
    assert not (tmp_path / "root" / "job" / "in.dat").exists()
