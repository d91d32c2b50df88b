"""What a run will write, by its configuration and the number of its atoms."""

from collections.abc import Iterator

from argosy.core.foresight import Foreseen, Written
from argosy.core.spec import Content, JobSpec
from argosy.engines.namd.complaint import place_of
from argosy.engines.namd.config import Script

_PDB_BYTES = 80
_FRAME_BYTES = 12
_BINARY_BYTES = 24
_ENERGY_BYTES = 320
_CELL_BYTES = 200
_STEPS = 10**15


def foreseen_by(spec: JobSpec, script: Script | None) -> Foreseen | None:
    """The run; None when its configuration does not tell how long it is."""
    if script is None or script.config.last_step is None:
        return None
    config, atoms = script.config, _atoms(spec)
    steps = script.config.last_step - config.first_step
    restarts = config.whole_number("restartfreq", 0) or 0
    checkpoint = Written(
        what="set of restart files",
        parameter=place_of("restartfreq", spec, script),
        every=restarts,
        # Coordinates and velocities, and both of the step before.
        size=2 * 2 * _BINARY_BYTES * atoms,
        adds_up=False,
    ) if restarts > 0 else None  # fmt: skip
    return Foreseen(
        steps=min(max(steps, 0), _STEPS),
        timestep_fs=config.number("timestep", 1.0),
        written=tuple(_written(spec, script, atoms)),
        checkpoint=checkpoint,
        cycle=max(config.cycle, 1),
    )


def _written(spec: JobSpec, script: Script, atoms: int) -> Iterator[Written]:
    for keyword, usual, what, size in (
        ("dcdfreq", 0, "trajectory", _FRAME_BYTES * atoms),
        ("veldcdfreq", 0, "trajectory of velocities", _FRAME_BYTES * atoms),
        ("forcedcdfreq", 0, "trajectory of forces", _FRAME_BYTES * atoms),
        # NAMD writes one at each step when it is told nothing else.
        ("outputenergies", 1, "line of energies in the log", _ENERGY_BYTES),
        ("xstfreq", 0, "cell", _CELL_BYTES),
    ):
        every = script.config.whole_number(keyword, usual) or 0
        if every > 0:
            yield Written(what=what, parameter=place_of(keyword, spec, script), every=every, size=size)


def _atoms(spec: JobSpec) -> int:
    """About how many atoms there are, by the sizes of files that are sent along; 0 when these do not tell."""
    sizes = {file.role: file.source.size for file in spec.inputs if isinstance(file.source, Content)}
    if "start_coordinates" in sizes:
        return sizes["start_coordinates"] // _BINARY_BYTES
    return sizes.get("coordinates_file", 0) // _PDB_BYTES
