import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import blake2s
from pathlib import Path

import pytest

from argosy.contracts import Parcel, Stored, Text, Transport
from argosy.core.command import Command
from argosy.core.errors import Denied, NoRoom
from argosy.core.names import spell
from argosy.core.target import Target
from argosy.transports.local import open_local
from argosy.transports.local_files import LINK_FROM_BYTES, list_tree, place
from tests.contracts.surroundings import Noted
from tests.contracts.transport_files_suite import FilesSuite, RemovingSuite
from tests.contracts.transport_suite import (
    LARGE,
    CommandsSuite,
    PlacingSuite,
    content,
    eventually,
    names_in,
    removed,
    stored,
    write,
)

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")


@pytest.fixture
def transport() -> Transport:
    return open_local(Target(name="local", root="/"), Noted())


@pytest.fixture
def ground(tmp_path: Path) -> str:
    place = tmp_path / "it's the ground $HOME"
    place.mkdir()
    return spell(os.fsencode(place))


class TestLocal(CommandsSuite, PlacingSuite, FilesSuite, RemovingSuite):
    pass


def parcel(ground: str, *items: Text | Stored) -> Parcel:
    return Parcel(directory=f"{ground}/job", items=items)


# --- Bytes on their way ------------------------------------------------------------------------------------------


async def test_bytes_that_are_copied_are_told_of_and_those_that_are_linked_are_not(ground: str, tmp_path: Path) -> None:
    noted = Noted()
    there = open_local(Target(name="local", root="/"), noted)
    copied = stored("copied", os.urandom(5_000_000), tmp_path, mutable=True)
    linked = stored("linked", os.urandom(LINK_FROM_BYTES), tmp_path)
    assert list(await there.place([parcel(ground, copied, linked)])) == [None]
    assert noted.freight[0] == (0, copied.size)
    assert noted.freight[-2:] == [(copied.size, copied.size), (0, 0)]
    counts = [sent for sent, _ in noted.freight[:-1]]
    assert counts == sorted(counts)
    assert len(set(counts)) > 2, "more than once on the way"
    noted.freight.clear()
    await there.place([parcel(ground, copied, linked)])
    assert set(noted.freight) == {(0, 0)}, "all of it is there"


# --- Links ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "facts", "linked"),
    [
        (LARGE, {}, True),
        (LINK_FROM_BYTES - 1, {}, False),
        (LARGE, {"mutable": True}, False),
        (LARGE, {"executable": True}, False),
    ],
)
async def test_only_large_files_that_nobody_may_change_are_linked(
    transport: Transport, ground: str, tmp_path: Path, size: int, facts: dict[str, bool], linked: bool
) -> None:
    item = stored("in.dat", b"x" * size, tmp_path, **facts)
    assert list(await transport.place([parcel(ground, item)])) == [None]
    placed = await asyncio.to_thread(os.stat, f"{ground}/job/in.dat")
    assert (placed.st_nlink == 2) == linked
    assert bool(placed.st_mode & 0o111) == facts.get("executable", False)


async def test_a_removed_job_leaves_the_shared_content(transport: Transport, ground: str, tmp_path: Path) -> None:
    item = stored("in.dat", b"x" * LARGE, tmp_path)
    await transport.place([parcel(ground, item, Text(name="job.json", data=b"j1"))])
    assert await removed(transport, f"{ground}/job", marker="job.json", holds="j1")
    assert item.source.read_bytes() == b"x" * LARGE


# --- Full and read-only disks --------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@needs_root
@pytest.mark.faults
@pytest.mark.parametrize("size", [LINK_FROM_BYTES - 1, 8 << 20])
async def test_a_full_disk_leaves_nothing_half_written_and_is_no_fault_of_the_job(
    transport: Transport, small_disk: Path, tmp_path: Path, size: int
) -> None:
    (small_disk / "filler").write_bytes(b"x" * ((4 << 20) - 300_000))
    items = (Text(name="first", data=b"1"), stored("second", b"y" * size, tmp_path))
    with pytest.raises(NoRoom) as refused:
        await transport.place([parcel(str(small_disk), *items)])
    assert "Make room" in refused.value.hint
    assert await names_in(transport, f"{small_disk}/job") == ["first"]
    with pytest.raises(NoRoom):
        await write(transport, f"{small_disk}/job/first", b"z" * 1_000_000)
    assert await content(transport, f"{small_disk}/job/first") == b"1"
    (small_disk / "filler").unlink()
    small = stored("second", b"y" * 1000, tmp_path)
    assert list(await transport.place([parcel(str(small_disk), items[0], small)])) == [None]
    assert await names_in(transport, f"{small_disk}/job") == ["first", "second"]


@needs_root
@pytest.mark.faults
async def test_a_home_that_is_full_keeps_what_came_before(transport: Transport, ground: str, small_disk: Path) -> None:
    await write(transport, f"{ground}/out", b"x" * (8 << 20))
    await write(transport, f"{small_disk}/out", b"before")
    with pytest.raises(NoRoom):
        await transport.fetch(ground, ["out"], small_disk)
    assert await names_in(transport, str(small_disk)) == ["out"]
    assert await content(transport, f"{small_disk}/out") == b"before"


@needs_root
@pytest.mark.faults
async def test_a_read_only_disk_makes_all_jobs_wait(transport: Transport, small_disk: Path) -> None:
    await transport.run(Command(argv=("mount", "-o", "remount,ro", str(small_disk))))
    with pytest.raises(NoRoom, match="Read-only file system"):
        await transport.place([parcel(str(small_disk), Text(name="a", data=b"a"))])


