"""NAMD's binary coordinates and velocities: the number of atoms, and three doubles for each. Pure."""

import struct
import sys
from array import array
from typing import NamedTuple

from argosy.core.errors import BadInput

INTO_A_PS = 20.45482706
"""Velocities are in units of their own; times this they are in Å/ps."""

_ATOM_BYTES = 24


class NamdBin(NamedTuple):
    """The numbers, three for each atom, and whether the bytes were in the order of another kind of machine."""

    numbers: "array[float]"
    swapped: bool

    @property
    def atoms(self) -> int:
        """How many atoms there are."""
        return len(self.numbers) // 3


def read_namdbin(data: bytes) -> NamdBin:
    """The numbers. Raises BadInput that says what is wrong: empty, cut, too long, or something else altogether."""
    if not data:
        raise BadInput("it is empty")
    if len(data) < 4:
        raise BadInput(f"it ends after {len(data)} bytes, before its number of atoms")
    counts = {order: struct.unpack(f"{order}i", data[:4])[0] for order in "<>"}
    for order, count in counts.items():
        if count > 0 and len(data) == 4 + _ATOM_BYTES * count:
            numbers = array("d", data[4:])
            if (order == ">") != (sys.byteorder == "big"):
                numbers.byteswap()
            return NamdBin(numbers, swapped=order == ">")
    count = min((count for count in counts.values() if count > 0), default=0)
    if not count:
        raise BadInput("it is no binary file of NAMD: it does not begin with a number of atoms")
    raise BadInput(f"it has {len(data)} bytes, where {count} atoms make {4 + _ATOM_BYTES * count}")
