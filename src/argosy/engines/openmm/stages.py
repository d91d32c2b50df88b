"""The next stage of a project: a template that starts where another run ends."""

from argosy.core.outputs import NoRestart, Restart, RestartPlan
from argosy.core.spec import FromJob, InputFile, JobSpec
from argosy.core.template import Template
from argosy.engines.openmm.asked import ROLES, asked
from argosy.engines.openmm.restarts import FINAL_STATE, starting_files

_OF_A_STAGE = frozenset({"steps", "count_from", "seed"})
"""What each stage decides for itself."""
_BUILT = {"system": "system.xml", "topology": "topology.pdb", "state": "state.xml"}
"""What the program that builds a box leaves, by role."""


def stage_of(spec: JobSpec, job: str, template: Template) -> Restart:
    """The job of the template that starts from the final files of the job; these need not be there yet."""
    if not all(template.parameter(role) for role in ROLES):
        return NoRestart(
            why=f"{template.name} starts from nothing", advice=f"Submit it: argosy submit {template.name}."
        )
    if asked(spec).is_dynamics:
        files = [*starting_files(spec, job, ("system", "topology")), _left(job, "state", FINAL_STATE)]
    else:
        files = [_left(job, role, path) for role, path in _BUILT.items()]
    values = spec.template.values if spec.template else {}
    kept = {
        name: value
        for name, value in values.items()
        if value is not None and template.parameter(name) and name not in {*_OF_A_STAGE, *ROLES}
    }
    words = f"{template.title} starts from the final state of {spec.name}."
    return RestartPlan(template=template.name, values=kept, inputs=tuple(files), words=words)


def _left(job: str, role: str, path: str) -> InputFile:
    return InputFile(name=path, source=FromJob(job=job, path=path), role=role)
