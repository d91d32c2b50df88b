"""What every transport must hold of files that lie on the target, come home, and are removed."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from argosy.contracts import Doomed, Glance, Parcel, Piece, Text, Transport
from argosy.core.errors import Denied
from argosy.core.names import spell, unspell
from argosy.core.outputs import FileEntry
from tests.contracts.transport_suite import content, eventually, names_in, removed, shell, stored, write


class FilesSuite:
    """What holds for files on the target, and on their way home."""

    async def test_a_small_file_is_replaced_and_leaves_no_other(self, transport: Transport, ground: str) -> None:
        for data in (b"one", b"two, longer", b""):
            await write(transport, f"{ground}/job.json", data)
            assert await content(transport, f"{ground}/job.json") == data
        assert await names_in(transport, ground) == ["job.json"]

    async def test_a_file_cannot_be_written_where_no_directory_is(self, transport: Transport, ground: str) -> None:
        with pytest.raises(Denied, match="nowhere"):
            await write(transport, f"{ground}/nowhere/job.json", b"x")

    async def test_of_many_small_files_those_that_can_be_written_are(self, transport: Transport, ground: str) -> None:
        names = [f"{ground}/{n}.json" for n in range(300)]
        refused = await transport.write({f"{ground}/nowhere/x": b"x", **{name: name.encode() for name in names}})
        assert list(refused) == [f"{ground}/nowhere/x"]
        assert isinstance(refused[f"{ground}/nowhere/x"], Denied)
        assert await content(transport, names[-1]) == names[-1].encode()
        assert len(await names_in(transport, ground)) == 300
        assert await transport.write({}) == {}

    async def test_one_glance_sees_lists_and_ends_of_many_directories(self, transport: Transport, ground: str) -> None:
        await self.odd_things(transport, ground)
        await write(transport, f"{ground}/directory/log", b"0123456789")
        whole = Glance(directory=f"{ground}/directory", below="", tails=("log", "inside", "nowhere"), tail_bytes=4)
        odd = Glance(directory=ground, below="nowhere", tails=("file", "fifo", "directory", "dangling", "file/below"))
        blind = Glance(directory=f"{ground}/nowhere", below="", tails=("file",))
        few = Glance(directory=ground, below="directory")
        begun = Glance(directory=f"{ground}/directory", tails=("log", "inside"), tail_bytes=4, from_start=True)
        *answers, beginnings = await transport.glance([whole, odd, blind, few, begun])
        assert [[entry.path for entry in one.files] for one in answers] == [
            ["inside", "log"],
            [],
            [],
            ["inside", "log"],
        ]
        assert [one.tails for one in answers] == [
            {"log": Piece(data=b"6789", start=6, size=10), "inside": Piece(data=b"y\n", start=0, size=2)},
            {"file": Piece(data=b"x\n", start=0, size=2)},
            {},
            {},
        ]
        assert beginnings.tails == {
            "log": Piece(data=b"0123", start=0, size=10),
            "inside": Piece(data=b"y\n", start=0, size=2),
        }
        assert list(await transport.glance([])) == []

    @pytest.mark.parametrize(
        ("start", "limit", "piece"),
        [
            (0, 100, Piece(data=b"0123456789", start=0, size=10)),
            (0, 4, Piece(data=b"0123", start=0, size=10)),
            (8, 4, Piece(data=b"89", start=8, size=10)),
            (-3, 100, Piece(data=b"789", start=7, size=10)),
            (-100, 2, Piece(data=b"01", start=0, size=10)),
            (10, 5, Piece(data=b"", start=10, size=10)),
            (99, 5, Piece(data=b"", start=99, size=10)),
        ],
    )
    async def test_a_file_is_read_from_where_one_wants(
        self, transport: Transport, ground: str, start: int, limit: int, piece: Piece
    ) -> None:
        await write(transport, f"{ground}/log", b"0123456789")
        assert await transport.read(f"{ground}/log", start=start, limit=limit) == piece

    @pytest.mark.parametrize("name", ["nowhere", "directory", "fifo", "dangling", "file/below"])
    async def test_what_is_no_file_cannot_be_read(self, transport: Transport, ground: str, name: str) -> None:
        await self.odd_things(transport, ground)
        with pytest.raises(Denied):
            await transport.read(f"{ground}/{name}")

    @staticmethod
    async def odd_things(transport: Transport, ground: str) -> None:
        """One of each: a file, a directory, a FIFO, links to a file, to a directory, to nothing, and in a circle."""
        files = 'set -e; cd "$1"; echo x >file; mkdir directory; echo y >directory/inside; mkfifo fifo'
        links = "ln -s file link; ln -s directory round; ln -s nowhere dangling; ln -s . circle"
        await shell(transport, f"{files}; {links}", unspell(ground))

    async def test_files_and_links_are_listed_by_path_and_nothing_else(self, transport: Transport, ground: str) -> None:
        await self.odd_things(transport, ground)
        listed = {entry.path: (entry.size, entry.link) for entry in await transport.files(ground)}
        assert list(listed) == sorted(listed)
        assert {path for path, (_, link) in listed.items() if not link} == {"file", "directory/inside"}
        assert {path for path, (_, link) in listed.items() if link} == {"link", "round", "dangling", "circle"}
        assert listed["file"] == (2, False)

    async def test_a_missing_directory_has_no_files(self, transport: Transport, ground: str) -> None:
        await write(transport, f"{ground}/file", b"")
        assert list(await transport.files(f"{ground}/nowhere")) == []
        assert list(await transport.files(f"{ground}/file")) == []

    async def test_a_listing_is_no_longer_than_wanted(self, transport: Transport, ground: str) -> None:
        await shell(transport, 'cd "$1"; for n in 1 2 3 4 5; do : >"$n"; done', unspell(ground))
        assert len(await transport.files(ground, limit=3)) == 3

    async def test_a_tree_deeper_than_any_recursion_is_listed_and_removed(
        self, transport: Transport, ground: str
    ) -> None:
        await shell(
            transport, 'cd "$1"; mkdir -p "job/$2"; : >"job/$2/leaf"; : >job/mark', unspell(ground), "d/" * 1200
        )
        assert await names_in(transport, f"{ground}/job") == ["d/" * 1200 + "leaf", "mark"]
        assert await removed(transport, f"{ground}/job", marker="mark", holds="")
        assert await names_in(transport, ground) == []

    async def test_a_time_that_no_calendar_has_is_listed(self, transport: Transport, ground: str) -> None:
        await shell(
            transport, 'cd "$1"; : >old; : >new; touch -d @-9999999999 old; touch -d @99999999999 new', unspell(ground)
        )
        entries: Sequence[FileEntry] = await transport.files(ground)
        assert [entry.path for entry in entries] == ["new", "old"]

    async def test_what_is_there_is_brought_home_and_the_rest_left_out(
        self, transport: Transport, ground: str, tmp_path: Path
    ) -> None:
        await self.odd_things(transport, ground)
        wanted = [
            "file",
            "directory/inside",
            "nowhere",
            "fifo",
            "directory",
            "link",
            "dangling",
            "file/below",
            "circle",
        ]
        home = tmp_path / "home"
        assert list(await transport.fetch(ground, wanted, home)) == ["file", "directory/inside", "link"]
        assert sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()) == [
            "directory/inside",
            "file",
            "link",
        ]
        assert (home / "link").read_text() == "x\n"
        assert not (home / "link").is_symlink()

    async def test_what_came_home_before_is_replaced(self, transport: Transport, ground: str, tmp_path: Path) -> None:
        for data in (b"first, longer", b"second"):
            await write(transport, f"{ground}/out", data)
            assert list(await transport.fetch(ground, ["out"], tmp_path)) == ["out"]
            assert (tmp_path / "out").read_bytes() == data

    @pytest.mark.parametrize("size", [10_000_000, 20_000_000])
    async def test_a_file_with_holes_comes_home_whole_and_takes_no_more_room(
        self, transport: Transport, ground: str, tmp_path: Path, size: int
    ) -> None:
        script = 'cd "$1"; printf begin >big; printf end | dd of=big bs=1 seek="$2" 2>/dev/null'
        await shell(transport, script, unspell(ground), b"%d" % size)
        assert list(await transport.fetch(ground, ["big"], tmp_path)) == ["big"]
        came = (tmp_path / "big").read_bytes()
        assert (came[:5], came[-3:], len(came)) == (b"begin", b"end", size + 3)
        assert (tmp_path / "big").stat().st_blocks * 512 < 1 << 20

    async def test_empty_files_and_directories_go_there_and_empty_files_come_back(
        self, transport: Transport, ground: str, tmp_path: Path
    ) -> None:
        items = (Text(name="a/empty", data=b""), stored("b/empty", b"", tmp_path))
        parcel = Parcel(directory=f"{ground}/job", items=items, subdirectories=("hollow/deep",))
        assert list(await transport.place([parcel])) == [None]
        assert (await shell(transport, 'cd "$1/job/hollow/deep"; ls', unspell(ground))).stdout == b""
        home = tmp_path / "home"
        assert list(await transport.fetch(f"{ground}/job", ["a/empty", "b/empty"], home)) == ["a/empty", "b/empty"]
        assert [(home / name).read_bytes() for name in ("a/empty", "b/empty")] == [b"", b""]

    async def test_empty_directories_are_told_of_and_no_others(self, transport: Transport, ground: str) -> None:
        script = """
        cd "$1" && mkdir -p "a b/empty" full/of/it "new
