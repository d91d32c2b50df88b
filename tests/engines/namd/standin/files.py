"""Files in the layouts of the real ones."""

import struct
from pathlib import Path

from tests.engines.namd.standin.declared import Declared, Fatal

BINARY_ATOM = 24
HEADER = struct.Struct("<i4s9if9ii")


def atoms_of(declared: Declared) -> int:
    """The number of atoms, after all inputs were opened as NAMD opens them."""
    structure = Path(declared.text("structure"))
    if not structure.is_file():
        raise Fatal(f"UNABLE TO OPEN .psf FILE {structure}")
    text = structure.read_text()
    if "PSF" not in text[:80]:
        raise Fatal(f'UNABLE TO FIND "PSF" STRING IN PSF FILE {structure}')
    atoms = int(next(line for line in text.splitlines() if "!NATOM" in line).split()[0])
    for name in declared.values["parameters"]:
        if not Path(name).is_file():
            raise Fatal(f"UNABLE TO OPEN CHARMM PARAMETER FILE {name}")
    coordinates = Path(declared.text("coordinates"))
    lines = coordinates.read_text().splitlines() if coordinates.is_file() else []
    if sum(line.startswith(("ATOM", "HETATM")) for line in lines) != atoms:
        raise Fatal("Number of pdb and psf atoms are not the same!")
    _check_binaries(declared, atoms)
    _check_extra_bonds(declared, atoms)
    return atoms


def _check_binaries(declared: Declared, atoms: int) -> None:
    for key in ("bincoordinates", "binvelocities"):
        name = declared.text(key)
        if not name:
            continue
        if not Path(name).is_file():
            raise Fatal(f"Unable to open binary file {name}")
        data = Path(name).read_bytes()
        if len(data) < 4 or struct.unpack("<i", data[:4])[0] != atoms:
            raise Fatal(f"Incorrect atom count in binary file {name}")
        if len(data) != 4 + BINARY_ATOM * atoms:
            raise Fatal(f"Error reading binary file {name}")
    cell = declared.text("extendedsystem")
    if cell and not Path(cell).is_file():
        raise Fatal("Unable to open extended system file.")
    if cell and "#$LABELS " not in Path(cell).read_text():
        raise Fatal("Error reading extended system file.")


def _check_extra_bonds(declared: Declared, atoms: int) -> None:
    for name in declared.values.get("extrabondsfile", []):
        if not Path(name).is_file():
            raise Fatal(f"UNABLE TO OPEN EXTRA BONDS FILE {name}")
        for line in Path(name).read_text().splitlines():
            if line.strip() and not line.startswith("#") and int(line.split()[1]) >= atoms:
                raise Fatal(f"BAD ATOM ID IN EXTRA BONDS FILE {name}: {line}")


def set_aside(path: Path, suffix: str) -> None:
    """One generation is kept: what lies there gets another name."""
    if path.exists():
        path.rename(path.with_name(path.name + suffix))


def write_binary(path: Path, atoms: int, step: int, *, suffix: str) -> None:
    """Coordinates or velocities: their number, and three doubles for each."""
    set_aside(path, suffix)
    path.write_bytes(struct.pack(f"<i{3 * atoms}d", atoms, *[float(step)] * (3 * atoms)))


def cell_row(step: int, edge: float, *, piston: bool) -> str:
    numbers = [edge, 0, 0, 0, edge, 0, 0, 0, edge, 0, 0, 0, *([0] * 6 if piston else [])]
    return f"{step} " + " ".join(f"{number:g}" for number in numbers)


def cell_head(what: str, *, piston: bool) -> str:
    names = [f"{vector}_{axis}" for vector in "abco" for axis in "xyz"]
    names += [f"s_{axis}" for axis in "xyzuvw"] if piston else []
    return f"# NAMD extended system {what} file\n#$LABELS step {' '.join(names)}\n"


class Trajectory:
    """A DCD that is opened at its first frame, and whose header is right after each whole frame."""

    def __init__(self, path: Path, atoms: int, every: int, timestep_fs: float) -> None:
        self._path, self._atoms, self._every, self._timestep_fs = path, atoms, every, timestep_fs
        self._first = self._frames = 0

    def frame(self, step: int) -> None:
        if not self._frames:
            set_aside(self._path, ".BAK")
            self._first = step
        self._frames += 1
        body = struct.pack(f"<{self._atoms}f", *[float(step)] * self._atoms)
        record = struct.pack("<i", len(body)) + body + struct.pack("<i", len(body))
        cell = struct.pack("<i6di", 48, *[80.0, 0.0, 80.0, 0.0, 0.0, 80.0], 48)
        with self._path.open("r+b" if self._frames > 1 else "w+b") as file:
            file.seek(0, 2)
            if self._frames == 1:
                file.write(self._header(step))
            file.write(cell + record * 3)
            file.seek(0)
            file.write(self._header(step)[:92])

    def _header(self, step: int) -> bytes:
        counts = [self._frames, self._first, self._every, step, 0, 0, 0, 0, 0]
        first = HEADER.pack(84, b"CORD", *counts, self._timestep_fs / 48.88821, 1, *[0] * 8, 24)
        remarks = struct.pack("<ii80s80si", 164, 2, b"REMARKS FILENAME", b"REMARKS CREATED BY A STAND-IN", 164)
        return first + struct.pack("<i", 84) + remarks + struct.pack("<iii", 4, self._atoms, 4)