@needs_root
@pytest.mark.faults
async def test_a_large_file_crosses_to_another_disk_as_a_copy(
    transport: Transport, small_disk: Path, tmp_path: Path
) -> None:
    item = stored("in.dat", b"x" * LARGE, tmp_path)
    assert list(await transport.place([parcel(str(small_disk), item)])) == [None]
    assert (small_disk / "job" / "in.dat").read_bytes() == b"x" * LARGE


# --- Commands ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", ["no-such-program", "/etc/passwd", "/", b"/no/\xff"])
async def test_a_program_that_cannot_be_started_is_denied(transport: Transport, program: str | bytes) -> None:
    with pytest.raises(Denied, match="cannot be started"):
        await transport.run(Command(argv=(program,)))


async def test_a_word_that_no_program_can_take_is_denied(transport: Transport) -> None:
    with pytest.raises(Denied, match="cannot be run"):
        await transport.run(Command(argv=("true", "a\0b")))


async def test_more_words_than_the_system_takes_are_denied(transport: Transport) -> None:
    with pytest.raises(Denied, match="too long"):
        await transport.run(Command(argv=("true", *(["x" * 100_000] * 100))))


async def test_a_command_that_is_killed_answers_with_its_signal(transport: Transport) -> None:
    assert (await transport.run(Command(argv=("sh", "-c", "kill -9 $$")))).code == -9


async def test_a_command_does_not_get_the_signals_of_our_terminal(transport: Transport) -> None:
    answer = await transport.run(Command(argv=("sh", "-c", "ps -o sid= -p $$; echo $$")))
    session, own = answer.stdout.split()
    assert session == own


# --- Cancelled -----------------------------------------------------------------------------------------------------


def test_a_new_directory_of_texts_comes_whole_or_not_at_all(ground: str) -> None:
    told = Text(name="job.json", data=b"begun", finally_=b"all is there")
    with pytest.raises(FileExistsError):
        place(parcel(ground, told, Text(name="a/b", data=b"deep"), Text(name="a", data=b"a folder has this name")))
    assert list(Path(ground).iterdir()) == []
    place(parcel(ground, told, Text(name="a/b", data=b"deep")))
    assert [entry.path for entry in list_tree(f"{ground}/job", 10)] == ["a/b", "job.json"]
    assert Path(ground, "job", "job.json").read_bytes() == b"all is there"


def test_what_a_kill_left_of_a_new_directory_is_in_nobodys_way(ground: str) -> None:
    script = parcel(ground, Text(name="run.sh", data=b"true", executable=True))
    place(script)
    left = Path(ground, "job").rename(Path(ground, f".argosy-part-{blake2s(b'job', digest_size=8).hexdigest()}"))
    (left / "half").touch()
    place(script)
    assert [entry.path for entry in list_tree(f"{ground}/job", 10)] == ["run.sh"]
    assert os.access(Path(ground, "job", "run.sh"), os.X_OK)
    assert [path.name for path in Path(ground).iterdir()] == ["job"]


async def test_a_cancelled_placing_leaves_each_file_whole_or_out(
    transport: Transport, ground: str, tmp_path: Path
) -> None:
    items = tuple(stored(f"{number}.dat", b"%d" % number * LARGE, tmp_path, mutable=True) for number in range(8))
    placing = asyncio.create_task(transport.place([parcel(ground, *items)]))
    await eventually(lambda: names_in(transport, f"{ground}/job"))
    placing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await placing

    async def all_there() -> bool:
        entries = await transport.files(f"{ground}/job")
        in_place = [entry for entry in entries if not entry.path.startswith(".argosy-part-")]
        assert all(entry.size == LARGE for entry in in_place)
        return len(in_place) == len(items)

    await eventually(all_there)
    assert await names_in(transport, f"{ground}/job") == [item.name for item in items]


# --- Somebody who is not root --------------------------------------------------------------------------------------

PLAIN_USER = """
import os, sys
from pathlib import Path
from argosy.contracts import Doomed
from argosy.transports import local_files

os.setgid(65534)
os.setuid(65534)
top = Path(sys.argv[1])
job = top / "job"
(job / "closed").mkdir(parents=True)
for name in ("job.json", "out", "secret", "closed/inside"):
    (job / name).write_text("j1")
(job / "secret").chmod(0)
(job / "closed").chmod(0)
print([entry.path for entry in local_files.list_tree(str(job), 10)])
print(local_files.fetch(str(job), ["out", "secret", "closed/inside"], top / "home"))
try:
    local_files.read_piece(str(job / "secret"), 0, 10)
except OSError as fault:
    refused = local_files.translated(fault, "")
    print(type(refused).__name__, refused.hint)
(job / "closed").chmod(0o500)
gone = None is not local_files.remove_marked(Doomed(directory=str(job), marker="job.json", holds="j1"))
print(gone, job.exists())
"""


@needs_root
def test_what_a_program_closed_hides_nothing_else_and_is_removed_all_the_same() -> None:
    with tempfile.TemporaryDirectory() as place:
        os.chown(place, 65534, 65534)
        command = [sys.executable, "-c", PLAIN_USER, place]
        left = subprocess.run(command, capture_output=True, text=True, check=False)
    assert left.stdout.splitlines() == [
        "['job.json', 'out', 'secret']",
        "['out']",
        "Denied Check who may read and write there.",
        "True False",
    ], left.stderr
