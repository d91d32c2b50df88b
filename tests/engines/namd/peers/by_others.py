"""Writes NAMD's binary coordinates and velocities with ParmEd, and a trajectory with MDAnalysis, into a folder.

Then reads these files, and those that OpenMM wrote there, with ParmEd and MDAnalysis, and says as JSON what they hold.

usage: by_others.py FOLDER    in an environment that has both
"""

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from MDAnalysis.coordinates.DCD import DCDReader
from MDAnalysis.coordinates.NAMDBIN import NAMDBINReader
from MDAnalysis.lib.formats.libdcd import DCDFile
from parmed.namd import NamdBinCoor, NamdBinVel

ATOMS, FRAMES = 7, 5


def main() -> None:
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1])
    numbers = np.random.default_rng(1).normal(size=3 * ATOMS) * 30
    for name, kind in (("parmed.coor", NamdBinCoor), ("parmed.vel", NamdBinVel)):
        kind(numbers).write(str(folder / name))
    with DCDFile(str(folder / "mdanalysis.dcd"), "w") as file:
        file.write_header(remarks="by MDAnalysis", natoms=ATOMS, istart=10, nsavc=10, delta=2 / 48.88821, is_periodic=1)
        for frame in range(FRAMES):
            file.write(numbers.reshape(ATOMS, 3).astype("f4") + frame, box=[30, 40, 50, 90, 90, 90])
    json.dump(_read(folder), sys.stdout)


def _read(folder: Path) -> dict[str, Any]:
    return {
        **{f"trajectory {path.name}": _trajectory(path) for path in sorted(folder.glob("*.dcd"))},
        "ParmEd parmed.coor": _flat(NamdBinCoor.read(str(folder / "parmed.coor")).coordinates),
        "ParmEd parmed.vel": _flat(NamdBinVel.read(str(folder / "parmed.vel")).velocities),
        "MDAnalysis parmed.coor": _flat(NAMDBINReader(str(folder / "parmed.coor")).ts.positions),
    }


def _trajectory(path: Path) -> dict[str, Any]:
    reader = DCDReader(str(path))
    places = [_flat(frame.positions) for frame in reader]
    return {"dt": reader.dt, "atoms": reader.n_atoms, "positions": places}


def _flat(numbers: Any) -> list[float]:
    return [float(number) for number in np.asarray(numbers).flatten()]


if __name__ == "__main__":
    main()
