"""What the contents of structure, coordinates and parameters tell before anything is sent."""

from collections.abc import Iterator, Mapping

from argosy.core.findings import Finding, error, warning
from argosy.core.pdb import Box, read_pdb
from argosy.core.spec import JobSpec
from argosy.engines.namd.cell_inside import KEYWORDS, complaints_of_coordinates
from argosy.engines.namd.complaint import finding
from argosy.engines.namd.config import script_of
from argosy.engines.namd.structure_files import (
    Structure,
    Types,
    is_covered,
    read_parameters,
    read_psf,
)

STRUCTURE, COORDINATES, PARAMETERS = "structure_file", "coordinates_file", "parameters_file"
_LOOKED_INTO = (STRUCTURE, COORDINATES, PARAMETERS, f"{PARAMETERS}_2", f"{PARAMETERS}_3")
_KINDS = {2: "BOND", 3: "ANGLE", 4: "DIHEDRAL"}
_MOST = 5
_UNCHARGED = 0.01


def looked_into(spec: JobSpec) -> tuple[str, ...]:
    """The input files that are worth a look."""
    return tuple(file.name for file in spec.inputs if file.role in _LOOKED_INTO)


def regarded(spec: JobSpec) -> str:
    """What of the configuration the findings depend on."""
    script = script_of(spec)
    return repr([(script.config.whole, script.config.text(name)) for name in KEYWORDS]) if script else ""


def findings_inside(spec: JobSpec, texts: Mapping[str, str]) -> tuple[Finding, ...]:
    """Everything that the files tell of themselves and of each other; files that are not at hand are left alone."""
    roles = {file.role: texts[file.name] for file in spec.inputs if file.name in texts}
    structure = read_psf(roles[STRUCTURE]) if STRUCTURE in roles else None
    box = read_pdb(roles[COORDINATES]) if COORDINATES in roles else None
    found = [*(_structure(structure) if structure else ()), *(_box(box, spec) if box else ())]
    if structure and box and not structure.problem:
        found += _together(structure, box)
    named = {file.role for file in spec.inputs if file.role.startswith(PARAMETERS)}
    if structure and not structure.problem and named and named <= set(roles):
        known = set[Types]().union(*(read_parameters(roles[role]) for role in named))
        found += _uncovered(structure, known)
    return tuple(found)


def _structure(structure: Structure) -> Iterator[Finding]:
    if structure.problem:
        what = "the PSF file is not one that NAMD can use"
        yield error(STRUCTURE, what, why=f"NAMD would print: FATAL ERROR: {structure.problem}", remedy="Build it anew.")
    elif abs(structure.charge) > _UNCHARGED:
        what = f"the system has a total charge of {structure.charge:.3g}"
        why = "PME spreads a charge of the opposite sign evenly over the cell."
        yield warning(STRUCTURE, what, why=why, remedy="Add ions until the charge is 0, if this is not meant.")


def _box(box: Box, spec: JobSpec) -> Iterator[Finding]:
    if box.broken:
        what = f"{box.broken} atoms have coordinates that are no numbers"
        yield error(COORDINATES, what, remedy="Write the PDB file anew; its columns are fixed.")
    script = script_of(spec)
    if script is not None:
        yield from (finding(one, spec, script) for one in complaints_of_coordinates(script.config, box))


def _together(structure: Structure, box: Box) -> Iterator[Finding]:
    if len(structure.names) != len(box.names):
        what = f"the structure has {len(structure.names)} atoms, the coordinates {len(box.names)}"
        why = "NAMD would print: FATAL ERROR: Number of pdb and psf atoms are not the same!"
        yield error(COORDINATES, what, why=why, remedy="Take both from the same build of the system.")
        return
    pairs = zip(structure.names, box.names, strict=True)
    other = next((number for number, (one, two) in enumerate(pairs, start=1) if one[:4] != two[:4]), None)
    if other is not None:
        here, there = structure.names[other - 1], box.names[other - 1]
        what = f"atom {other} is {here} in the structure and {there} in the coordinates"
        why = "NAMD goes by the order alone and would put atoms into each other's places."
        yield warning(COORDINATES, what, why=why, remedy="Take both from the same build of the system.")


def _uncovered(structure: Structure, known: set[Types]) -> Iterator[Finding]:
    missing = [types for types in structure.terms if not is_covered(types, known)]
    for types in missing[:_MOST]:
        atoms = " ".join(map(str, structure.terms[types]))
        kind = _KINDS[len(types)]
        what = f"the parameter files have no {kind.lower()} for {' '.join(types)}"
        said = f"FATAL ERROR: UNABLE TO FIND {kind} PARAMETERS FOR {' '.join(types)} (ATOMS {atoms})"
        yield warning(PARAMETERS, what, why=f"NAMD would print: {said}", remedy="Add the file that has it.")
    if len(missing) > _MOST:
        what = f"{len(missing) - _MOST} more combinations of atom types have no parameters"
        yield warning(PARAMETERS, what, remedy="Add the files that have them.")
    lone = sorted({one for one in structure.types if (one.upper(),) not in known})
    if lone:
        what = f"the parameter files have no van der Waals parameters for {', '.join(lone[:_MOST])}"
        why = f"NAMD would print: FATAL ERROR: DIDN'T FIND vdW PARAMETER FOR ATOM TYPE {lone[0]}"
        yield warning(PARAMETERS, what, why=why, remedy="Add the file that has them.")
