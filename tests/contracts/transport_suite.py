"""What every transport must hold of commands and of files on their way to the target.

The test class of a transport inherits from these suites and those in ``transport_files_suite``, and gives two fixtures:

``transport`` an open transport, and ``ground`` the spelled absolute path of a fresh, empty directory on its machine.
Nothing here touches that machine but through the transport.
"""

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from argosy.contracts import Doomed, Parcel, Stored, Text, There, Transport
from argosy.core.command import Answer, Command
from argosy.core.errors import Denied, Unreachable
from argosy.core.names import spell, unspell

LARGE = 3 << 20
"""Large enough to be linked rather than copied."""
NAMES = [
    "plain.txt",
    "a/b/deep.txt",
    "my file (2).txt",
    'it\'s "quoted" `here` $HOME \\\\.txt',
    "-rf",
    "--help",
    "a;b&c|d>e<f*?[g]{h}~#!",
    "Größe-日本語.txt",
    spell(b"new\nline"),
    spell(b"\ttab and \x1b[31mcolour"),
    spell(b"not utf-8 \xff\xfe"),
    spell(b" leading and trailing "),
    "x" * 255,
    spell(b"\xe9" * 255),
    "...",
]


def stored(name: str, data: bytes, folder: Path, **facts: bool) -> Stored:
    """Content in the server's keeping."""
    digest = hashlib.sha256(data).hexdigest()
    source = folder / digest
    if not source.exists():
        source.write_bytes(data)
    return Stored(
        name=name,
        sha256=digest,
        size=len(data),
        source=source,
        executable=facts.get("executable", False),
        mutable=facts.get("mutable", False),
    )


async def shell(transport: Transport, script: str, *arguments: str | bytes) -> Answer:
    """Run shell text on the target; it must succeed."""
    answer = await transport.run(Command(argv=("sh", "-c", script, "sh", *arguments)))
    assert answer.code == 0, answer
    return answer


async def write(transport: Transport, path: str, data: bytes) -> None:
    """Write one small file; raises the refusal."""
    for refusal in (await transport.write({path: data})).values():
        raise refusal


async def removed(transport: Transport, directory: str, *, marker: str, holds: str, keep_marker: bool = False) -> bool:
    """Remove one directory, and tell whether it was there; raises the refusal."""
    doomed = Doomed(directory=directory, marker=marker, holds=holds, keep_marker=keep_marker)
    (answer,) = await transport.remove([doomed])
    if isinstance(answer, Exception):
        raise answer
    return answer is not None


def at_home(directory: Path, name: str) -> bytes:
    """All bytes of a file of ours."""
    return (directory / os.fsdecode(unspell(name))).read_bytes()


async def names_in(transport: Transport, directory: str) -> list[str]:
    """The spelled paths of all files below a directory."""
    return [entry.path for entry in await transport.files(directory)]


async def content(transport: Transport, path: str) -> bytes:
    """All bytes of a file on the target."""
    return (await transport.read(path, limit=1 << 30)).data


async def eventually(true: Callable[[], Awaitable[object]]) -> None:
    """Wait for what no descriptor announces."""
    for _ in range(2_000):
        if await true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("waited in vain")


