"""Where the last lines of a file begin."""

from dataclasses import dataclass

from argosy.client import calls
from argosy.client.road import Road
from argosy.core.errors import NotFound

_FAR = 2**62
_FIRST_BYTES = 1 << 16
_MOST_BYTES = 1 << 28


@dataclass(frozen=True)
class File:
    """A file of a job's attempt (the latest when None): ``stdout``, ``stderr``, or ``work/`` and a path."""

    job: str
    path: str
    attempt: int | None = None


def start_of_tail(road: Road, file: File, lines: int) -> int:
    """The byte at which the last ``lines`` lines begin; 0 for a file that is not there, or has no more lines.

    A last line without its end counts. Lines that are longer than 256 MiB together are cut.
    """
    try:
        with road.flow(calls.file(file.job, file.path, file.attempt, start=_FAR)) as flow:
            size = flow.size
    except NotFound:
        return 0
    span = _FIRST_BYTES
    while True:
        start = max(size - span, 0)
        data = _read(road, file, start, size)
        at = _last_lines(data, lines)
        if at > 0 or start == 0 or span >= _MOST_BYTES:
            return start + at
        span *= 8


def _read(road: Road, file: File, start: int, end: int) -> bytes:
    held = bytearray()
    with road.flow(calls.file(file.job, file.path, file.attempt, start=start)) as flow:
        for piece in flow.pieces:
            held += piece
            if len(held) >= end - start:
                break
    return bytes(held[: end - start])


def _last_lines(data: bytes, lines: int) -> int:
    """Where the last lines of these bytes begin; 0 when there are no more lines than that."""
    at = len(data)
    if not lines:
        return at
    if data.endswith(b"\n"):
        at -= 1
    for _ in range(lines):
        at = data.rfind(b"\n", 0, at)
        if at < 0:
            return 0
    return at + 1
