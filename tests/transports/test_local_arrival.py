"""What comes into place is whole, whatever was left there by somebody who was killed."""

import os
from pathlib import Path

import pytest

from argosy.transports.local_arrival import arriving, make_folder, write_new
from argosy.transports.local_files import write_whole


def part_of(path: Path) -> Path:
    """Where it would lie on its way."""
    with arriving(str(path)) as part:
        Path(part).write_text("once")
    path.unlink()
    return Path(part)


def test_a_file_that_was_left_half_written_is_no_part_of_the_next(tmp_path: Path) -> None:
    goal = tmp_path / "goal"
    part_of(goal).write_bytes(b"x" * 100)
    write_whole(str(goal), b"new")
    assert goal.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["goal"]


def test_what_was_linked_there_keeps_what_it_holds(tmp_path: Path) -> None:
    goal, kept = tmp_path / "goal", tmp_path / "kept"
    kept.write_text("kept")
    os.link(kept, part_of(goal))
    write_whole(str(goal), b"new")
    assert (kept.read_text(), goal.read_text()) == ("kept", "new")


@pytest.mark.parametrize("make", ["folder", "file"])
def test_a_directory_that_was_left_there_gives_way(tmp_path: Path, make: str) -> None:
    goal = tmp_path / "goal"
    part = part_of(goal)
    (part / "deep").mkdir(parents=True)
    (part / "deep/old").write_text("old")
    if make == "file":
        write_whole(str(goal), b"new")
        assert goal.read_bytes() == b"new"
    else:
        with arriving(str(goal), make_folder) as new:
            assert list(Path(new).iterdir()) == []
        assert goal.is_dir()
    assert not part.exists()


def test_nothing_stays_behind_where_it_fails_and_what_went_wrong_is_told(tmp_path: Path) -> None:
    goal = tmp_path / "goal"

    def spoil() -> None:
        with arriving(str(goal), make_folder) as part:
            write_new(f"{part}/one", b"1", 0o666)
            write_new(f"{part}/one", b"2", 0o666)

    with pytest.raises(FileExistsError):
        spoil()
    assert list(tmp_path.iterdir()) == []


def test_directories_above_are_made_unless_a_file_lies_there(tmp_path: Path) -> None:
    with arriving(str(tmp_path / "a/b/goal"), make_folder):
        pass
    assert (tmp_path / "a/b/goal").is_dir()
    (tmp_path / "file").touch()
    with (
        pytest.raises((FileExistsError, NotADirectoryError)) as fault,
        arriving(str(tmp_path / "file/goal"), make_folder),
    ):
        pass
    assert fault.value.filename == str(tmp_path / "file")
