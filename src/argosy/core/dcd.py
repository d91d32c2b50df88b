"""Trajectories in the DCD format, as NAMD, CHARMM and OpenMM write them. Pure: bytes in, facts out.

A file is a header and frames of equal length, each the cell (where there is one) and three rows of single floats. All
is in records with their length before and after, in the order of bytes of the machine that wrote them.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from argosy.core.errors import BadInput

HEAD_BYTES = 4096
"""So much of the beginning of a file is more than any header."""

_AKMA_FS = 48.88821
_CONTROL = 84
_MOST_TITLES = 40
_TITLE = 80
_CELL_BYTES = 56


class Dcd(NamedTuple):
    """What the header says, and what the length of the file makes of it.

    ``frames`` are those that are whole; ``declared`` are those that the header tells of. Frame N (from 0) is of step
    ``first + N * every``. ``left_over`` are the bytes behind the last whole frame: it was cut within the next.
    """

    atoms: int
    frames: int
    declared: int
    first: int
    every: int
    timestep_fs: float
    has_cell: bool
    swapped: bool
    header_bytes: int
    frame_bytes: int
    left_over: int

    def step(self, frame: int) -> int:
        """The step of a frame."""
        return self.first + frame * self.every

    def frames_before(self, step: int) -> int:
        """How many of the frames are of earlier steps."""
        if self.every <= 0:
            return self.frames if self.first < step else 0
        return min(max(-(-(step - self.first) // self.every), 0), self.frames)


def read_dcd(head: bytes, size: int) -> Dcd:
    """The facts of a file of ``size`` bytes that begins so. Raises BadInput that says what is wrong with it."""
    if not size:
        raise BadInput("it is empty")
    order = _order(head)
    control = _record(head, 0, order)
    numbers = struct.unpack(f"{order}9if10i", control[4:84])
    if numbers[8]:
        raise BadInput("it holds the free atoms only, of a run with fixed atoms", hint="Join such files with catdcd.")
    titles = _record(head, 92, order)
    place = 92 + len(titles) + 8
    (atoms,) = struct.unpack(f"{order}i", _record(head, place, order)[:4])
    if atoms <= 0:
        raise BadInput(f"its header tells of {atoms} atoms")
    header_bytes, has_cell = place + 12, bool(numbers[10])
    frame_bytes = 3 * (8 + 4 * atoms) + (_CELL_BYTES if has_cell else 0)
    frames, left_over = divmod(size - header_bytes, frame_bytes)
    return Dcd(
        atoms=atoms,
        frames=frames,
        declared=numbers[0],
        first=numbers[1],
        every=numbers[2],
        timestep_fs=numbers[9] * _AKMA_FS,
        has_cell=has_cell,
        swapped=order == ">",
        header_bytes=header_bytes,
        frame_bytes=frame_bytes,
        left_over=left_over,
    )


def with_frames(head: bytes, dcd: Dcd, frames: int) -> bytes:
    """The header of the same file with so many frames."""
    order = ">" if dcd.swapped else "<"
    last = dcd.step(frames - 1) if frames else dcd.first
    numbers = struct.pack(f"{order}4i", frames, dcd.first, dcd.every, last)
    return head[:8] + numbers + head[24 : dcd.header_bytes]


def kept_frames(segments: Sequence[Dcd]) -> list[int]:
    """How many frames of each segment go into the whole: a later segment made the others of the one before again.

    Raises BadInput when the segments do not belong to one trajectory.
    """
    for number, one in enumerate(segments, start=1):
        if _shape(one) != _shape(segments[0]):
            what = f"segment {number} has {one.atoms} atoms and a frame every {one.every} steps"
            first = f"the first one has {segments[0].atoms} and {segments[0].every}"
            raise BadInput(f"{what}; {first}", hint="Join only what belongs together.")
    ends = [
        min((later.first for later in segments[place:] if later.frames), default=None)
        for place in range(1, len(segments) + 1)
    ]
    return [one.frames if end is None else one.frames_before(end) for one, end in zip(segments, ends, strict=True)]


def _shape(dcd: Dcd) -> tuple[int, bool, bool, int]:
    return dcd.atoms, dcd.has_cell, dcd.swapped, dcd.every


def _order(head: bytes) -> str:
    if len(head) < 8:
        raise BadInput(f"it ends after {len(head)} bytes, within its header")
    for order in "<>":
        if struct.unpack(f"{order}i", head[:4])[0] == _CONTROL and head[4:8] == b"CORD":
            return order
    raise BadInput("it is no DCD file: it does not begin with CORD", hint="Is it a file of velocities, or damaged?")


def _record(head: bytes, place: int, order: str) -> bytes:
    """What lies between the two lengths of the record at this place."""
    if len(head) < place + 4:
        raise BadInput(f"it ends after {len(head)} bytes, within its header")
    (length,) = struct.unpack(f"{order}i", head[place : place + 4])
    if not 4 <= length <= 4 + _MOST_TITLES * _TITLE:
        raise BadInput(f"its header is damaged: a record of {length} bytes")
    end = place + 4 + length
    if len(head) < end + 4:
        raise BadInput(f"it ends after {len(head)} bytes, within its header")
    if head[end : end + 4] != head[place : place + 4]:
        raise BadInput("its header is damaged: the two lengths of a record differ")
    return head[place + 4 : end]
