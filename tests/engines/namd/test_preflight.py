"""What the contents of the files tell before a job is made."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.contracts import Inspector
from argosy.core.findings import Finding, Severity
from argosy.core.pdb import read_pdb
from argosy.engines.namd.engine import ENGINE
from argosy.engines.namd.structure_files import is_covered, read_parameters, read_psf
from tests.engines.laboratory import content, write_job
from tests.engines.namd.record import chosen, recorded

WORDS = (
    "PSF\n",
    "3 !NATOM\n",
    "1 A 1 R C CT1 0.5 12.0 0\n",
    "2 !NBOND: bonds\n",
    " 1 2 2 3\n",
    "\n",
    "9" * 20,
    "!",
    "x",
)


def looked(system: Mapping[str, Path], role: str = "", old: str = "", new: str = "") -> tuple[Finding, ...]:
    """What is found when this is changed in the file of that role."""
    files = chosen(system)
    spec = write_job("namd/production", files)
    texts = {path.name: path.read_text() for path in files.values()}
    if role:
        name = files[role].name
        assert old in texts[name]
        texts[name] = texts[name].replace(old, new, 1)
    assert set(ENGINE.inspected(spec)) == set(texts)
    return ENGINE.inspect(spec, texts)


def test_the_engine_looks_into_files() -> None:
    assert isinstance(ENGINE, Inspector)


def test_files_that_belong_together_hear_nothing(system: Mapping[str, Path]) -> None:
    assert looked(system) == ()


@pytest.mark.parametrize(
    ("role", "old", "new", "words"),
    [
        ("structure_file", "PSF EXT", "EXT", 'UNABLE TO FIND "PSF" STRING IN PSF FILE'),
        ("structure_file", "        33 MAIN", "        34 MAIN", "ATOM NUMBERS OUT OF ORDER"),
        ("structure_file", "CT1 ", "22  ", "Structure (psf) file is either in CHARMM format"),
        ("coordinates_file", "ATOM      1", "REMARK    1", "Number of pdb and psf atoms are not the same!"),
    ],
)
def test_what_namd_would_stop_at_is_an_error(
    role: str, old: str, new: str, words: str, system: Mapping[str, Path]
) -> None:
    (found,) = looked(system, role, old, new)
    assert (found.where, found.severity) == (role, Severity.ERROR)
    assert words in found.why


@pytest.mark.parametrize(
    ("role", "old", "new", "words"),
    [
        ("structure_file", "  0.000000", "  1.000000", "the system has a total charge of 1"),
        ("coordinates_file", " CA  ALA M   5", " CB  ALA M   5", "atom 5 is CA in the structure and CB in"),
        ("parameters_file", "CT1 CT1 222.5", "CT1 CT2 222.5", "the parameter files have no bond for CT1 CT1"),
        ("parameters_file", "CT1 0.0", "CT9 0.0", "no van der Waals parameters for CT1"),
    ],
)
def test_what_may_be_meant_is_a_warning(role: str, old: str, new: str, words: str, system: Mapping[str, Path]) -> None:
    found = looked(system, role, old, new)
    assert [one.severity for one in found] == [Severity.WARNING]
    assert words in found[0].what


def test_a_missing_parameter_is_told_as_namd_would(system: Mapping[str, Path]) -> None:
    (found,) = looked(system, "parameters_file", "CT1 CT1 222.5", "CT1 CT2 222.5")
    assert "UNABLE TO FIND BOND PARAMETERS FOR CT1 CT1 (ATOMS 1 2)" in found.why


def test_parameters_are_not_missed_while_one_of_their_files_is_not_at_hand(system: Mapping[str, Path]) -> None:
    files = chosen(system)
    spec = write_job("namd/production", files)
    texts = {path.name: path.read_text() for role, path in files.items() if role != "parameters_file"}
    assert ENGINE.inspect(spec, texts) == ()


def test_parameters_hold_from_either_end_and_for_any_type_at_the_ends() -> None:
    text = (
        "* title\nread para card flex\nATOMS\nMASS -1 CA 12.0\nBONDS\n!comment\nCA CB 1.0 2.0 ! remark\n"
        "ANGLES\nCA CB CC 1 2\nDIHEDRALS\nX CA CB X 1 2 180\nIMPROPER\nCA X X CB 1 0 0\n"
        "NONBONDED nbxmod 5 atom -\ncutnb 14.0 ctofnb 12.0\nCA 0.0 -0.1 2.0\nEND\n"
    )
    known = read_parameters(text)
    assert known == {("CA", "CB"), ("CA", "CB", "CC"), ("X", "CA", "CB", "X"), ("CA",)}
    for types in (("CB", "CA"), ("cc", "cb", "ca"), ("CX", "CB", "CA", "CY")):
        assert is_covered(types, known), types
    assert not is_covered(("CA", "CC"), known)


def test_a_structure_that_is_cut_says_where() -> None:
    assert (
        read_psf("PSF\n\n3 !NATOM\n1 A 1 R C CT1 0.5 12.0 0\n").problem == "its list of atoms ends before number 2 of 3"
    )


def test_the_extent_and_the_cell_of_coordinates() -> None:
    atom = "ATOM      1  CA  ALA M   1    {:8.3f}{:8.3f}{:8.3f}  1.00  0.00\n"
    cryst = "CRYST1   80.000   70.000   60.000  90.00  90.00  90.00 P 1           1\n"
    box = read_pdb(cryst + atom.format(-1, 2, 3) + atom.format(4, -5, 6))
    assert (box.low, box.high, box.cell) == ((-1, -5, 3), (4, 2, 6), (80.0, 70.0, 60.0))
    assert read_pdb("ATOM      1  CA  ALA M   1    ********   0.000     nan\n").broken == 1


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(WORDS), max_size=40).map("".join)))
def test_any_text_can_be_read(text: str) -> None:
    structure = read_psf(text)
    assert len(structure.names) == len(structure.types)
    assert all(1 <= len(types) <= 4 for types in read_parameters(text))
    spec = recorded("production").spec
    names = ENGINE.inspected(spec)
    assert len(names) == 3
    assert all(found.what for found in ENGINE.inspect(spec, dict.fromkeys(names, text)))


CELL = "CRYST1   20.000   20.000   20.000  90.00  90.00  90.00 P 1           1\n"


def water(edge: float = 20.0, *, cell: str = "") -> str:
    """A box that is full of atoms, 2 Å apart."""
    steps = range(int(edge / 2) + 1)
    places = [(x * 2.0, y * 2.0, z * 2.0) for x in steps for y in steps for z in steps]
    lines = [
        f"ATOM  {n % 100000:5d}  O   WAT W{n % 10000:4d}    {x:8.3f}{y:8.3f}{z:8.3f}  1.00  0.00\n"
        for n, (x, y, z) in enumerate(places, start=1)
    ]
    return "".join([cell, *lines, "END\n"])


def about_cell(system: Mapping[str, Path], pdb: str, template: str = "namd/minimise", **values: Any) -> list[Finding]:
    files = chosen(system)
    spec = write_job(template, files, **values)
    found = ENGINE.inspect(spec, {files["coordinates_file"].name: pdb})
    return [one for one in found if one.where.startswith(("cell", "own.namd"))]


def test_a_cell_that_fits_is_silent(system: Mapping[str, Path]) -> None:
    assert about_cell(system, water(cell=CELL), cell_x=20.5, cell_y=20.5, cell_z=20.5) == []


def test_coordinates_that_stick_out_of_the_cell_are_told_with_a_cell_that_holds_them(
    system: Mapping[str, Path],
) -> None:
    (found,) = about_cell(system, water(), cell_x=15, cell_y=21, cell_z=21)
    assert (found.where, found.severity) == ("cell_x", Severity.WARNING)
    assert found.what == "the coordinates reach over 20 Å along x, and the cell is 15 Å long there"
    assert "Take 21 Å" in found.remedy


def test_another_cell_in_the_file_is_told(system: Mapping[str, Path]) -> None:
    (found,) = about_cell(system, water(cell=CELL), cell_x=21, cell_y=21, cell_z=24)
    assert found.where == "cell_z"
    assert found.what == "the cell is 24 Å long along z, and the coordinates' file says 20 (CRYST1)"


def test_a_gap_in_a_full_cell_is_told_where_there_is_pressure(system: Mapping[str, Path]) -> None:
    bad = {"cell_x": 21, "cell_y": 21, "cell_z": 40}
    (found,) = about_cell(system, water(), "namd/equilibrate", **bad)
    assert found.where == "cell_z"
    assert "The pressure closes such a gap" in found.why
    assert about_cell(system, water(), "namd/minimise", **bad) == []


def test_a_missing_cell_is_proposed_with_its_grid(system: Mapping[str, Path]) -> None:
    config = "structure small.psf\ncoordinates small.pdb\nPME on\nPMEGridSpacing 1\noutputname o\nrun 20\n"
    files = chosen(system)
    own = write_job("namd/config", {}, config=config)
    roles = {role: content(role, path) for role, path in files.items()}
    spec = own.model_copy(update={"inputs": (roles["coordinates_file"],)})
    (found,) = ENGINE.inspect(spec, {files["coordinates_file"].name: water()})
    assert found.what == "the coordinates reach over 20 x 20 x 20 Å, and no cell is given"
    assert "cellBasisVector1 21 0 0, cellBasisVector2 0 21 0, cellBasisVector3 0 0 21" in found.remedy
    assert found.remedy.endswith("cellOrigin 10 10 10. A grid of 24 x 24 x 24 points fits it.")


def test_jobs_with_the_same_files_and_other_cells_are_looked_into_each(system: Mapping[str, Path]) -> None:
    files = chosen(system)
    one, other, hot = (
        write_job("namd/minimise", files, **values) for values in ({"cell_x": 60}, {"cell_x": 61}, {"cell_x": 60})
    )
    assert ENGINE.regarded(one) != ENGINE.regarded(other)
    assert ENGINE.regarded(one) == ENGINE.regarded(hot)
