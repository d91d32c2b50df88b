"""Contents that are cleared away between the look for what is missing and the link: they are sent again."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from argosy.contracts import Parcel, Text
from argosy.core.errors import Unreachable
from argosy.core.names import spell
from argosy.transports.far.far import Far
from tests.contracts.surroundings import Noted
from tests.contracts.transport_suite import content, stored
from tests.transports.far.sh_line import ShChannel, ShLine


@dataclass
class Clearing(ShLine):
    """A machine whose cache is cleared, so many times, just before parcels are placed."""

    cache: Path = Path("/nowhere")
    times: int = 1

    async def open(self, command: bytes, *, lent: bool = False) -> ShChannel:
        if b"Places parcels" in command and self.times:
            self.times -= 1
            shutil.rmtree(self.cache)
            self.cache.mkdir()
        return await super().open(command, lent=lent)


@pytest.fixture
def line(tmp_path: Path) -> Clearing:
    return Clearing(cache=tmp_path / "root/content")


@pytest.fixture
async def far(tmp_path: Path, line: Clearing) -> AsyncIterator[Far]:
    (tmp_path / "root").mkdir()
    far = Far(line, spell(os.fsencode(tmp_path / "root")), Noted())
    yield far
    await far.close()


@pytest.mark.parametrize("mutable", [False, True])
@pytest.mark.parametrize("size", [10, 9 << 20])
async def test_a_content_that_went_away_under_a_parcel_is_sent_again(
    far: Far, line: Clearing, tmp_path: Path, size: int, mutable: bool
) -> None:
    root = spell(os.fsencode(tmp_path / "root"))
    item = stored("in.dat", b"x" * size, tmp_path, mutable=mutable)
    without = Parcel(directory=f"{root}/jobs/two", items=(Text(name="a", data=b"a"),))
    placed = await far.place([Parcel(directory=f"{root}/jobs/one", items=(item,)), without])
    assert (list(placed), line.times) == ([None, None], 0)
    assert await content(far, f"{root}/jobs/one/in.dat") == b"x" * size
    assert not [path.name for path in (tmp_path / "root").iterdir() if path.name.startswith(".argosy")]


async def test_a_cache_that_is_cleared_without_end_is_no_fault_of_the_job(
    far: Far, line: Clearing, tmp_path: Path
) -> None:
    line.times = 1000
    root = spell(os.fsencode(tmp_path / "root"))
    with pytest.raises(Unreachable, match="again and again"):
        await far.place([Parcel(directory=f"{root}/one", items=(stored("in.dat", b"x", tmp_path),))])
