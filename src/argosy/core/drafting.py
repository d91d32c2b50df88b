"""From a submission to a job that is fully written out, with everything the checks have to say. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from argosy.core import capacity
from argosy.core.cluster import cluster_findings
from argosy.core.errors import BadInput
from argosy.core.findings import Finding, error, in_short
from argosy.core.names import spell
from argosy.core.parameters import FileParameter
from argosy.core.plain_words import place, plain_words
from argosy.core.proposals import ResourceSet, set_named
from argosy.core.rendering import render
from argosy.core.resources import Resources, read_resources
from argosy.core.spec import InputFile, JobSpec, RenderedFile, TemplateRef
from argosy.core.submission import Submission
from argosy.core.target import Target
from argosy.core.template import Template


def draft(submission: Submission, template: Template | None, target: Target) -> tuple[JobSpec, tuple[Finding, ...]]:
    """The job and its findings. Raises BadInput, with all findings, when no job can be written out at all."""
    named = submission.resource_set
    ready = set_named(named, target.resource_sets, target.name) if named else ResourceSet(name="none")
    default = Resources() if template is None else template.resources
    resources, troubles = _resources((target.defaults, default, ready.resources), submission.resources)
    fields, wrong = _from_command(submission) if template is None else _from_template(submission, template)
    if troubles or wrong:
        raise _refusal((*wrong, *troubles), "" if template is None else f"template {template.name}: ")
    try:
        spec = JobSpec(
            target=target.name,
            resources=resources,
            labels=submission.labels,
            slurm=submission.slurm.over(ready.slurm),
            after=submission.after,
            retries=(target.retries or 0) if submission.retries is None else submission.retries,
            retry={**target.retry, **submission.retry},
            stop_if_broken=submission.stop_if_broken,
            priority=submission.priority,
            begin=submission.begin,
            **fields,
        )
    except ValidationError as fault:
        raise refused(fault) from None
    findings = [*_clashes(spec.inputs, spec.rendered), *capacity.never_fits(target, spec.resources)]
    if target.scheduler == "slurm" and target.slurm is not None:
        findings += cluster_findings(target.slurm, target.slurm.wishes(spec.slurm), spec.resources)
    if template is not None:
        findings += [*_elsewhere(template, target), *_not_sent(submission, template)]
    return spec, tuple(findings)


def refused(fault: ValidationError) -> BadInput:
    """A validation error of a request, as one error with a finding for each field."""
    return _refusal(_findings(fault))


def _findings(fault: ValidationError, within: str = "") -> tuple[Finding, ...]:
    return tuple(error(within + (place(item) or "request"), plain_words(item)) for item in fault.errors())


def _refusal(findings: Sequence[Finding], prefix: str = "") -> BadInput:
    return BadInput(prefix + in_short(findings), hint=findings[0].remedy, findings=findings)


def _from_command(submission: Submission) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    argv = submission.argv
    fields = {
        "name": submission.name or _program_name(argv[0]),
        "engine": submission.engine or "command",
        "argv": argv,
        "environment": submission.environment,
        "rendered": submission.rendered,
        "inputs": submission.inputs,
        "outputs": submission.outputs or (),
    }
    unread = [error(name, "a command has no parameters", remedy="Leave it out.") for name in submission.values]
    return fields, tuple(unread)


def _program_name(program: str) -> str:
    return spell(program.rsplit("/", 1)[-1].encode("utf-8", "surrogateescape"))[:200] or "command"


def _from_template(submission: Submission, template: Template) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    roles = {file.role: file.name for file in submission.inputs if file.role}
    values, findings = template.read_values({**submission.values, **roles})
    if findings:
        return {}, findings
    rendered = render(template, values)
    fields = {
        "name": submission.name or template.name,
        "engine": submission.engine or template.engine,
        "argv": rendered.argv,
        "environment": rendered.environment | submission.environment,
        "rendered": (*rendered.files, *submission.rendered),
        "inputs": tuple(_placed(file, template) for file in submission.inputs),
        "outputs": template.outputs if submission.outputs is None else submission.outputs,
        "template": TemplateRef(name=template.name, version=template.version, digest=template.digest, values=values),
        "grace_s": template.grace_s,
        "warning_signal": template.warning_signal,
    }
    return fields, ()


def _elsewhere(template: Template, target: Target) -> Iterable[Finding]:
    if template.targets and target.name not in template.targets:
        what = f"template {template.name} is not meant for target {target.name}"
        yield error("target", what, remedy=f"Take one of its targets: {', '.join(template.targets)}.")


def _not_sent(submission: Submission, template: Template) -> Iterable[Finding]:
    """Files that are named but not sent along, and roles that two files want."""
    roles = Counter(file.role for file in submission.inputs if file.role)
    sent = {file.name for file in (*submission.inputs, *submission.rendered, *template.files)}
    for parameter in template.parameters:
        name, remedy = parameter.name, f"Give it with --file {parameter.name}=PATH."
        named = str(submission.values.get(name) or "")
        if isinstance(parameter, FileParameter) and named and not roles[name]:
            if named not in sent and not named.startswith("/"):
                yield error(name, f"the file {named!r} is named but not sent along", remedy=remedy)
        elif roles[name] > 1:
            yield error(name, f"{roles[name]} files are given for it, but it takes one", remedy=remedy)


def _placed(file: InputFile, template: Template) -> InputFile:
    parameter = template.parameter(file.role) if file.role else None
    if not isinstance(parameter, FileParameter):
        return file
    return file.model_copy(update={"name": parameter.place or file.name, "mutable": parameter.mutable or file.mutable})


def _resources(below: Iterable[Resources], asked: Mapping[str, Any]) -> tuple[Resources, tuple[Finding, ...]]:
    """What was asked for, else what the last of those below sets that says something."""
    defaults: dict[str, Any] = {}
    for one in below:
        defaults |= one.model_dump(exclude_defaults=True)
    try:
        return Resources.model_validate(defaults | read_resources(asked)), ()
    except BadInput as refusal:
        return Resources(), (error("resources", refusal.message, remedy=refusal.hint),)
    except ValidationError as fault:
        return Resources(), _findings(fault, "resources.")


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
