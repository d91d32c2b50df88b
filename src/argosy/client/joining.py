"""The segments of a run as one: trajectories and cells of jobs that go on from each other, brought and joined here."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from argosy.client import calls, calls_of_lineage
from argosy.client.getting import Wanted, explained, get, refuse_overwriting
from argosy.client.progress import Told, unheard
from argosy.client.road import Road
from argosy.core import ids
from argosy.core.dcd import HEAD_BYTES, Dcd, kept_frames, read_dcd, with_frames
from argosy.core.errors import BadInput, NotFound
from argosy.core.family import Family, Relative
from argosy.core.outputs import FileEntry
from argosy.core.xst import joined_xst

_PIECE_BYTES = 1 << 22
_NOT_COORDINATES = ("vel", "force")


@dataclass(frozen=True)
class Joined:
    """What was made of how many segments: where the trajectory lies, its frames and steps, and the cell if any."""

    segments: int
    trajectory: Path
    frames: int
    first: int
    last: int
    cell: Path | None = None


def join(road: Road, job: str, into: Path, *, overwrite: bool = False, told: Told = unheard) -> Joined:
    """The run that ends with this job, from its first segment on, as one trajectory and one table of cells.

    Frames that a later segment made again are left out. Raises NotFound when no segment left a trajectory, BadInput for
    trajectories that are damaged or do not belong together, Conflict for what would be overwritten.
    """
    segments = line_of(road.send(calls_of_lineage.family(job)))
    trajectory, cell = into / f"{segments[-1].name}.dcd", into / f"{segments[-1].name}.xst"
    if not overwrite:
        refuse_overwriting([trajectory, cell])
    with explained(into):
        into.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".segments-", dir=into) as aside:
            parts = [_brought(road, one, Path(aside) / str(number), told) for number, one in enumerate(segments)]
            dcds = [path for part in parts for path in part if path.suffix == ".dcd"]
            if not dcds:
                raise NotFound("no segment of it left a trajectory", hint=f"See: argosy files {ids.short(job)}")
            headers, kept = _joined_dcd(dcds, trajectory)
            texts = [path.read_text("utf-8", "replace") for part in parts for path in part if path.suffix == ".xst"]
            if texts:
                cell.write_text(joined_xst(texts), encoding="utf-8")
    last = max(header.step(count - 1) for header, count in zip(headers, kept, strict=True) if count)
    return Joined(len(segments), trajectory, sum(kept), headers[0].first, last, cell if texts else None)


def line_of(family: Family) -> list[Relative]:
    """The segments of one run, from the first to the job that was asked about: all go on in the same template."""
    members = {member.id: member for member in family.members}
    line = [members[family.asked]]
    while line[0].kind == "restart" and line[0].parent in members:
        line.insert(0, members[line[0].parent])
    return line


def _brought(road: Road, one: Relative, into: Path, told: Told) -> Sequence[Path]:
    files = road.send(calls.files(one.id)).files
    wanted = [*_of_kind(one, files, ".dcd"), *_of_kind(one, files, ".xst")]
    return get(road, Wanted(one.id, tuple(wanted)), into, told=told).paths if wanted else ()


def _of_kind(one: Relative, files: Sequence[FileEntry], suffix: str) -> list[str]:
    left = [file.path for file in files if file.path.endswith(suffix) and file.size]
    found = [path for path in left if not path.removesuffix(suffix).endswith(_NOT_COORDINATES)]
    if len(found) > 1:
        several = ", ".join(found[:5])
        hint = "Bring them with 'argosy get', and join those that you want."
        raise BadInput(f"job {ids.short(one.id)} left several of them: {several}", hint=hint)
    return found


def _joined_dcd(paths: Sequence[Path], goal: Path) -> tuple[list[Dcd], list[int]]:
    headers = [_header(path) for path in paths]
    kept = kept_frames(headers)
    part = goal.with_name(f".{goal.name}.part")
    with part.open("wb") as whole:
        whole.write(with_frames(_head(paths[0]), headers[0], sum(kept)))
        for path, header, count in zip(paths, headers, kept, strict=True):
            with path.open("rb") as segment:
                segment.seek(header.header_bytes)
                _copy(segment, whole, count * header.frame_bytes)
    part.replace(goal)
    return headers, kept


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _copy(segment: BinaryIO, whole: BinaryIO, size: int) -> None:
    while size > 0 and (piece := segment.read(min(size, _PIECE_BYTES))):
        whole.write(piece)
        size -= len(piece)


def _header(path: Path) -> Dcd:
    try:
        return read_dcd(_head(path), path.stat().st_size)
    except BadInput as fault:
        raise BadInput(f"{path.name}: {fault.message}", hint=fault.hint) from None
