"""What is said of files on this machine; no server is asked."""

from pathlib import Path

from argosy.cli.commands.joining import inspect
from argosy.cli.shown import Shown

ATOMS = "".join(f"ATOM  {n:5d}  O   WAT W   1    {x:8.3f}   2.000   3.000\n" for n, x in ((1, 1.0), (2, 11.0)))


def said(path: Path, text: str) -> Shown:
    path.write_text(text)
    return inspect([path])


def test_of_coordinates_a_cell_and_a_grid_are_proposed(tmp_path: Path) -> None:
    cell = "CRYST1   30.000   31.000   32.000  90.00  90.00  90.00\n"
    (told,) = said(tmp_path / "box.pdb", cell + ATOMS).value
    assert told["words"] == (
        "2 atoms over 10 x 0 x 0 Å; a cell of 30 x 31 x 32 Å its CRYST1 says, "
        "with its origin at 6 2 3 and a grid for PME of 30 x 32 x 32"
    )
    (told,) = said(tmp_path / "bare.pdb", ATOMS).value
    assert "a cell of 11 x 1 x 1 Å fits around them" in told["words"]


def test_coordinates_without_atoms_are_told(tmp_path: Path) -> None:
    (told,) = said(tmp_path / "none.pdb", "REMARK nothing\n").value
    assert told["wrong"] == "it has no atoms with coordinates"
