"""Templates tried out: filled with values at every edge and at random, and what their engine's checks say then."""

import asyncio
from collections.abc import Iterable, Iterator

from argosy.contracts import Engine
from argosy.core.drafting import draft
from argosy.core.errors import BadInput
from argosy.core.findings import Finding, error, errors_among
from argosy.core.parameters import FileParameter
from argosy.core.spec import Content, InputFile
from argosy.core.submission import Submission
from argosy.core.target import Target
from argosy.core.template import Template
from argosy.core.template_trial import Trial, try_out
from argosy.core.template_views import Remark, Trials, TrialsAsked, TriedValues
from argosy.service.templates import Templates

_MOST_SHOWN = 50
_ANYWHERE = Target(name="anywhere", root="/nowhere")


class Trying:
    """The test framework of those who write templates."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    async def trials(self, asked: TrialsAsked) -> Trials:
        """What happens to a template for many sets of values; no job is made.

        Errors that the checks of the engine have are failures only with the template's own defaults: at the edges it is
        their office to refuse what does not go together. A set of values that does not render at all always fails.
        """
        given = asked.template
        template = await self._templates.template(given) if isinstance(given, str) else given
        engine = self._templates.known_engine(template)
        return await asyncio.to_thread(_tried, template, engine, asked)


def _tried(template: Template, engine: Engine, asked: TrialsAsked) -> Trials:
    tried = try_out(template, seed=asked.seed, count=asked.count)
    failed: list[TriedValues] = []
    remarks: dict[tuple[str, str], Remark] = {}
    for trial in tried:
        findings = trial.findings or tuple(_checked(template, engine, trial))
        bad = errors_among(findings)
        if bad and (trial.rendered is None or trial.findings or trial.case == "defaults"):
            failed.append(TriedValues(case=trial.case, given=trial.given, findings=findings))
        else:
            _note(remarks, trial, findings)
    return Trials(
        template=template.name,
        version=template.version,
        tried=len(tried),
        failed=tuple(failed[:_MOST_SHOWN]),
        remarks=tuple(remarks.values()),
    )


def _note(remarks: dict[tuple[str, str], Remark], trial: Trial, findings: Iterable[Finding]) -> None:
    """Count what is said at each place once for each set of values."""
    first = {(found.severity.value, found.where): found for found in reversed(tuple(findings))}
    for place, found in first.items():
        before = remarks.get(place) or Remark(finding=found, case=trial.case, times=0)
        remarks[place] = before.model_copy(update={"times": before.times + 1})


def _checked(template: Template, engine: Engine, trial: Trial) -> Iterator[Finding]:
    """The findings of a job that these values would make, with files that are there only by name."""
    files = [one for one in template.parameters if isinstance(one, FileParameter) and trial.given.get(one.name)]
    inputs = tuple(
        InputFile(name=str(trial.given[one.name]), source=Content(sha256="0" * 64, size=0), role=one.name)
        for one in files
    )
    roles = {one.name for one in files}
    values = {name: value for name, value in trial.given.items() if name not in roles}
    target = _ANYWHERE.model_copy(update={"name": template.targets[0]}) if template.targets else _ANYWHERE
    try:
        submission = Submission(template=template, values=values, inputs=inputs, target=target.name)
        spec, findings = draft(submission, template, target)
    except (BadInput, ValueError) as fault:
        yield error("template", str(fault))
        return
    yield from findings
    yield from engine.check(spec)
