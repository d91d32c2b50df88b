"""What the contents of the files tell before a job is made."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.contracts import Inspector
from argosy.core.findings import Finding, Severity
from argosy.engines.namd.engine import ENGINE
from argosy.engines.namd.structure_files import is_covered, read_parameters, read_pdb, read_psf
from tests.engines.laboratory import write_job
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
