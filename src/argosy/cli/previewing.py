"""What a job would be, shown before it is one."""

import shlex

from argosy.cli.exits import Exit
from argosy.cli.findings import shown
from argosy.cli.moments import exactly
from argosy.cli.shown import Facts, Several, Shown, Verbatim
from argosy.cli.spending import cost_words
from argosy.core.findings import errors_among
from argosy.core.prospect import Trial
from argosy.core.retry_wishes import retry_words
from argosy.core.submission import Preview


def of_preview(preview: Preview) -> Shown:
    """The job, every rendered file, the script, and what the checks say."""
    spec = preview.spec
    facts = [
        ("name", spec.name),
        ("target", spec.target),
        ("engine", spec.engine),
        ("command", shlex.join(spec.argv)),
        ("resources", spec.resources.words()),
        ("costs at most", cost_words(preview.cost) if preview.cost else ""),
        ("would start", _trial_words(preview.trial) if preview.trial else ""),
        ("directory", preview.directory),
        ("inputs", "\n".join(f"{file.name}{f' ({file.role})' if file.role else ''}" for file in spec.inputs)),
        ("brings home", ", ".join(spec.outputs)),
        ("tried again", retry_words(spec.retries, spec.retry)),
    ]
    files = [Verbatim(file.name, file.text) for file in spec.rendered]
    findings = shown(preview.findings, "The checks have nothing to say. No job was made.")
    parts: list[Shown] = [Facts(facts, spec), *files, Verbatim("run.sh", preview.script), findings]
    wrong = errors_among(preview.findings) or (preview.trial and preview.trial.refusal)
    code = Exit.FINDINGS if wrong else Exit.SUCCEEDED
    return Several(parts, preview, exit_code=code)


def _trial_words(trial: Trial) -> str:
    """What the scheduler would do, in one or two lines."""
    if trial.unasked:
        return f"could not be asked: {trial.unasked}\n{trial.hint}".strip()
    if trial.refusal is not None:
        return f"never, it would be refused: {trial.refusal.explanation}\n{trial.refusal.advice}".strip()
    when = exactly(trial.start) if trial.start else "at a time that it does not say"
    where = f" on {trial.nodes}" if trial.nodes else ""
    partition = f" in partition {trial.partition}" if trial.partition else ""
    return f"{when}{where}{partition}, as the scheduler sees it now"
