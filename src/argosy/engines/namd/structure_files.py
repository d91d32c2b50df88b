"""Reading what a simulation starts from: PSF and CHARMM parameter files, as far as checks need them.

Nothing here is strict: what cannot be read is told as a problem, or left alone. Large files are read line by line.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from argosy.core.figures import number_below
from argosy.core.pdb import Once, lines_of

Types = tuple[str, ...]

_LARGEST = 1e12
_TERMS = {"!NBOND": 2, "!NTHETA": 3, "!NPHI": 4}
_FEWEST_COLUMNS = 8
_SECTIONS = {"BOND": 2, "ANGL": 3, "THET": 3, "DIHE": 4, "PHI": 4, "NONB": 1}
_OTHER_SECTIONS = ("IMPR", "IMPH", "CMAP", "NBFI", "HBON", "ATOM", "END", "RETU", "READ", "RTF", "MASS", "RESI", "PRES")


@dataclass
class Structure:
    """Of a PSF: the atoms, and each combination of their types that is bonded, by the number of atoms in it.

    ``problem`` is the sentence that NAMD stops with, or empty. The first atoms (from 1) of each combination go along.
    """

    names: list[str] = field(default_factory=list[str])
    types: list[str] = field(default_factory=list[str])
    charge: float = 0.0
    terms: dict[Types, tuple[int, ...]] = field(default_factory=dict[Types, tuple[int, ...]])
    problem: str = ""


def read_psf(text: str) -> Structure:
    """The structure, up to what cannot be read."""
    structure = Structure()
    lines = lines_of(text)
    first = next((line for line in lines if line.strip()), "")
    if "PSF" not in first:
        structure.problem = 'UNABLE TO FIND "PSF" STRING IN PSF FILE'
        return structure
    for line in lines:
        count, _, title = line.strip().partition(" ")
        kind = title.strip().split(":", 1)[0].split(" ", 1)[0]
        if not count.isdecimal() or len(count) > 12 or structure.problem:
            continue
        if kind == "!NATOM":
            structure.problem = _read_atoms(structure, lines, int(count))
        elif kind in _TERMS:
            _read_terms(structure, lines, int(count), _TERMS[kind])
    if not structure.names and not structure.problem:
        structure.problem = "UNABLE TO FIND ATOMS IN PSF FILE"
    return structure


def _read_atoms(structure: Structure, lines: Iterator[str], count: int) -> str:
    names, types, once = structure.names, structure.types, Once()
    charge = 0.0
    for number in range(1, count + 1):
        columns = next(lines, "").split(None, 7)
        if len(columns) < _FEWEST_COLUMNS:
            return f"its list of atoms ends before number {number} of {count}"
        kind = columns[5]
        if columns[0] != str(number):
            return "ATOM NUMBERS OUT OF ORDER"
        if kind.isdecimal():
            return "Structure (psf) file is either in CHARMM format (with numbers for atoms types"
        names.append(once[columns[4]])
        types.append(once[kind])
        charge += number_below(columns[6], _LARGEST) or 0.0
    structure.charge = charge
    return ""


def _read_terms(structure: Structure, lines: Iterator[str], count: int, width: int) -> None:
    """So many groups of atoms, several on a line; a line that names an atom that is none ends the section."""
    types, terms = structure.types, structure.terms
    while count > 0:
        atoms = _whole_numbers(next(lines, ""))
        if not atoms or len(atoms) % width or not 0 < min(atoms) <= max(atoms) <= len(types):
            return
        kinds = iter([types[atom - 1] for atom in atoms])
        for place, group in enumerate(zip(*[kinds] * width, strict=True)):
            if group not in terms:
                terms[group] = tuple(atoms[place * width : (place + 1) * width])
        count -= len(atoms) // width


def _whole_numbers(line: str) -> list[int]:
    try:
        return list(map(int, line.split()))
    except ValueError:
        return []


def read_parameters(text: str) -> set[Types]:
    """The combinations of atom types that a parameter file covers: bonds, angles, dihedrals, and single types."""
    found: set[Types] = set()
    width, continued = 0, False
    for raw in lines_of(text):
        line = raw.split("!", 1)[0].strip()
        words = line.split()
        if not words or line.startswith("*"):
            continue
        begun = _section(words[0])
        if begun is not None:
            width = begun
        elif width and not continued and len(words) > width:
            found.add(tuple(word.upper() for word in words[:width]))
        continued = line.endswith("-")
    return found


def _section(word: str) -> int | None:
    """How many types stand on each line of the section that this word begins, 0 for others; None if it begins none."""
    head = word.upper()
    if head.startswith(_OTHER_SECTIONS):
        return 0
    if head in {"BONDS", "BOND", "ANGLES", "ANGLE", "THETAS", "DIHEDRALS", "DIHEDRAL", "PHI", "NONBONDED"}:
        return next(width for start, width in _SECTIONS.items() if head.startswith(start))
    return None


def is_covered(types: Types, known: set[Types]) -> bool:
    """Whether these types, read from either end, have a parameter; dihedrals may have any type at their ends."""
    forward = tuple(one.upper() for one in types)
    if len(forward) == 4:
        loose = ("X", *forward[1:3], "X")
        return not known.isdisjoint({forward, forward[::-1], loose, loose[::-1]})
    return forward in known or forward[::-1] in known
