"""Which of the files that a run left belong together.

At a step NAMD writes the cell, then the coordinates, then the velocities, and first renames what lies there to
``.old``. A run that is killed in between leaves files of different steps under one name. Only the cell tells its step,
so times of writing tell which coordinates and velocities came with it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from argosy.core.outputs import FileEntry, Outputs
from argosy.engines.namd.cell_files import read_step
from argosy.engines.namd.config import Config
from argosy.engines.namd.log import Log
from argosy.engines.namd.verdicts import size_of

_OLD = ".old"
_HEADER_BYTES = 4
_ATOM_BYTES = 24


class Checkpoint(NamedTuple):
    """Coordinates, velocities and cell of one step."""

    step: int
    coordinates: str
    velocities: str
    cell: str


def final_checkpoint(config: Config, log: Log, outputs: Outputs) -> Checkpoint | None:
    """What a run wrote at its end."""
    if not config.output_name or log.wall_s is None:
        return None
    step = read_step(outputs.text(f"{config.output_name}.xsc"))
    names = [f"{config.output_name}{suffix}" for suffix in (".coor", ".vel", ".xsc")]
    files = {file.path: file for file in outputs.files}
    if step is None or not all(name in files for name in names) or not _fit(files, names[:2], log.atoms):
        return None
    return Checkpoint(step, *names)


def last_checkpoint(config: Config, log: Log, outputs: Outputs) -> Checkpoint | None:
    """The newest files that belong together, of those that were written on the way; None when there are none."""
    found = [one for prefix in _prefixes(config, outputs) if (one := _newest(prefix, log, outputs)) is not None]
    return max(found, default=None)


def written_on_the_way(config: Config, files: Sequence[FileEntry]) -> tuple[FileEntry, ...]:
    """Coordinates, velocities and cells of restarts; states of methods stay, as final files have none of some."""
    name = config.restart_name
    if not name:
        return ()
    step = r"(?:\.\d+)?" if config.flag("restartsave") else ""
    restart = re.compile(rf"{re.escape(name)}{step}\.(?:coor|vel|xsc)(?:\.old)?")
    final = {f"{config.output_name}{suffix}" for suffix in (".coor", ".vel", ".xsc")}
    return tuple(file for file in files if restart.fullmatch(file.path) and file.path not in final)


def _prefixes(config: Config, outputs: Outputs) -> Iterator[str]:
    """Where restart files lie; with ``restartsave`` each step has names of its own."""
    name = config.restart_name
    if not name:
        return
    yield name
    if config.flag("restartsave"):
        for path in outputs.texts:
            step = path.removeprefix(f"{name}.").removesuffix(".xsc")
            if path == f"{name}.{step}.xsc" and step.isdecimal():
                yield f"{name}.{step}"


def _newest(prefix: str, log: Log, outputs: Outputs) -> Checkpoint | None:
    files = {file.path: file for file in outputs.files}
    later: FileEntry | None = None
    for cell in (f"{prefix}.xsc", f"{prefix}.xsc{_OLD}"):
        entry, step = files.get(cell), read_step(outputs.text(cell))
        if entry is not None and step is not None:
            confirmed = step in log.restarts and later is None
            parts = [
                _part(files, f"{prefix}{suffix}", entry, later, confirmed=confirmed) for suffix in (".coor", ".vel")
            ]
            whole = [part for part in parts if part is not None]
            if len(whole) == len(parts) and _fit(files, whole, log.atoms):
                return Checkpoint(step, whole[0], whole[1], cell)
        later = entry or later
    return None


def _part(
    files: Mapping[str, FileEntry], name: str, cell: FileEntry, later: FileEntry | None, *, confirmed: bool
) -> str | None:
    """The file of that name, or the one before it, that was written after this cell and before the later one."""
    if confirmed and name in files:
        return name
    for path in (name, f"{name}{_OLD}"):
        entry = files.get(path)
        if entry is None or entry.modified < cell.modified:
            continue
        if later is None or entry.modified < later.modified:
            return path
    return None


def _fit(files: Mapping[str, FileEntry], names: Sequence[str], atoms: int | None) -> bool:
    """Whether files are as long as so many atoms make them; when the number is unknown, as long as each other."""
    sizes = [files[name].size for name in names]
    if atoms is not None:
        return all(size == size_of(atoms) for size in sizes)
    return len(set(sizes)) == 1 and sizes[0] > _HEADER_BYTES and (sizes[0] - _HEADER_BYTES) % _ATOM_BYTES == 0