class CommandsSuite:
    """What holds for commands."""

    async def test_a_command_answers_with_its_code_and_both_streams(self, transport: Transport) -> None:
        answer = await transport.run(Command(argv=("sh", "-c", "cat; echo bad >&2; exit 7"), stdin=b"in\xff\0put"))
        assert answer == Answer(code=7, stdout=b"in\xff\0put", stderr=b"bad\n")

    async def test_words_arrive_as_they_were_sent(self, transport: Transport) -> None:
        words: list[str | bytes] = [unspell(name) for name in NAMES]
        words += ["", " ", "$(echo no)", "'", '"', "\\", "%s", "\n", "é"]
        answer = await shell(transport, "printf '%s\\0' \"$@\"", *words)
        sent = [word if isinstance(word, bytes) else word.encode() for word in words]
        assert answer.stdout == b"".join(word + b"\0" for word in sent)

    async def test_a_large_answer_arrives_whole(self, transport: Transport) -> None:
        answer = await shell(transport, "head -c 5000000 /dev/zero; head -c 300000 /dev/zero >&2")
        assert (len(answer.stdout), len(answer.stderr)) == (5_000_000, 300_000)

    async def test_input_that_nobody_reads_is_no_fault(self, transport: Transport) -> None:
        answer = await transport.run(Command(argv=("true",), stdin=b"x" * 1_000_000))
        assert answer.code == 0

    async def test_commands_at_the_same_time_keep_their_answers_apart(self, transport: Transport) -> None:
        answers = await asyncio.gather(*(shell(transport, 'echo "$1"', str(number)) for number in range(40)))
        assert [answer.stdout for answer in answers] == [b"%d\n" % number for number in range(40)]

    async def test_a_command_that_takes_too_long_is_unreachable_and_ended(
        self, transport: Transport, ground: str
    ) -> None:
        script = 'sleep 600 & echo "$!" >"$1/sleeper"; echo "$$" >"$1/shell"; wait'
        with pytest.raises(Unreachable, match=r"0\.5 s"):
            await transport.run(Command(argv=("sh", "-c", script, "sh", unspell(ground)), timeout_s=0.5))
        await self.all_over(transport, ground)
        assert (await transport.run(Command(argv=("true",)))).code == 0

    async def test_a_cancelled_command_is_ended(self, transport: Transport, ground: str) -> None:
        script = 'sleep 600 & echo "$!" >"$1/sleeper"; echo "$$" >"$1/shell"; wait'
        running = asyncio.create_task(transport.run(Command(argv=("sh", "-c", script, "sh", unspell(ground)))))
        await eventually(lambda: self.began(transport, ground))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await self.all_over(transport, ground)

    async def began(self, transport: Transport, ground: str) -> bool:
        """Whether the script has got so far."""
        return "shell" in await names_in(transport, ground)

    @staticmethod
    async def all_over(transport: Transport, ground: str) -> None:
        """Both processes of the script end; the machine's own init may take a moment to bury them."""
        script = """
        for name in sleeper shell; do
            [ -s "$1/$name" ] || continue
            read -r pid <"$1/$name"
            read -r stat <"/proc/$pid/stat" || continue
            case ${stat##*) } in Z*) ;; *) exit 1 ;; esac
        done 2>/dev/null
        """
        look = Command(argv=("sh", "-c", script, "sh", unspell(ground)))

        async def over() -> bool:
            return (await transport.run(look)).code == 0

        await eventually(over)


