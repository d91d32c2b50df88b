"""Writes two trajectories with OpenMM into a folder, one with a cell that grows.

usage: by_openmm.py FOLDER
"""

import sys
from pathlib import Path

from openmm import Vec3, app, unit

ATOMS, FRAMES = 7, 5


def main() -> None:
    folder = Path(sys.argv[1])
    topology = app.Topology()
    residue = topology.addResidue("ALA", topology.addChain())
    for number in range(ATOMS):
        topology.addAtom(f"C{number}", app.Element.getBySymbol("C"), residue)
    for name, periodic in (("openmm.dcd", True), ("openmm-vacuum.dcd", False)):
        topology.setUnitCellDimensions(Vec3(3, 4, 5) * unit.nanometer if periodic else None)
        with (folder / name).open("wb") as file:
            written = app.DCDFile(file, topology, 2 * unit.femtosecond, firstStep=10, interval=10)
            for frame in range(FRAMES):
                places = [Vec3(0.1 * atom + frame, -0.2 * atom, 0.03 * frame) for atom in range(ATOMS)]
                cell = Vec3(3 + 0.1 * frame, 4, 5) * unit.nanometer if periodic else None
                written.writeModel(places * unit.nanometer, unitCellDimensions=cell)


if __name__ == "__main__":
    main()