line" hidden links && : >full/of/it/file && : >hidden/.file && ln -s nowhere links/dangling && ln -s full linked
        """
        await shell(transport, script, unspell(ground))
        assert list(await transport.hollows(ground)) == sorted(["a b/empty", spell(b"new\nline")])
        assert list(await transport.hollows(f"{ground}/a b/empty")) == []
        assert list(await transport.hollows(f"{ground}/nowhere")) == []

    @pytest.mark.parametrize("begun", [0, 17 << 20])
    async def test_of_a_file_that_grows_while_it_is_brought_home_its_beginning_comes(
        self, transport: Transport, ground: str, tmp_path: Path, begun: int
    ) -> None:
        grow = """
        cd "$1"; head -c "$2" /dev/zero >log
        (n=0; until [ -e stop ] || [ $n -eq 30000 ]; do n=$((n + 1)); printf '%0999d\\n' $n; done >>log; : >over) \
            </dev/null >/dev/null 2>&1 &
        """
        await shell(transport, grow, unspell(ground), str(begun))
        try:
            assert list(await transport.fetch(ground, ["log"], tmp_path / "early")) == ["log"]
            piece = await transport.read(f"{ground}/log", start=begun, limit=1 << 20)
        finally:
            await write(transport, f"{ground}/stop", b"")
        await eventually(lambda: _has(transport, ground, "over"))
        assert list(await transport.fetch(ground, ["log"], tmp_path / "late")) == ["log"]
        whole = (tmp_path / "late/log").read_bytes()
        assert whole.startswith((tmp_path / "early/log").read_bytes())
        assert whole[begun:].startswith(piece.data)

    async def test_a_path_that_leaves_the_directory_is_not_brought_home(
        self, transport: Transport, ground: str, tmp_path: Path
    ) -> None:
        with pytest.raises(Denied):
            await transport.fetch(ground, ["../../etc/passwd"], tmp_path)


async def _has(transport: Transport, ground: str, name: str) -> bool:
    return name in await names_in(transport, ground)


class RemovingSuite:
    """What holds for the removal of a job's directory."""

    async def test_a_marked_directory_is_removed_with_all_in_it(self, transport: Transport, ground: str) -> None:
        await self.job(transport, ground)
        await shell(transport, 'cd "$1/j1"; mkdir -p a/b; : >a/b/c; mkfifo a/fifo; chmod 0 a/b', unspell(ground))
        assert await removed(transport, f"{ground}/j1", marker="job.json", holds='"id": "j1"')
        assert (await shell(transport, 'ls "$1"', unspell(ground))).stdout == b""

    @staticmethod
    async def job(transport: Transport, ground: str) -> None:
        await shell(transport, 'mkdir "$1/j1"', unspell(ground))
        await write(transport, f"{ground}/j1/job.json", b'{"id": "j1"}')
        await write(transport, f"{ground}/j1/out", b"data")

    async def test_what_is_not_there_is_not_removed_and_no_fault(self, transport: Transport, ground: str) -> None:
        await self.job(transport, ground)
        assert await removed(transport, f"{ground}/j1", marker="job.json", holds="j1") is True
        assert await removed(transport, f"{ground}/j1", marker="job.json", holds="j1") is False

    @pytest.mark.parametrize(("marker", "holds"), [("job.json", '"id": "j2"'), ("other.json", "j1"), ("j1", "j1")])
    async def test_without_its_marker_nothing_is_removed(
        self, transport: Transport, ground: str, marker: str, holds: str
    ) -> None:
        await self.job(transport, ground)
        with pytest.raises(Denied, match="not marked"):
            await removed(transport, f"{ground}/j1", marker=marker, holds=holds)
        assert await names_in(transport, ground) == ["j1/job.json", "j1/out"]

    async def test_a_marker_that_shall_stay_stays_alone_in_its_directory(
        self, transport: Transport, ground: str
    ) -> None:
        await self.job(transport, ground)
        await shell(transport, 'cd "$1/j1"; mkdir -p a/b .hidden; : >a/b/c; chmod 0 a/b', unspell(ground))
        for _ in range(2):
            assert await removed(transport, f"{ground}/j1", marker="job.json", holds='"id": "j1"', keep_marker=True)
            assert (await shell(transport, 'ls -A "$1/j1"', unspell(ground))).stdout == b"job.json\n"
        assert await content(transport, f"{ground}/j1/job.json") == b'{"id": "j1"}'

    async def test_it_is_told_how_much_went(self, transport: Transport, ground: str) -> None:
        await self.job(transport, ground)
        odd = 'cd "$1/j1"; mkdir "a b"; printf 12345 >"a b/x\n99 y"; printf 123 >"$2"; truncate -s 5000000000 sparse'
        await shell(transport, odd, unspell(ground), "9\n 7")
        doomed = Doomed(directory=f"{ground}/j1", marker="job.json", holds='"id": "j1"', keep_marker=True)
        whole = sum(len(data) for data in (b'{"id": "j1"}', b"data", b"12345", b"123"))
        assert list(await transport.remove([doomed])) == [5_000_000_000 + whole]
        assert list(await transport.remove([doomed])) == [len(b'{"id": "j1"}')]

    async def test_of_many_directories_each_is_answered_for_by_itself(self, transport: Transport, ground: str) -> None:
        names = [f"j{number:03}" for number in range(300)]
        await shell(
            transport,
            'cd "$1"; shift; mkdir -- "$@"; for n; do echo "$n" >"$n/job.json"; done',
            unspell(ground),
            *names,
        )
        doomed = [Doomed(directory=f"{ground}/{name}", marker="job.json", holds=name) for name in names]
        doomed[7:8] = [doomed[7].model_copy(update={"holds": "another"})]
        nowhere = Doomed(directory=f"{ground}/nowhere", marker="job.json", holds="")
        answers = await transport.remove([nowhere, *doomed])
        assert answers[0] is None
        assert isinstance(answers[8], Denied)
        assert [answer for answer in answers if isinstance(answer, int)] == [len("j000\n")] * 299
        assert await names_in(transport, ground) == ["j007/job.json"]
        assert list(await transport.remove([])) == []

    async def test_links_are_removed_and_not_followed(self, transport: Transport, ground: str) -> None:
        await self.job(transport, ground)
        script = 'cd "$1"; mkdir mine; echo keep >mine/file; ln -s ../mine j1/tree; ln -s ../mine/file j1/link'
        await shell(transport, script, unspell(ground))
        assert await removed(transport, f"{ground}/j1", marker="job.json", holds="j1")
        assert await names_in(transport, ground) == ["mine/file"]

    async def test_a_link_in_the_place_of_the_directory_is_left_alone(self, transport: Transport, ground: str) -> None:
        await self.job(transport, ground)
        await shell(transport, 'cd "$1"; ln -s j1 j2', unspell(ground))
        assert await removed(transport, f"{ground}/j2", marker="job.json", holds="j1") is False
        assert "j1/out" in await names_in(transport, ground)

    async def test_a_marker_that_is_a_fifo_is_not_waited_for(self, transport: Transport, ground: str) -> None:
        await shell(transport, 'mkdir "$1/j1"; mkfifo "$1/j1/job.json"', unspell(ground))
        with pytest.raises(Denied):
            await removed(transport, f"{ground}/j1", marker="job.json", holds="j1")
