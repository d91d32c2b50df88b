"""What would go wrong with a job, or go otherwise than its user thinks, before anything is sent."""

from collections.abc import Iterator

from argosy.core.findings import Finding, error, warning
from argosy.core.spec import JobSpec
from argosy.engines.namd.complaint import Complaint, finding
from argosy.engines.namd.config import Script, script_of
from argosy.engines.namd.rules_cell import complaints_of_cell
from argosy.engines.namd.rules_coupling import complaints_of_coupling, is_resident
from argosy.engines.namd.rules_start import complaints_of_start
from argosy.engines.namd.rules_steps import complaints_of_steps
from argosy.engines.namd.rules_text import complaints_of_text


def findings_of(spec: JobSpec) -> tuple[Finding, ...]:
    """Everything that the configuration and the resources tell; each finding once."""
    script = script_of(spec)
    computer = _computer(spec, script)
    if script is None:
        return tuple(computer)
    found = [*(finding(one, spec, script) for one in _complaints(script, spec)), *_rounded(spec, script), *computer]
    return tuple(dict.fromkeys(found))


def _complaints(script: Script, spec: JobSpec) -> Iterator[Complaint]:
    config = script.config
    yield from complaints_of_text(config)
    yield from complaints_of_start(config, spec)
    yield from complaints_of_cell(config)
    yield from complaints_of_steps(config)
    yield from complaints_of_coupling(config, spec)


def _rounded(spec: JobSpec, script: Script) -> Iterator[Finding]:
    """The templates make whole cycles of the steps that a user asks for."""
    asked = spec.template.values.get("steps") if spec.template else None
    last, cycle = script.config.last_step, script.config.whole_number("stepspercycle", 20)
    if isinstance(asked, int) and last is not None and asked < last:
        what = f"{asked} steps are no whole cycles of {cycle}, so {last} will be made"
        yield warning("steps", what, remedy=f"Take {last} to be exact.")


def _computer(spec: JobSpec, script: Script | None) -> Iterator[Finding]:
    values = spec.template.values if spec.template else {}
    build, threads, resources = values.get("build"), values.get("threads"), spec.resources
    if build in {"cuda", "gpu-resident"} and not resources.gpus:
        yield warning("build", f"the build {build} needs a GPU, and the job asks for none", remedy="Ask for --gpus 1.")
    if script and is_resident(script.config) and build in {"multicore", "mpi"}:
        why = "NAMD would print: FATAL ERROR: GPUresident not supported on regular multicore builds"
        yield error("build", f"the build {build} cannot run GPU-resident", why=why, remedy="Set build to gpu-resident.")
    if build != "mpi" and resources.tasks > 1:
        what = f"the job asks for {resources.tasks} tasks, but this build of NAMD runs as one"
        yield warning("build", what, remedy="Ask for one task with more cpus, or set build to mpi.")
    if isinstance(threads, int) and threads > resources.total_cpus:
        what = f"NAMD will use {threads} threads on {resources.total_cpus} cpus"
        remedy = f"Ask for --cpus {threads}, or set threads to 0."
        yield warning("threads", what, why="Threads that share a cpu slow each other down.", remedy=remedy)
