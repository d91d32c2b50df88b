"""Loads structure, coordinates and parameters with ParmEd, and assigns the parameters; says as JSON what it took.

usage: parmed_load.py PSF PDB PRM    in an environment that has ParmEd
"""

import json
import resource
import sys
import time

import parmed
from parmed.charmm import CharmmParameterSet, CharmmPsfFile


def main() -> None:
    psf, pdb, prm = sys.argv[1:]
    began = time.perf_counter()
    structure = CharmmPsfFile(psf)
    coordinates = parmed.load_file(pdb)
    assert len(coordinates.atoms) == len(structure.atoms)
    structure.load_parameters(CharmmParameterSet(prm))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    json.dump({"took_s": time.perf_counter() - began, "peak_mb": peak_mb}, sys.stdout)


if __name__ == "__main__":
    main()
