"""The next stage of a project: a template that starts where another run ends."""

from argosy.core.outputs import NoRestart, Restart, RestartPlan
from argosy.core.spec import FromJob, InputFile, JobSpec
from argosy.core.template import Template
from argosy.engines.namd.config import Config, Script
from argosy.engines.namd.restarts import ROLE_OF, carried_files

_OF_A_STAGE = frozenset({"steps", "steps_per_stage", "first_step", "output_name", "seed", "execution_command"})
"""What each stage decides for itself."""


def stage_of(spec: JobSpec, job: str, *, script: Script | None, template: Template) -> Restart:
    """The job of the template that starts from the final files of the job; these need not be there yet."""
    prefix = script.config.output_name if script else ""
    if script is None or not prefix:
        why = f"the configuration of {spec.name} does not tell under which name it writes its final files"
        return NoRestart(why=why, advice="Name them: argosy submit TEMPLATE --file start_coordinates=job:JOB:PATH.")
    if not script.config.flag("binaryoutput", default=True):
        why = f"{spec.name} writes its final files as text, and templates start from binary ones"
        return NoRestart(why=why, advice="Set binaryOutput to yes, and run it again.")
    starts = [
        InputFile(name=ROLE_OF[role], source=FromJob(job=job, path=f"{prefix}{suffix}"), role=role)
        for role, suffix in _starts(script.config, template)
    ]
    kept = spec.template.values if spec.template else {}
    files = [file for file in carried_files(spec, job) if not file.role or template.parameter(file.role)]
    roles = {file.role for file in files}
    values = {
        name: value
        for name, value in kept.items()
        if value is not None and template.parameter(name) and name not in {*_OF_A_STAGE, *ROLE_OF, *roles}
    }
    named = ", ".join(f"{prefix}{suffix}" for _, suffix in _starts(script.config, template))
    words = f"{template.title} starts from the final files {named}."
    return RestartPlan(template=template.name, values=_meant(values, template), inputs=(*files, *starts), words=words)


def _starts(config: Config, template: Template) -> list[tuple[str, str]]:
    """The final files by role. A minimisation leaves no velocities, and one that follows has no use for any."""
    wanted = [("start_coordinates", ".coor")]
    if _ends_in_motion(config) and template.parameter("timestep") and template.parameter("heating_increment") is None:
        wanted.append(("start_velocities", ".vel"))
    if _is_periodic(config):
        wanted.append(("start_cell", ".xsc"))
    return [(role, suffix) for role, suffix in wanted if template.parameter(role)]


def _ends_in_motion(config: Config) -> bool:
    return bool(config.plan) and config.plan[-1].kind == "run"


def _is_periodic(config: Config) -> bool:
    return config.has("cellBasisVector1", "extendedSystem")


def _meant(values: dict[str, object], template: Template) -> dict[str, object]:
    """Those that the template takes: what one stage allows may be too much for another."""
    _, findings = template.read_values(values)
    refused = {finding.where for finding in findings}
    return {name: value for name, value in values.items() if name not in refused}
