"""Files of a large NAMD simulation, made as large as they are wanted: a log, and what a run starts from."""

from collections.abc import Iterator
from pathlib import Path

COLUMNS = ["BOND", "ANGLE", "DIHED", "IMPRP", "ELECT", "VDW", "BOUNDARY", "MISC", "KINETIC", "TOTAL", "TEMP"]
COLUMNS += ["POTENTIAL", "TOTAL3", "TEMPAVG"]
COLUMNS += ["PRESSURE", "GPRESSURE", "VOLUME", "PRESSAVG", "GPRESSAVG"]
HEAD = """\
Info: NAMD 3.0.1 for Linux-x86_64-multicore
Info: TIMESTEP               2
Info: 1000000 ATOMS
TCL: Running for 900000000 steps
"""
_EVERY = 500


def block(step: int) -> str:
    """What NAMD prints at a step: a heading now and then, energies, the time, the speed, and sometimes a frame."""
    title = f"ETITLE:      TS {' '.join(f'{name:>14}' for name in COLUMNS)}\n\n" if step % (10 * _EVERY) == 0 else ""
    numbers = " ".join(f"{(step * 37 + place * 1013) % 900_000 / 7 - 60_000:14.4f}" for place in range(len(COLUMNS)))
    frame = f"WRITING COORDINATES TO DCD FILE prod.dcd AT STEP {step}\n" if step % (10 * _EVERY) == 0 else ""
    return (
        f"{title}ENERGY: {step:7d} {numbers}\n\n"
        f"TIMING: {step}  CPU: {step / 90:.3f}, 0.0111/step  Wall: {step / 90:.3f}, 0.011082/step, "
        "12.21 hours remaining, 1201.113281 MB of memory in use.\n"
        f"PERFORMANCE: {step}  averaging 15.5931 ns/day, 0.011082 sec/step with standard deviation 0.000012\n{frame}"
    )


def write_log(path: Path, size: int) -> int:
    """A log of about that many bytes; returns its last step."""
    step, written = 0, 0
    with path.open("w", encoding="ascii") as file:
        written += file.write(HEAD)
        while written < size:
            step += _EVERY
            written += file.write(block(step))
    return step


def write_system(folder: Path, waters: int) -> dict[str, Path]:
    """Structure, coordinates and parameters of so many molecules of water, by role."""
    paths = {role: folder / name for role, name in ROLES.items()}
    with paths["structure_file"].open("w", encoding="ascii") as file:
        file.writelines(_structure(waters))
    with paths["coordinates_file"].open("w", encoding="ascii") as file:
        file.writelines(_coordinates(waters))
    paths["parameters_file"].write_text(PARAMETERS, encoding="ascii")
    return paths


ROLES = {"structure_file": "water.psf", "coordinates_file": "water.pdb", "parameters_file": "water.prm"}
PARAMETERS = """\
* Water
*

ATOMS
MASS  -1  HT   1.00800
MASS  -1  OT  15.99940

BONDS
HT   HT     0.000   1.5139
OT   HT   450.000   0.9572

ANGLES
HT   OT   HT    55.000   104.5200

NONBONDED nbxmod 5 atom cdiel shift vatom vdistance vswitch -
cutnb 14.0 ctofnb 12.0 ctonnb 10.0 eps 1.0 e14fac 1.0 wmin 1.5
HT     0.000000  -0.046000     0.224500
OT     0.000000  -0.152100     1.768200

END
"""
_ATOMS = (("OH2", "OT", -0.834, 15.9994), ("H1", "HT", 0.417, 1.008), ("H2", "HT", 0.417, 1.008))


def _structure(waters: int) -> Iterator[str]:
    yield f"PSF EXT XPLOR\n\n{1:10d} !NTITLE\n* WATER\n\n{3 * waters:10d} !NATOM\n"
    for molecule in range(waters):
        for place, (name, kind, charge, mass) in enumerate(_ATOMS):
            number, residue = 3 * molecule + place + 1, molecule % 9999 + 1
            segment = f"W{molecule // 9999}"
            yield (
                f"{number:10d} {segment:8s} {residue:<8d} {'TIP3':8s} {name:8s} {kind:6s} "
                f"{charge:14.6f}{mass:14.4f}{0:8d}\n"
            )
    yield f"\n{2 * waters:10d} !NBOND: bonds\n"
    yield from _groups([(3 * one + 1, 3 * one + 1 + other) for one in range(waters) for other in (1, 2)], 4)
    yield f"\n{waters:10d} !NTHETA: angles\n"
    yield from _groups([(3 * one + 2, 3 * one + 1, 3 * one + 3) for one in range(waters)], 3)
    for name in ("NPHI: dihedrals", "NIMPHI: impropers", "NDON: donors", "NACC: acceptors", "NNB"):
        yield f"\n{0:10d} !{name}\n\n"
    yield f"{1:10d}{0:10d} !NGRP NST2\n{0:10d}{0:10d}{0:10d}\n\n"


def _groups(groups: list[tuple[int, ...]], on_a_line: int) -> Iterator[str]:
    for first in range(0, len(groups), on_a_line):
        yield "".join(f"{atom:10d}" for group in groups[first : first + on_a_line] for atom in group) + "\n"


def _coordinates(waters: int) -> Iterator[str]:
    edge = round(waters ** (1 / 3)) + 1
    yield f"CRYST1{edge * 3.1:9.3f}{edge * 3.1:9.3f}{edge * 3.1:9.3f}  90.00  90.00  90.00 P 1           1\n"
    for molecule in range(waters):
        x, y, z = (3.1 * part for part in (molecule % edge, molecule // edge % edge, molecule // edge**2))
        for place, (name, kind, _, _) in enumerate(_ATOMS):
            number, residue = (3 * molecule + place) % 99_999 + 1, molecule % 9999 + 1
            yield (
                f"ATOM  {number:5d}  {name:3s} TIP3W{residue:4d}    {x + 0.9 * (place == 1):8.3f}"
                f"{y + 0.9 * (place == 2):8.3f}{z:8.3f}{1:6.2f}{0:6.2f}      {f'W{molecule // 9999}':4s}{kind[0]:>2s}\n"
            )
    yield "END\n"
