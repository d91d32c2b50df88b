"""A small molecule as PSF, PDB, parameters, extra bonds and restraints; and a command that starts the stand-in."""

import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[3]
ATOMS = 33
ROLES = {
    "structure_file": "small.psf",
    "coordinates_file": "small.pdb",
    "parameters_file": "small.prm",
    "extrabonds_file": "net.exb",
    "restraints_file": "held.pdb",
    "smd_file": "held.pdb",
}
OWN_CONFIG = """\
structure small.psf
coordinates small.pdb
parameters small.prm
paraTypeCharmm on
exclude scaled1-4
cutoff 12
switchdist 10
temperature 300
cellBasisVector1 80 0 0
cellBasisVector2 0 80 0
cellBasisVector3 0 0 80
"""
"""How a configuration of a user's own begins that uses these files."""
_NOTHING = tuple(
    f"{0:10d} !{name}\n\n"
    for name in ("NTHETA: angles", "NPHI: dihedrals", "NIMPHI: impropers", "NDON: donors", "NACC: acceptors", "NNB")
)


def make_system(folder: Path) -> Mapping[str, Path]:
    """The files of the system by role."""
    folder.mkdir(parents=True, exist_ok=True)
    atoms = [
        f"{n:10d} MAIN     {n:<8d} ALA      CA       CT1       {0.0:10.6f}     {12.011:9.4f}           0\n"
        for n in range(1, ATOMS + 1)
    ]
    pairs = [f"{n:10d}{n + 1:10d}" for n in range(1, ATOMS)]
    bonds = "".join("".join(pairs[first : first + 4]) + "\n" for first in range(0, len(pairs), 4))
    psf = f"PSF EXT XPLOR\n\n{1:10d} !NTITLE\n REMARKS small\n\n{ATOMS:10d} !NATOM\n{''.join(atoms)}\n"
    (folder / "small.psf").write_text(f"{psf}{ATOMS - 1:10d} !NBOND: bonds\n{bonds}\n{''.join(_NOTHING)}")
    for name, held in (("small.pdb", 0.0), ("held.pdb", 1.0)):
        lines = [
            f"ATOM  {n:5d}  CA  ALA M{n:4d}    {n * 1.5 - 25:8.3f}{0.0:8.3f}{0.0:8.3f}{1.0:6.2f}{held:6.2f}      MAIN\n"
            for n in range(1, ATOMS + 1)
        ]
        (folder / name).write_text("".join([*lines, "END\n"]))
    (folder / "small.prm").write_text("BONDS\nCT1 CT1 222.5 1.53\n\nNONBONDED\nCT1 0.0 -0.02 2.275\n\nEND\n")
    (folder / "net.exb").write_text("bond 0 10 1.0 15.0\nbond 5 30 1.0 37.5\n")
    return {role: folder / name for role, name in ROLES.items()}


def make_program(folder: Path, name: str = "namd3") -> Path:
    """A command of that name which starts the stand-in."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m tests.engines.namd.standin.program {name} "$@"\n'
    )
    program.chmod(0o755)
    return program
