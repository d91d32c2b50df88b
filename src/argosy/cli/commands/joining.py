from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from argosy.cli.bar import Bar
from argosy.cli.enrol import commands, shows
from argosy.cli.exits import Exit
from argosy.cli.options import Into, JobWord
from argosy.cli.shown import Column, Rows, Shown, Words
from argosy.client.finding import identity
from argosy.client.joining import join as bring
from argosy.client.road import Road
from argosy.client.sending import shown
from argosy.core.cell import extent, fitting_cell, grid_points, middle
from argosy.core.dcd import HEAD_BYTES, read_dcd
from argosy.core.errors import BadInput
from argosy.core.namdbin import read_namdbin
from argosy.core.pdb import Vector, read_pdb

app = commands("Trajectories, and other binary files.")

_BINARY = (".coor", ".vel", ".old", ".BAK")
_LARGEST = 1 << 32
_LARGEST_TEXT = 1 << 29


class _Looked(NamedTuple):
    """A file, what it is, and what is wrong with it."""

    file: str
    words: str
    wrong: str = ""


@shows(app)
def join(
    job: JobWord,
    *,
    into: Into = Path(),
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what lies there.", show_default=False)
    ] = False,
) -> Shown:
    """Bring the segments of a run that ends with this job, joined to one trajectory and one table of cells.

    Frames that a later segment made again are left out, so that each step is there once.
    """
    road = Road()
    with Bar() as told:
        made = bring(road, identity(road, job), into, overwrite=overwrite, told=told)
    segments = "1 segment" if made.segments == 1 else f"{made.segments} segments"
    words = f"{segments}, {made.frames:,} frames, steps {made.first:,} to {made.last:,}: {shown(made.trajectory)}"
    return Words(words, {**asdict(made), "trajectory": str(made.trajectory), "cell": str(made.cell or "")})


@shows(app)
def inspect(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files that end in .dcd, .coor, .vel or .pdb.")
    ],
) -> Shown:
    """Say what trajectories, coordinates and velocities on this machine are, and whether they are whole.

    Of a PDB file also which cell fits around its atoms, and which grid for PME fits that.
    """
    looked = [_look(path) for path in files]
    columns = (
        Column[_Looked]("FILE", lambda one, _: one.file, shrinks=True),
        Column[_Looked]("WHAT", lambda one, _: one.words, shrinks=True, wraps=True, weight=2),
        Column[_Looked]("WRONG", lambda one, _: one.wrong, shrinks=True, wraps=True, weight=2, colour=lambda _: "red"),
    )
    code = Exit.FINDINGS if any(one.wrong for one in looked) else Exit.SUCCEEDED
    value: Any = [one._asdict() for one in looked]
    return Rows(looked, columns, value=value, exit_code=code)


def _look(path: Path) -> _Looked:
    try:
        size = path.stat().st_size
        if path.suffix == ".dcd":
            return _trajectory(path, size)
        if path.suffix == ".pdb" and size <= _LARGEST_TEXT:
            return _atoms(path)
        if path.suffix in _BINARY and size <= _LARGEST:
            return _numbers(path)
    except OSError as fault:
        return _Looked(shown(path), "", f"it cannot be read: {fault.strerror}")
    except BadInput as fault:
        return _Looked(shown(path), "", fault.message)
    return _Looked(shown(path), "", "nobody knows files of this name; .dcd, .coor, .vel and .pdb are known")


def _trajectory(path: Path, size: int) -> _Looked:
    with path.open("rb") as file:
        dcd = read_dcd(file.read(HEAD_BYTES), size)
    steps = f", steps {dcd.first:,} to {dcd.step(dcd.frames - 1):,} every {dcd.every:,}" if dcd.frames else ""
    words = f"trajectory: {dcd.frames:,} frames of {dcd.atoms:,} atoms{steps}{_order(swapped=dcd.swapped)}"
    wrong = f"it was cut within frame {dcd.frames + 1}: {dcd.left_over:,} bytes are left over" if dcd.left_over else ""
    if not wrong and dcd.declared > dcd.frames:
        wrong = f"its header tells of {dcd.declared:,} frames: it was cut"
    return _Looked(shown(path), words, wrong)


def _numbers(path: Path) -> _Looked:
    found = read_namdbin(path.read_bytes())
    broken = sum(number - number != 0 for number in found.numbers)
    wrong = f"{broken:,} of its numbers are none" if broken else ""
    return _Looked(shown(path), f"{found.atoms:,} atoms{_order(swapped=found.swapped)}", wrong)


def _atoms(path: Path) -> _Looked:
    box = read_pdb(path.read_text("utf-8", "replace"))
    reach, cell = extent(box), fitting_cell(box)
    if reach is None or cell is None:
        return _Looked(shown(path), "", "it has no atoms with coordinates")
    grid = " x ".join(str(grid_points(edge)) for edge in cell)
    whence = "its CRYST1 says" if box.cell else "fits around them"
    words = f"{len(box.names):,} atoms over {_lengths(reach)} Å; a cell of {_lengths(cell)} Å {whence}"
    centre = " ".join(f"{part:g}" for part in middle(box))
    wrong = f"{box.broken:,} of its atoms have coordinates that are no numbers" if box.broken else ""
    return _Looked(shown(path), f"{words}, with its origin at {centre} and a grid for PME of {grid}", wrong)


def _lengths(edges: Vector) -> str:
    return " x ".join(f"{edge:.4g}" for edge in edges)


def _order(*, swapped: bool) -> str:
    return ", in the order of bytes of another kind of machine" if swapped else ""
