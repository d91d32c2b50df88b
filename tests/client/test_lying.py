from pathlib import Path

import pytest

from argosy.client.lying import lying
from argosy.core.errors import BadInput


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "made/namd/a.inp": "run 5",
        "made/namd/sub/b.pdb": "END",
        "made/namd/.hidden": "x",
        "made/toppar/c.prm": "BONDS",
        "made/beside.str": "set a",
        "elsewhere/d.txt": "far",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "made" / "namd"


def test_a_folder_is_seen_with_what_lies_beside_it_and_no_further(folder: Path) -> None:
    seen_from, found = lying(folder)
    assert seen_from == folder
    assert found.files == {
        "a.inp": "run 5",
        "sub/b.pdb": "END",
        "../beside.str": "set a",
        "../toppar/c.prm": "BONDS",
    }
    assert found.only is None


def test_a_file_is_the_only_one_that_is_meant(folder: Path) -> None:
    seen_from, found = lying(folder / "a.inp")
    assert (seen_from, found.only) == (folder, "a.inp")
    assert "../toppar/c.prm" in found.files


def test_large_files_and_those_without_text_are_seen_by_name_alone(folder: Path) -> None:
    (folder / "big.psf").write_text("x" * 300_000)
    (folder / "raw.dcd").write_bytes(b"\xff\x00")
    _, found = lying(folder)
    assert (found.files["big.psf"], found.files["raw.dcd"]) == (None, None)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file or folder"):
        lying(tmp_path / "nowhere")
