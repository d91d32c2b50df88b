"""A job as a template: what was written out becomes what can be filled in again. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from argosy.core.foreign.common import free_name, slug
from argosy.core.parameters import FileParameter, Parameter
from argosy.core.spec import InputFile, JobSpec
from argosy.core.template import Template, TemplateFile, literal

_FIRST = "1.0.0"


def template_of(spec: JobSpec, name: str, made_from: Template | None) -> Template:
    """The template that makes such a job again.

    ``made_from`` is the template that the job came from, if it came from one: then that one, with the job's values as
    defaults and the job's resources. Else the command and the texts of the job as they were, with a parameter for each
    of its files.
    """
    if made_from is not None and spec.template is not None:
        return _filled(made_from, name, spec)
    parameters = tuple(_files(spec.inputs))
    return Template(
        name=name,
        version=_FIRST,
        engine=spec.engine,
        title=spec.name[:200],
        summary=f"Made from the job {spec.name}.",
        argv=tuple(literal(word) for word in spec.argv),
        environment={key: literal(value) for key, value in spec.environment.items()},
        resources=spec.resources,
        parameters=parameters,
        files=tuple(
            TemplateFile(name=one.name, text=one.text, rendered=False, executable=one.executable)
            for one in spec.rendered
        ),
        outputs=spec.outputs,
        grace_s=spec.grace_s,
        warning_signal=spec.warning_signal,
    )


def _filled(template: Template, name: str, spec: JobSpec) -> Template:
    values: Mapping[str, Any] = spec.template.values if spec.template else {}
    parameters = tuple(_with_default(one, values.get(one.name)) for one in template.parameters)
    summary = f"{template.summary} With the values of the job {spec.name}.".strip()
    return template.model_copy(
        update={
            "name": name,
            "version": _FIRST,
            "summary": summary,
            "resources": spec.resources,
            "parameters": parameters,
        }
    )


def _with_default(parameter: Parameter, value: Any) -> Parameter:
    """Files travel with a job and not with a template."""
    if value is None or isinstance(parameter, FileParameter):
        return parameter
    return parameter.model_copy(update={"default": parameter.read(value)})


def _files(inputs: tuple[InputFile, ...]) -> Iterator[FileParameter]:
    taken: dict[str, None] = {}
    for file in inputs:
        last = file.name.rsplit("/", 1)[-1]
        name = free_name(slug(file.role or last, "file").replace("-", "_"), taken)
        taken[name] = None
        yield FileParameter(
            name=name, type="file", label=last[:100], place=file.name, mutable=file.mutable, help="A file of the job."
        )
