"""What would go wrong with a job, or go otherwise than its user thinks, before anything is sent."""

from collections.abc import Iterator

from argosy.core.findings import Finding, error, warning
from argosy.core.quantities import spell_size
from argosy.core.resources import Resources
from argosy.core.spec import Content, JobSpec
from argosy.engines.openmm.asked import ROLES, Asked, asked, file_of

_ROW_BYTES = 90
_FRAME_BYTES_PER_ATOM = 12
_PDB_BYTES_PER_ATOM = 81
_MANY_ROWS = 1_000_000
_MANY_FRAMES = 100_000
_LARGE_TRAJECTORY_BYTES = 10_000_000_000
_MANY_CHECKPOINTS = 10_000
_LONGEST_TIMESTEP_FS = 4.0
_ROOM_FOR_PRESSURE = 1.1


def findings_of(spec: JobSpec) -> tuple[Finding, ...]:
    """Everything that can be said from the job alone; the contents of its files are not known here."""
    values = asked(spec)
    if not values.is_dynamics:
        return tuple(_box(values))
    return (
        *_files(spec),
        *_intervals(values),
        *_amounts(spec, values),
        *_timestep(values),
        *_computer(spec.resources, values),
    )


def _box(values: Asked) -> Iterator[Finding]:
    edge, cutoff = values.box_edge, values.cutoff
    if edge is None or cutoff is None:
        return
    why = "An atom must not see two images of another one."
    if edge <= 2 * cutoff:
        what = f"a box of {edge:g} nm is too small for a cutoff of {cutoff:g} nm"
        yield error("box_edge", what, why=why, remedy=f"Take more than {2 * cutoff:g} nm, or a shorter cutoff.")
    elif edge < 2 * cutoff * _ROOM_FOR_PRESSURE:
        what = f"a box of {edge:g} nm leaves little room above twice the cutoff of {cutoff:g} nm"
        remedy = f"Take {2 * cutoff * _ROOM_FOR_PRESSURE:.3g} nm or more if the pressure is to be controlled later."
        yield warning("box_edge", what, why="Under pressure the box may shrink below that.", remedy=remedy)


def _files(spec: JobSpec) -> Iterator[Finding]:
    files = [(role, file.source) for role in ROLES if (file := file_of(spec, role))]
    for number, (role, source) in enumerate(files):
        same = [earlier for earlier, other in files[:number] if other == source]
        if same:
            what = f"{same[0]} and {role} are one and the same file"
            yield error(role, what, why="They are three different things.", remedy="See the help of each parameter.")


def _intervals(values: Asked) -> Iterator[Finding]:
    steps = values.steps or 0
    consequences = {
        "report_interval": "there will be no energies after the first, and nothing tells how far the run is",
        "trajectory_interval": "the trajectory will be empty",
    }
    for name, consequence in consequences.items():
        interval = getattr(values, name)
        if interval is not None and interval > steps:
            what = f"the run ends at step {steps}, before the first of every {interval} steps: {consequence}"
            yield warning(name, what, remedy=f"Set {name} to {max(steps // 100, 1)}, for example.")


def _amounts(spec: JobSpec, values: Asked) -> Iterator[Finding]:
    rows, frames, checkpoints = (
        (values.steps or 0) // interval if interval else 0
        for interval in (values.report_interval, values.trajectory_interval, values.checkpoint_interval)
    )
    if rows > _MANY_ROWS:
        what = f"state.csv will have up to {rows:,} rows, about {spell_size(rows * _ROW_BYTES)}"
        yield warning("report_interval", what, why="Writing them slows the run down.", remedy="Write fewer rows.")
    trajectory_bytes = frames * _atoms(spec) * _FRAME_BYTES_PER_ATOM
    if frames > _MANY_FRAMES or trajectory_bytes > _LARGE_TRAJECTORY_BYTES:
        size = f", about {spell_size(trajectory_bytes)}" if trajectory_bytes else ""
        what = f"traj.dcd will have up to {frames:,} frames{size}"
        yield warning("trajectory_interval", what, remedy="Write fewer frames, or make sure that there is room.")
    if checkpoints > _MANY_CHECKPOINTS:
        what = f"up to {checkpoints:,} checkpoints will be written, one every {values.checkpoint_interval} steps"
        why = "Each waits until it is safely on the disk."
        yield warning("checkpoint_interval", what, why=why, remedy="One in every few minutes is enough.")


def _atoms(spec: JobSpec) -> int:
    """About how many atoms the topology has; 0 when its size is not known."""
    topology = file_of(spec, "topology")
    if topology is None or not isinstance(topology.source, Content) or not topology.name.lower().endswith(".pdb"):
        return 0
    return topology.source.size // _PDB_BYTES_PER_ATOM


def _timestep(values: Asked) -> Iterator[Finding]:
    if values.timestep is not None and values.timestep > _LONGEST_TIMESTEP_FS:
        what = f"a timestep of {values.timestep:g} fs is longer than atoms usually allow"
        why = "Bonds vibrate too fast for it, even with rigid water and heavier hydrogens."
        yield warning("timestep", what, why=why, remedy="Take 2 fs, or 4 fs with heavier hydrogens.")


def _computer(resources: Resources, values: Asked) -> Iterator[Finding]:
    if values.threads and values.threads > resources.total_cpus:
        what = f"the run will use {values.threads} threads on {resources.total_cpus} cpus"
        remedy = f"Ask for --cpus {values.threads}, or set threads to 0 for as many as there are cpus."
        yield warning("threads", what, why="Threads that share a cpu slow each other down.", remedy=remedy)
    if resources.tasks > 1:
        what = f"the job asks for {resources.tasks} tasks, but OpenMM runs as one"
        yield warning("tasks", what, remedy="Ask for one task with more cpus.")
    if values.platform in {"CUDA", "HIP"} and not resources.gpus:
        what = f"the platform {values.platform} needs a GPU, and the job asks for none"
        yield warning("platform", what, remedy="Ask for --gpus 1.")
