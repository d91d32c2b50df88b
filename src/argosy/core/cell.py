"""Which periodic cell fits coordinates, and which grid fits a cell. Pure; lengths are in Å."""

import math

from argosy.core.pdb import Box, Vector

_ROOM = 1.0
_FACTORS = (2, 3, 5)


def extent(box: Box) -> Vector | None:
    """How far the atoms reach along each axis; None when there are none."""
    spans = [high - low for low, high in zip(box.low, box.high, strict=True)]
    return (spans[0], spans[1], spans[2]) if all(map(math.isfinite, spans)) else None


def middle(box: Box) -> Vector:
    """Half way between the outermost atoms, to 0.1 Å."""
    x, y, z = (round((low + high) / 2, 1) + 0.0 for low, high in zip(box.low, box.high, strict=True))
    return (x, y, z)


def fitting_cell(box: Box) -> Vector | None:
    """The edges of the cell that the file tells of, else of a box around all atoms; None when there are no atoms.

    Around the atoms 1 Å is left, about as much as atoms of neighbouring images keep from each other; it is rounded up
    to 0.1 Å.
    """
    if box.cell is not None:
        return box.cell
    reach = extent(box)
    if reach is None:
        return None
    x, y, z = (math.ceil(round((edge + _ROOM) * 10, 6)) / 10 for edge in reach)
    return (x, y, z)


def is_smooth(points: int) -> bool:
    """Whether a number has no other prime factors than 2, 3 and 5, for which Fourier transforms are fast."""
    for factor in _FACTORS:
        while points > 1 and points % factor == 0:
            points //= factor
    return points == 1


def grid_points(length: float, spacing: float = 1.0) -> int:
    """The fewest points that are not farther apart than ``spacing`` along ``length``, and are a fast number."""
    points = max(math.ceil(round(length / spacing, 6)), 1)
    while not is_smooth(points):
        points += 1
    return points
