"""Files with holes: what is nothing but zeros takes no room on the disk.

On the same floor as the promises, because both ends of the road write files.
"""

import os

BLOCK = 4096
"""File systems keep files in blocks of this size or a multiple; a smaller hole would save nothing."""

_ZEROS = bytes(BLOCK)


def append(file: int, data: bytes) -> None:
    """Write at the place where the descriptor is, behind which nothing lies; whole blocks of zeros become holes.

    Afterwards the file ends behind the data. Where the file system knows no holes, it writes the zeros itself.
    """
    at = begin = 0
    while begin < len(data):
        at = begin
        while data.startswith(_ZEROS, at):
            at += BLOCK
        if at > begin:
            os.lseek(file, at - begin, os.SEEK_CUR)
        begin = at
        while begin < len(data) and not data.startswith(_ZEROS, begin):
            begin += BLOCK
        _write(file, data[at:begin])
    if at >= len(data):
        os.ftruncate(file, os.lseek(file, 0, os.SEEK_CUR))


def _write(file: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]
