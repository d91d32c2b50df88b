"""What trajectories of the stand-in hold."""

import struct
from pathlib import Path

from argosy.core.dcd import HEAD_BYTES, Dcd, read_dcd


def header_of(trajectory: Path) -> Dcd:
    """What its header and its length tell."""
    with trajectory.open("rb") as file:
        return read_dcd(file.read(HEAD_BYTES), trajectory.stat().st_size)


def steps_in(trajectory: Path) -> list[int]:
    """The steps of all frames; the stand-in writes the step of a frame into its coordinates."""
    data, dcd = trajectory.read_bytes(), header_of(trajectory)
    places = (dcd.header_bytes + number * dcd.frame_bytes + 60 for number in range(dcd.frames))
    assert (dcd.declared, dcd.left_over) == (dcd.frames, 0)
    return [int(struct.unpack("<f", data[place : place + 4])[0]) for place in places]
