"""The cell of a job beside the coordinates that are to lie in it."""

import math
from collections.abc import Iterator

from argosy.core.cell import extent, fitting_cell, grid_points, middle
from argosy.core.pdb import Box, Vector
from argosy.engines.namd.complaint import Complaint, doubt
from argosy.engines.namd.config import Config
from argosy.engines.namd.rules_cell import VECTORS, vector_in

KEYWORDS = (*VECTORS, "cellOrigin", "extendedSystem", "binCoordinates", "PME", "langevinPiston")
"""What is asked of the configuration here, and nothing else."""

_SLACK = 2.0
_GAP = 10.0
_FULL = 0.03
_OTHERWISE = 1.0
_AXES = "xyz"


def complaints_of_coordinates(config: Config, box: Box) -> Iterator[Complaint]:
    """About a cell that the coordinates do not fill or stick out of, another one in their file, and a missing one.

    Nothing is said of runs that start from binary files: their cell and coordinates are not those of the PDB.
    """
    reach = extent(box)
    if reach is None or not config.whole or config.has("extendedSystem") or config.has("binCoordinates"):
        return
    if not any(config.has(name) for name in VECTORS):
        if config.flag("PME"):
            yield _proposal(box, reach)
        return
    edges = _edges(config)
    if edges is not None:
        yield from _outside(edges, reach)
        if config.flag("langevinPiston") and _is_solvated(box, reach):
            yield from _empty(edges, reach)
        yield from _other_cell(edges, box)


def _edges(config: Config) -> Vector | None:
    """The lengths of a cell whose vectors lie along the axes; None for any other."""
    vectors = [vector_in(config.text(name)) for name in VECTORS]
    known = [one for one in vectors if one is not None]
    if len(known) < len(vectors) or any(
        part for number, one in enumerate(known) for axis, part in enumerate(one) if axis != number
    ):
        return None
    return (abs(known[0][0]), abs(known[1][1]), abs(known[2][2]))


def _proposal(box: Box, reach: Vector) -> Complaint:
    cell = fitting_cell(box) or reach
    what = f"the coordinates reach over {_words(reach)} Å, and no cell is given"
    lines = ", ".join(f"{name} {' '.join(_along(edge, number))}" for number, (name, edge) in _numbered(cell))
    origin = " ".join(f"{part:g}" for part in middle(box))
    grid = " x ".join(str(grid_points(edge)) for edge in cell)
    said = "The file tells of this cell (CRYST1)" if box.cell else "A box around all atoms"
    return doubt(VECTORS[0], what, f"{said}: {lines}, cellOrigin {origin}. A grid of {grid} points fits it.")


def _numbered(cell: Vector) -> Iterator[tuple[int, tuple[str, float]]]:
    return enumerate(zip(VECTORS, cell, strict=True))


def _along(edge: float, number: int) -> list[str]:
    return [f"{edge:g}" if axis == number else "0" for axis in range(3)]


def _outside(edges: Vector, reach: Vector) -> Iterator[Complaint]:
    for axis, name, edge, needed in zip(_AXES, VECTORS, edges, reach, strict=True):
        if needed > edge + _SLACK:
            what = f"the coordinates reach over {needed:.4g} Å along {axis}, and the cell is {edge:g} Å long there"
            why = "Atoms that stick out lie among those of the other side, unless they were not wrapped before."
            yield doubt(name, what, f"Take {needed + 1:.4g} Å, or build the system anew.", why=why)


def _is_solvated(box: Box, reach: Vector) -> bool:
    """Whether there are as many atoms as a box that is full of something has; water has 0.1 in each Å³."""
    volume = math.prod(reach)
    return volume > 0 and len(box.names) / volume > _FULL


def _empty(edges: Vector, reach: Vector) -> Iterator[Complaint]:
    for axis, name, edge, needed in zip(_AXES, VECTORS, edges, reach, strict=True):
        if edge > needed + _GAP:
            what = f"the cell is {edge:g} Å long along {axis}, and the coordinates reach over {needed:.4g} Å"
            why = "The pressure closes such a gap at once, and NAMD stops when the cell shrinks too far."
            yield doubt(name, what, f"Take {needed + 1:.4g} Å, if nothing is to be empty.", why=why)


def _other_cell(edges: Vector, box: Box) -> Iterator[Complaint]:
    for axis, name, edge, told in zip(_AXES, VECTORS, edges, box.cell or edges, strict=True):
        if abs(edge - told) > _OTHERWISE:
            what = f"the cell is {edge:g} Å long along {axis}, and the coordinates' file says {told:g} (CRYST1)"
            yield doubt(name, what, f"Take {told:g} Å, unless the cell is meant to be another one.")


def _words(edges: Vector) -> str:
    return " x ".join(f"{edge:.4g}" for edge in edges)
