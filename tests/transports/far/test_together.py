"""What is handed in together travels together."""

import asyncio
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from argosy.contracts import Parcel, Stored
from argosy.core.command import Command
from argosy.transports.far.far import Far
from tests.contracts.surroundings import Noted
from tests.infra.wrapped import demanded
from tests.transports.far.sh_line import ShChannel, ShLine

COMMANDS = 50
WHOLE_BYTES, BEFORE_BYTES = 9 << 20, (3 << 20) + 17


@dataclass
class Counting(ShChannel):
    """Counts the pieces that it is given."""

    pieces: int = 0

    async def send(self, data: bytes) -> None:
        self.pieces += 1
        await super().send(data)


@dataclass
class CountingLine(ShLine):
    """Its channels count."""

    counting: list[Counting] = field(default_factory=list[Counting])

    async def open(self, command: bytes, *, lent: bool = False) -> Counting:
        channel = Counting((await super().open(command, lent=lent)).process)
        self.counting.append(channel)
        return channel


async def test_commands_that_are_handed_in_at_once_go_in_one_piece(tmp_path: Path) -> None:
    line = CountingLine()
    far = Far(line, str(tmp_path), Noted())
    asked = [Command(argv=("sh", "-c", f"echo {number}; exit {number}")) for number in range(COMMANDS)]
    await asyncio.gather(*(far.run(command) for command in asked[:2]))  # the shells are open
    before = sum(channel.pieces for channel in line.counting)
    answers = await asyncio.gather(*(far.run(command) for command in asked))
    assert [(answer.code, answer.stdout) for answer in answers] == [(n, b"%d\n" % n) for n in range(COMMANDS)]
    assert sum(channel.pieces for channel in line.counting) - before <= len(line.counting)
    await far.close()


@pytest.mark.parametrize("damaged", [False, True])
@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
async def test_a_large_content_that_was_cut_goes_on_and_one_whose_part_is_spoilt_begins_anew(
    tmp_path: Path, shell: str, damaged: bool
) -> None:
    data = os.urandom(WHOLE_BYTES)
    sha256 = hashlib.sha256(data).hexdigest()
    source, cache, around = tmp_path / "source", tmp_path / "content", Noted()
    source.write_bytes(data)
    cache.mkdir()
    (cache / f".part-{sha256}").write_bytes(b"?" * damaged + data[damaged:BEFORE_BYTES])
    far = Far(ShLine(environment=_known_as_sh(shell, tmp_path / "bin")), str(tmp_path), around)
    item = Stored(name="big", sha256=sha256, size=WHOLE_BYTES, source=source)
    assert list(await far.place([Parcel(directory=str(tmp_path / "job"), items=(item,))])) == [None]
    await far.close()
    needed = WHOLE_BYTES - BEFORE_BYTES + (WHOLE_BYTES if damaged else 0)
    assert sum(heard.sent for heard in around.heard) < needed + (1 << 17)
    assert (tmp_path / "job" / "big").read_bytes() == data
    assert [path.name for path in cache.iterdir()] == [sha256]


def _known_as_sh(shell: str, folder: Path) -> dict[str, str]:
    """A PATH on which ``sh`` is this shell."""
    folder.mkdir()
    (folder / "sh").symlink_to(demanded(shell))
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
