"""From a template of another program to one that can be run here. Pure."""

from typing import NamedTuple

from pydantic import ValidationError

from argosy.core.errors import BadInput
from argosy.core.findings import Finding, error, in_short, warning
from argosy.core.foreign.common import Foreign
from argosy.core.foreign.crystal_tui import is_crystal_tui, read_crystal_tui
from argosy.core.foreign.namdrunner import is_namdrunner, read_namdrunner
from argosy.core.parameters import Parameter, TextParameter
from argosy.core.plain_words import plain_words
from argosy.core.template import Template, TemplateFile

_OTHERS = frozenset({"config", "start_coordinates", "start_velocities", "start_cell"})
"""What a template for configurations of one's own has for the configuration itself."""


class _Start(NamedTuple):
    """How a program is started that no engine here knows."""

    program: str
    words: str = ""


_STARTS = {
    "crystal": _Start("crystal", "<INPUT"),
    "qe": _Start("pw.x", "-in pw.in"),
    "quantum-espresso": _Start("pw.x", "-in pw.in"),
    "vasp": _Start("vasp_std"),
    "yambo": _Start("yambo", "-F yambo.in"),
}


def read_foreign(data: bytes) -> Foreign | None:
    """What the file holds, if it looks like a template of a known program; raises BadInput when it is broken."""
    if is_namdrunner(data):
        return read_namdrunner(data)
    return read_crystal_tui(data) if is_crystal_tui(data) else None


def taken_in(foreign: Foreign, host: Template | None) -> tuple[Template, tuple[Finding, ...]]:
    """A template that runs, and what to know of it. ``host`` is the engine's own for configurations that one has.

    Raises BadInput when the parts do not make a template.
    """
    common = {name: getattr(foreign, name) for name in ("name", "version", "title", "summary", "purpose")}
    try:
        if host is not None:
            return Template.model_validate({**common, **_hosted(foreign, host)}), foreign.findings
        template = Template.model_validate({**common, **_started(foreign)})
    except ValidationError as fault:
        findings = [error("template", plain_words(item)) for item in fault.errors()]
        raise BadInput(in_short(findings), hint="Correct the file, and import it again.", findings=findings) from None
    note = warning(
        "program",
        f"there is no engine here for {foreign.engine}, so its results are judged by the exit code alone",
        remedy="Say with --set program=... how the program is called where it runs.",
    )
    return template, (*foreign.findings, note)


def _hosted(foreign: Foreign, host: Template) -> dict[str, object]:
    own = {parameter.name for parameter in foreign.parameters}
    more = [one for one in host.parameters if one.name not in own | _OTHERS]
    named = {file.name for file in foreign.files}
    return {
        "engine": host.engine,
        "argv": host.argv,
        "environment": host.environment,
        "resources": host.resources,
        "parameters": (*foreign.parameters, *more),
        "files": (*foreign.files, *(file for file in host.files if file.name not in named)),
        "outputs": (*host.outputs, "outputs/*"),
    }


def _started(foreign: Foreign) -> dict[str, object]:
    start = _STARTS.get(foreign.engine, _Start(foreign.engine))
    parameters: tuple[Parameter, ...] = foreign.parameters
    if all(one.name != "program" for one in parameters):
        parameters = (*parameters, _program(start.program))
    script = f"#!/bin/sh\n# What is called, with any launcher before it.\nexec {{{{ program }}}} {start.words}"
    return {
        "engine": "command",
        "argv": ("sh", "run.sh"),
        "parameters": parameters,
        "files": (*foreign.files, TemplateFile(name="run.sh", text=script.rstrip() + "\n")),
        "outputs": ("*.out", "*.log"),
    }


def _program(usual: str) -> TextParameter:
    return TextParameter(
        name="program",
        type="text",
        label="Program",
        default=usual,
        pattern="[A-Za-z0-9_./+= -]{1,200}",
        maximum_length=200,
        group="Computer",
        help="How the program is called where it runs, such as: mpirun -np 16 Pcrystal",
    )
