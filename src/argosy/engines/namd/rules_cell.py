"""The cell, the cutoffs inside it, and the electrostatics of its images."""

import math
from collections.abc import Iterator

from argosy.core.cell import grid_points, is_smooth
from argosy.core.pdb import Vector
from argosy.engines.namd.complaint import Complaint, doubt, fatal
from argosy.engines.namd.config import Config

VECTORS = ("cellBasisVector1", "cellBasisVector2", "cellBasisVector3")
"""The keywords of the cell."""
_FULL = ("PME", "MSM", "FMA", "FullDirect")
_FEWEST_GRID_POINTS = 5


def complaints_of_cell(config: Config) -> Iterator[Complaint]:
    """About cell, cutoffs, PME and what excludes each other."""
    yield from _vectors(config)
    yield from _pme(config)
    yield from _cutoffs(config)
    yield from _room(config)
    yield from _exclusive(config)


def vector_in(text: str | None) -> Vector | None:
    """Three finite numbers."""
    words = (text or "").split()[:4]
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return None
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 and all(map(math.isfinite, numbers)) else None


def _vectors(config: Config) -> Iterator[Complaint]:
    first, second, third = (config.has(name) for name in VECTORS)
    for has, missing, name, needed in (
        (third, not second, VECTORS[2], VECTORS[1]),
        (second, not first, VECTORS[1], VECTORS[0]),
        (config.has("cellOrigin"), not first and not config.has("extendedSystem"), "cellOrigin", VECTORS[0]),
    ):
        if has and missing and config.whole:
            yield fatal(name, f"{name} is given without {needed}", f"Used {name} without {needed}!", f"Add {needed}.")
    for name in VECTORS:
        value = config.text(name)
        if value is not None and vector_in(value) is None:
            yield Complaint(name, f"{name} {value[:60]} is not three numbers", f"Write: {name} 80.0 0.0 0.0 (in Å)")


def _is_periodic(config: Config) -> bool:
    """Whether all three directions are, as far as the configuration tells."""
    if config.has("extendedSystem") or not config.whole:
        return True
    found = [vector_in(config.text(name)) for name in VECTORS]
    unknown = any(config.has(name) and config.text(name) is None for name in VECTORS)
    return unknown or (None not in found and abs(_volume(*(one or (0.0, 0.0, 0.0) for one in found))) > 0)


def _volume(a: Vector, b: Vector, c: Vector) -> float:
    x, y, z = _cross(b, c)
    return a[0] * x + a[1] * y + a[2] * z


def _cross(b: Vector, c: Vector) -> Vector:
    return (b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0])


def _pme(config: Config) -> Iterator[Complaint]:
    if not config.flag("PME"):
        return
    if not _is_periodic(config):
        said = "PME requires periodic boundary conditions."
        remedy = "Give cellBasisVector1 to 3 with a volume, or an extendedSystem; or set PME off."
        yield fatal("PME", "PME is on, but the cell is not periodic in all three directions", said, remedy)
    sizes = ("PMEGridSizeX", "PMEGridSizeY", "PMEGridSizeZ")
    if config.whole and not config.has("PMEGridSpacing") and not all(config.has(name) for name in sizes):
        said = "Either PMEGridSpacing or PMEGridSizeX, PMEGridSizeY, and PMEGridSizeZ must be specified."
        yield fatal("PMEGridSpacing", "PME has no grid", said, "Add: PMEGridSpacing 1.0")
    for name, vector in zip(sizes, VECTORS, strict=True):
        yield from _grid(config, name, vector)


def _grid(config: Config, name: str, vector: str) -> Iterator[Complaint]:
    size = config.whole_number(name)
    if size is None:
        return
    if 0 <= size < _FEWEST_GRID_POINTS:
        said = f"{name} (number of grid points) is very small."
        yield fatal(name, f"{name} {size} is too small", said, "Take about one point for each Å.")
    elif size > 0 and not is_smooth(size):
        what = f"{name} {size} has other prime factors than 2, 3 and 5"
        yield doubt(name, what, f"Take {grid_points(size)}.", why="Fourier transforms of such a length are slow.")
    cell, spacing = vector_in(config.text(vector)), config.number("PMEGridSpacing")
    length = math.hypot(*cell) if cell else 0.0
    if spacing and length > size * spacing:
        said = f"{name} {size} is too small for cell length {length:g} and PMEGridSpacing {spacing:g}"
        yield fatal(name, said, said, f"Take {grid_points(length, spacing)} or more, or leave {name} out.")


def _cutoffs(config: Config) -> Iterator[Complaint]:
    cutoff, switch, pairs = (config.number(name) for name in ("cutoff", "switchdist", "pairlistdist"))
    if cutoff is None:
        return
    if switch is not None and config.flag("switching", default=True) and not 0 <= switch <= cutoff:
        said = f"switchDist muct be between 0 and cutoff, which is {cutoff:f}"
        what = f"switchdist {switch:g} is not between 0 and the cutoff of {cutoff:g} Å"
        yield fatal("switchdist", what, said, f"Take {max(cutoff - 2, 0):g}, for example.")
    if pairs is not None and pairs < cutoff:
        what = f"pairlistdist {pairs:g} is shorter than the cutoff of {cutoff:g} Å"
        yield fatal(
            "pairlistdist", what, "pairlistDist must be >= cutoff distance", f"Take {cutoff + 2:g}, for example."
        )


def _room(config: Config) -> Iterator[Complaint]:
    """The distance between opposite faces must hold the pair list twice, or an atom meets its own image."""
    vectors = [vector_in(config.text(name)) for name in VECTORS]
    reach = config.number("pairlistdist") or config.number("cutoff") or 0.0
    if None in vectors or config.has("extendedSystem"):
        return
    cell = [one or (0.0, 0.0, 0.0) for one in vectors]
    volume = abs(_volume(*cell))
    for number, name in enumerate(VECTORS):
        area = math.hypot(*_cross(cell[number - 2], cell[number - 1]))
        height = volume / area if area else 0.0
        if 0 < height < 2 * reach:
            what = f"the cell is {height:.4g} Å high along {name}, less than twice the pair list's {reach:g} Å"
            why = "An atom would meet its own image; NAMD then stops with 'High global exclusion count'."
            yield doubt(name, what, "Take a larger cell or a shorter cutoff.", why=why)


def _exclusive(config: Config) -> Iterator[Complaint]:
    if config.flag("LJcorrection") and not _is_periodic(config):
        said = "Can't use LJ tail corrections without periodic boundary conditions!"
        yield fatal("LJcorrection", "LJcorrection needs a periodic cell", said, "Leave LJcorrection out.")
    full = [name for name in _FULL if config.flag(name)]
    if len(full) > 1:
        said = "More than one full electrostatics algorithm selected!!!"
        yield fatal(full[1], f"{' and '.join(full)} are on at once", said, "Leave one of them.")
    if config.flag("GBIS") and config.flag("PME"):
        yield fatal("GBIS", "GBIS and PME are on at once", "GBIS not compatible with PME", "Leave one of them.")
