"""A template that is still being written, filled with values."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from argosy.cli.exits import Exit
from argosy.cli.findings import shown
from argosy.cli.shown import Facts, Several, Shown, Verbatim
from argosy.client import calls
from argosy.client.folders import read_folder
from argosy.client.road import Road
from argosy.core.findings import errors_among
from argosy.core.parameters import FileParameter
from argosy.core.rendering import render
from argosy.core.template import Template
from argosy.core.template_folder import read_template


def rendered_folder(road: Road, folder: Path, values: Mapping[str, object]) -> Shown:
    """The findings of the checks, and the files and the command that come out. Raises BadInput when none can."""
    texts = read_folder(folder)
    findings = road.send(calls.check_template(texts))
    if errors_among(findings):
        return shown(findings, "")
    template = read_template(texts)
    read, more = template.read_values({**_stand_ins(template), **values})
    if errors_among(more):
        return shown((*findings, *more), "")
    result = render(template, read)
    environment = "\n".join(f"{name}={value}" for name, value in result.environment.items())
    facts = Facts([("command", shlex.join(result.argv)), ("environment", environment)], {})
    files = [Verbatim(file.name, file.text) for file in result.files]
    said = shown((*findings, *more), "The checks have nothing to say. No job was made.")
    return Several([facts, *files, said], result, exit_code=Exit.SUCCEEDED)


def _stand_ins(template: Template) -> dict[str, object]:
    """A name for each file that the template needs."""
    needed = [one for one in template.parameters if isinstance(one, FileParameter)]
    return {one.name: one.place or f"{one.name}{one.suffixes[0] if one.suffixes else ''}" for one in needed}
