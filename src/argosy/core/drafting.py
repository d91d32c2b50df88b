"""From a submission to a job that is fully written out, with everything the checks have to say. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from argosy.core import capacity
from argosy.core.errors import BadInput
from argosy.core.findings import Finding, error
from argosy.core.parameters import FileParameter
from argosy.core.rendering import render
from argosy.core.resources import Resources, read_resources
from argosy.core.spec import InputFile, JobSpec, RenderedFile, TemplateRef
from argosy.core.submission import Submission
from argosy.core.target import Target
from argosy.core.template import Template


def draft(submission: Submission, template: Template | None, target: Target) -> tuple[JobSpec, tuple[Finding, ...]]:
    """The job and its findings. Raises BadInput, with all findings, when no job can be written out at all."""
    fields = _from_command(submission) if template is None else _from_template(submission, template)
    defaults = Resources() if template is None else template.resources
    findings = list(_clashes(fields["inputs"], fields["rendered"]))
    try:
        spec = JobSpec(
            target=submission.target,
            resources=_resources(target.defaults, defaults, submission.resources),
            labels=submission.labels,
            after=submission.after,
            retries=submission.retries,
            **fields,
        )
    except ValidationError as fault:
        raise refused(fault) from None
    findings += capacity.never_fits(target, spec.resources)
    return spec, tuple(findings)


def refused(fault: ValidationError) -> BadInput:
    """A validation error of a request, as one error with a finding for each field."""
    findings = [
        error(".".join(map(str, item["loc"])) or "request", item["msg"].removeprefix("Value error, "))
        for item in fault.errors()
    ]
    said = "; ".join(f"{finding.where}: {finding.what}" for finding in findings[:3])
    return BadInput(said, findings=findings)


def _from_command(submission: Submission) -> dict[str, Any]:
    argv = submission.argv
    return {
        "name": submission.name or argv[0].rsplit("/", 1)[-1][:200] or "command",
        "engine": submission.engine or "command",
        "argv": argv,
        "environment": submission.environment,
        "rendered": submission.rendered,
        "inputs": submission.inputs,
        "outputs": submission.outputs or (),
    }


def _from_template(submission: Submission, template: Template) -> dict[str, Any]:
    inputs = tuple(_placed(file, template) for file in submission.inputs)
    given = dict(submission.values) | {file.role: file.name for file in inputs if file.role}
    values, findings = template.read_values(given)
    if findings:
        said = "; ".join(finding.what for finding in findings[:3])
        raise BadInput(f"template {template.name}: {said}", hint=findings[0].remedy, findings=findings)
    rendered = render(template, values)
    return {
        "name": submission.name or template.name,
        "engine": submission.engine or template.engine,
        "argv": rendered.argv,
        "environment": rendered.environment | submission.environment,
        "rendered": (*rendered.files, *submission.rendered),
        "inputs": inputs,
        "outputs": template.outputs if submission.outputs is None else submission.outputs,
        "template": TemplateRef(name=template.name, version=template.version, digest=template.digest, values=values),
        "grace_s": template.grace_s,
        "warning_signal": template.warning_signal,
    }


def _placed(file: InputFile, template: Template) -> InputFile:
    parameter = template.parameter(file.role) if file.role else None
    if not isinstance(parameter, FileParameter):
        return file
    return file.model_copy(update={"name": parameter.place or file.name, "mutable": parameter.mutable or file.mutable})


def _resources(target: Resources, template: Resources, asked: Mapping[str, Any]) -> Resources:
    """What was asked for, else what the template sets, else what the target sets."""
    merged = (
        target.model_dump(exclude_defaults=True) | template.model_dump(exclude_defaults=True) | read_resources(asked)
    )
    return Resources.model_validate(merged)


def _clashes(inputs: Iterable[InputFile], rendered: Iterable[RenderedFile]) -> Iterable[Finding]:
    files: set[str] = set()
    directories: set[str] = set()
    for name in [file.name for file in rendered] + [file.name for file in inputs]:
        above = {name.rsplit("/", depth)[0] for depth in range(1, name.count("/") + 1)}
        if name in files or name in directories or above & files:
            remedy = "Give one of them another name: --file name=PATH."
            yield error(name, "two files of the job would lie at the same place", remedy=remedy)
        files.add(name)
        directories |= above
