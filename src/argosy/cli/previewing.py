"""What a job would be, shown before it is one."""

import shlex

from argosy.cli.exits import Exit
from argosy.cli.findings import shown
from argosy.cli.shown import Facts, Several, Shown, Verbatim
from argosy.cli.spending import cost_words
from argosy.core.findings import errors_among
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
        ("directory", preview.directory),
        ("inputs", "\n".join(f"{file.name}{f' ({file.role})' if file.role else ''}" for file in spec.inputs)),
        ("brings home", ", ".join(spec.outputs)),
    ]
    files = [Verbatim(file.name, file.text) for file in spec.rendered]
    findings = shown(preview.findings, "The checks have nothing to say. No job was made.")
    parts: list[Shown] = [Facts(facts, spec), *files, Verbatim("run.sh", preview.script), findings]
    code = Exit.FINDINGS if errors_among(preview.findings) else Exit.SUCCEEDED
    return Several(parts, preview, exit_code=code)
