"""Coordinates in the PDB format, as far as checks need them. Pure: text in, facts out.

Nothing here is strict: atoms that cannot be read are counted. Large files are read line by line.
"""

import math
from array import array
from collections.abc import Iterator
from typing import NamedTuple

from argosy.core.figures import number_below

Vector = tuple[float, float, float]

_LARGEST = 1e12


class Box(NamedTuple):
    """Of a PDB: the atoms' names, the lowest and highest coordinate along each axis, and the cell of its CRYST1."""

    names: list[str]
    low: Vector
    high: Vector
    cell: Vector | None
    broken: int


def lines_of(text: str) -> Iterator[str]:
    """The lines of a text without their ends, one at a time: a list of them would be as large as the text again."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


class Once(dict[str, str]):
    """Each word once in memory: of a million atoms most are called like others."""

    def __missing__(self, word: str) -> str:
        self[word] = word
        return word


def read_pdb(text: str) -> Box:
    """Its atoms in order; ``broken`` counts those whose coordinates are no numbers."""
    names: list[str] = []
    along, once = (array("d"), array("d"), array("d")), Once()
    cell: Vector | None = None
    broken = 0
    for line in lines_of(text):
        if line[:4] == "ATOM" or line[:6] == "HETATM":
            names.append(once[line[12:16]])
            place = _place(line)
            if place is None:
                broken += 1
            else:
                along[0].append(place[0])
                along[1].append(place[1])
                along[2].append(place[2])
        elif line[:6] == "CRYST1":
            cell = _cell(line)
    low, high = ([least(axis, default=math.nan) for axis in along] for least in (min, max))
    named = [name.strip() for name in once]
    stripped = dict(zip(once, named, strict=True))
    return Box([stripped[name] for name in names], (low[0], low[1], low[2]), (high[0], high[1], high[2]), cell, broken)


def _place(line: str) -> Vector | None:
    try:
        x, y, z = float(line[30:38]), float(line[38:46]), float(line[46:54])
    except ValueError:
        return None
    return (x, y, z) if abs(x) + abs(y) + abs(z) < math.inf else None


def _cell(line: str) -> Vector | None:
    edges = [number_below(line[start : start + 9], _LARGEST) or 0.0 for start in (6, 15, 24)]
    # 1 Å in each direction is how programs write that there is no cell.
    return (edges[0], edges[1], edges[2]) if min(edges) > 1 else None
