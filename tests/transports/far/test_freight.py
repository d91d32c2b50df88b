"""How much of what is to be placed has been sent."""

import hashlib
import os
from pathlib import Path

from argosy.contracts import Parcel, Stored, Text
from argosy.transports.far.docking import LARGE
from argosy.transports.far.far import Far
from tests.contracts.surroundings import Noted
from tests.transports.far.sh_line import ShLine


def stored(folder: Path, name: str, size: int) -> Stored:
    data = os.urandom(size)
    source = folder / name
    source.write_bytes(data)
    return Stored(name=name, sha256=hashlib.sha256(data).hexdigest(), size=size, source=source)


async def test_bytes_on_their_way_are_counted_from_what_is_there_already_to_all_of_them(tmp_path: Path) -> None:
    large, small = stored(tmp_path, "large", LARGE + 1), stored(tmp_path, "small", 1000)
    root, there = tmp_path / "root", 3_000_000
    (root / "content").mkdir(parents=True)
    (root / "content" / f".part-{large.sha256}").write_bytes(large.source.read_bytes()[:there])
    noted, total = Noted(), large.size + small.size
    far = Far(ShLine(), str(root), noted)
    parcel = Parcel(directory=f"{root}/jobs/one", items=(large, small, Text(name="job.json", data=b"x" * 5000)))
    assert await far.place([parcel]) == [None]
    assert noted.freight[0] == (there, total)
    assert noted.freight[-2:] == [(total, total), (0, 0)]
    counts = [sent for sent, _ in noted.freight[:-1]]
    assert counts == sorted(counts)
    noted.freight.clear()
    await far.place([parcel])
    assert set(noted.freight) == {(0, 0)}, "all of it is there"
    await far.close()