class PlacingSuite:
    """What holds for files on their way to the target."""

    async def place(self, transport: Transport, ground: str, *items: Text | Stored | There) -> Denied | None:
        (answer,) = await transport.place([Parcel(directory=f"{ground}/job", items=items)])
        return answer

    async def test_a_parcel_is_placed_whole(self, transport: Transport, ground: str, tmp_path: Path) -> None:
        await shell(transport, 'echo there >"$1/other"', unspell(ground))
        items = (
            Text(name="run.sh", data=b"#!/bin/sh\necho ran\n", executable=True),
            Text(name="empty", data=b""),
            stored("work/in.dat", b"content\0\xff", tmp_path),
            stored("work/large.dat", b"x" * LARGE, tmp_path),
            There(name="work/other", source=f"{ground}/other"),
        )
        parcel = Parcel(directory=f"{ground}/jobs/j1/attempt-1", items=items, subdirectories=("work", "work/out/deep"))
        assert list(await transport.place([parcel])) == [None]
        assert await content(transport, f"{parcel.directory}/work/in.dat") == b"content\0\xff"
        assert await content(transport, f"{parcel.directory}/work/large.dat") == b"x" * LARGE
        assert await content(transport, f"{parcel.directory}/work/other") == b"there\n"
        assert await content(transport, f"{parcel.directory}/empty") == b""
        assert (await shell(transport, '"$1/run.sh"; cd "$1/work/out/deep"', parcel.directory)).stdout == b"ran\n"
        assert len(await names_in(transport, parcel.directory)) == len(items)

    async def test_a_second_time_changes_nothing(self, transport: Transport, ground: str, tmp_path: Path) -> None:
        items = (Text(name="a", data=b"a"), stored("b", b"b", tmp_path), stored("c", b"c" * LARGE, tmp_path))
        assert await self.place(transport, ground, *items) is None
        await write(transport, f"{ground}/job/a", b"changed")
        before = await transport.files(f"{ground}/job")
        assert await self.place(transport, ground, *items) is None
        assert await transport.files(f"{ground}/job") == before
        assert await content(transport, f"{ground}/job/a") == b"changed"

    async def test_what_a_crash_left_out_is_placed_the_second_time(self, transport: Transport, ground: str) -> None:
        assert await self.place(transport, ground, Text(name="a", data=b"a")) is None
        assert await self.place(transport, ground, Text(name="a", data=b"a"), Text(name="b", data=b"b")) is None
        assert await names_in(transport, f"{ground}/job") == ["a", "b"]

    async def test_many_parcels_come_into_place_together_and_what_lies_there_stays(
        self, transport: Transport, ground: str
    ) -> None:
        assert await self.place(transport, ground, Text(name="a", data=b"old")) is None
        names = ["job", *(f"job-{number}" for number in range(300))]
        items = (Text(name="a", data=b"new"), Text(name="b/c", data=b"c"))
        parcels = [Parcel(directory=f"{ground}/{name}", items=items, subdirectories=("d",)) for name in names]
        assert set(await transport.place(parcels)) == {None}
        assert await content(transport, f"{ground}/job/a") == b"old"
        for name in (names[0], names[1], names[-1]):
            assert await names_in(transport, f"{ground}/{name}") == ["a", "b/c"]
            assert list(await transport.hollows(f"{ground}/{name}")) == ["d"]
        assert await content(transport, f"{ground}/{names[-1]}/a") == b"new"

    async def test_what_a_file_holds_in_the_end_it_holds_when_all_else_is_in_place(
        self, transport: Transport, ground: str
    ) -> None:
        assert await self.place(transport, ground, Text(name="a", data=b"1", finally_=b"2")) is None
        assert await content(transport, f"{ground}/job/a") == b"2"
        lacking = There(name="b", source=f"{ground}/nothing")
        assert await self.place(transport, ground, Text(name="a", data=b"3", finally_=b"4"), lacking) is not None
        assert await content(transport, f"{ground}/job/a") == b"2"
        assert (
            await self.place(transport, ground, Text(name="a", data=b"5", finally_=b"6"), Text(name="b", data=b""))
            is None
        )
        assert await content(transport, f"{ground}/job/a") == b"6"
        assert await names_in(transport, f"{ground}/job") == ["a", "b"]

    @pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
    async def test_any_name_goes_there_and_comes_back(
        self, transport: Transport, ground: str, tmp_path: Path, name: str
    ) -> None:
        assert await self.place(transport, ground, stored(name, b"data", tmp_path)) is None
        assert await names_in(transport, f"{ground}/job") == [name]
        assert await content(transport, f"{ground}/job/{name}") == b"data"
        assert list(await transport.fetch(f"{ground}/job", [name], tmp_path / "home")) == [name]
        assert at_home(tmp_path / "home", name) == b"data"

    @pytest.mark.parametrize("size", [10, LARGE])
    async def test_a_file_that_the_program_may_change_is_a_copy(
        self, transport: Transport, ground: str, tmp_path: Path, size: int
    ) -> None:
        item = stored("in.dat", b"x" * size, tmp_path, mutable=True)
        assert await self.place(transport, ground, item) is None
        await shell(transport, 'printf y >>"$1/job/in.dat"', unspell(ground))
        assert item.source.read_bytes() == b"x" * size

    @pytest.mark.parametrize("size", [10, LARGE])
    @pytest.mark.parametrize("damage", ["changed", "cut", "gone"])
    async def test_damaged_content_is_refused_and_not_placed(
        self, transport: Transport, ground: str, tmp_path: Path, size: int, damage: str
    ) -> None:
        item = stored("in.dat", b"x" * size, tmp_path)
        item.source.unlink()
        if damage != "gone":
            item.source.write_bytes(b"x" * (size - 1) + (b"y" if damage == "changed" else b""))
        assert isinstance(await self.place(transport, ground, item), Denied)
        assert await names_in(transport, f"{ground}/job") == []

    async def test_content_that_changed_since_it_was_sent_is_never_placed(
        self, transport: Transport, ground: str, tmp_path: Path
    ) -> None:
        item = stored("in.dat", b"x" * LARGE, tmp_path)
        assert await self.place(transport, f"{ground}/one", item) is None
        item.source.unlink()
        item.source.write_bytes(b"y" * LARGE)
        refusal = await self.place(transport, f"{ground}/two", item)
        placed = [] if refusal else [await content(transport, f"{ground}/two/job/in.dat")]
        assert placed in ([], [b"x" * LARGE])

    async def test_one_parcel_that_is_refused_keeps_no_other_back(self, transport: Transport, ground: str) -> None:
        def parcel(number: int, item: Text | There) -> Parcel:
            return Parcel(directory=f"{ground}/{number}", items=(item,))

        good, bad = Text(name="a", data=b"a"), There(name="a", source=f"{ground}/nowhere")
        answers = await transport.place([parcel(1, good), parcel(2, bad), parcel(3, good)])
        assert [answer is None for answer in answers] == [True, False, True]
        assert await names_in(transport, ground) == ["1/a", "3/a"]

    @pytest.mark.parametrize("kind", ["missing", "directory", "fifo", "dangling"])
    async def test_what_is_no_file_on_the_target_is_refused_without_waiting(
        self, transport: Transport, ground: str, kind: str
    ) -> None:
        script = 'cd "$1"; case $2 in directory) mkdir it ;; fifo) mkfifo it ;; dangling) ln -s nowhere it ;; esac'
        await shell(transport, script, unspell(ground), kind)
        refused = await self.place(transport, ground, There(name="in", source=f"{ground}/it"))
        assert isinstance(refused, Denied)
        assert "it" in refused.message
        assert await names_in(transport, f"{ground}/job") == []

    async def test_a_link_to_a_file_on_the_target_is_copied_as_the_file(
        self, transport: Transport, ground: str
    ) -> None:
        await shell(transport, 'cd "$1"; echo data >real; ln -s real link', unspell(ground))
        assert await self.place(transport, ground, There(name="in", source=f"{ground}/link")) is None
        (entry,) = await transport.files(f"{ground}/job")
        assert (entry.size, entry.link) == (5, False)

    @pytest.mark.parametrize("name", ["../out", "/etc/out", "a/../../out", "", r"\x2e\x2e/out", r"a\x00b"])
    async def test_a_name_that_leaves_the_directory_is_refused(
        self, transport: Transport, ground: str, name: str
    ) -> None:
        assert isinstance(await self.place(transport, ground, Text(name=name, data=b"x")), Denied)
        assert await names_in(transport, ground) == []

    async def test_something_else_in_the_place_of_a_file_is_refused(self, transport: Transport, ground: str) -> None:
        await shell(transport, 'mkdir -p "$1/job/in"', unspell(ground))
        assert isinstance(await self.place(transport, ground, Text(name="in", data=b"x")), Denied)

    async def test_a_directory_below_a_file_is_refused(self, transport: Transport, ground: str) -> None:
        await write(transport, f"{ground}/job", b"a file")
        assert isinstance(await self.place(transport, ground, Text(name="a", data=b"x")), Denied)
        with pytest.raises(Denied):
            await write(transport, f"{ground}/job/a", b"x")
        assert await content(transport, f"{ground}/job") == b"a file"

    async def test_a_name_that_is_too_long_is_refused(self, transport: Transport, ground: str) -> None:
        refused = await self.place(transport, ground, Text(name="x" * 256, data=b"x"))
        assert isinstance(refused, Denied)
        assert refused.hint
