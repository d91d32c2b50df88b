"""A template as a folder: ``template.toml`` and text files beside it. Reading one is pure: names and texts in, a Template out."""

import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from argosy.core.errors import BadInput
from argosy.core.findings import error
from argosy.core.resources import read_resources
from argosy.core.template import Template

DESCRIPTION = "template.toml"

SECTION_KEYS = {"command": ("argv", "environment"), "outputs": ("wanted",)}
TOP_KEYS = (
    "name",
    "version",
    "engine",
    "title",
    "summary",
    "command",
    "resources",
    "files",
    "outputs",
    "parameters",
    "grace",
    "warning_signal",
)
_PLAIN = ("name", "version", "engine", "title", "summary", "warning_signal")
FILE_KEYS = ("source", "name", "executable")


def read_template(folder: Mapping[str, str]) -> Template:
    """The template of a folder; raises BadInput naming the file and the entry that will not do."""
    if DESCRIPTION not in folder:
        raise BadInput(
            f"the folder has no {DESCRIPTION}", hint="Make a new template with 'argosy template new FOLDER'."
        )
    try:
        described = tomllib.loads(folder[DESCRIPTION])
    except tomllib.TOMLDecodeError as fault:
        raise BadInput(f"{DESCRIPTION}: {fault}", hint="This is not valid TOML.") from None
    _refuse_unknown(described, TOP_KEYS, DESCRIPTION)
    command, outputs = _section(described, "command"), _section(described, "outputs")
    fields: dict[str, Any] = {key: described[key] for key in _PLAIN if key in described}
    fields |= command
    if "grace" in described:
        fields["grace_s"] = described["grace"]
    fields["resources"] = read_resources(described.get("resources", {}))
    fields["outputs"] = outputs.get("wanted", ())
    fields["parameters"] = described.get("parameters", ())
    fields["files"] = [_file(entry, folder) for entry in described.get("files", ())]
    return _validated(fields)


def _section(described: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = described.get(name, {})
    if not isinstance(section, dict):
        raise BadInput(f"{DESCRIPTION}: {name} must be a table", hint=f"Write it as [{name}].")
    _refuse_unknown(section, SECTION_KEYS[name], f"{DESCRIPTION}, [{name}]")
    return section


def _refuse_unknown(given: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    unknown = [key for key in given if key not in known]
    if unknown:
        raise BadInput(
            f"{where}: unknown key {', '.join(map(repr, unknown))}", hint=f"The keys are: {', '.join(known)}."
        )


def _file(entry: Any, folder: Mapping[str, str]) -> dict[str, Any]:
    if not isinstance(entry, dict) or "source" not in entry:
        raise BadInput(f"{DESCRIPTION}: each of [[files]] needs a source", hint='Write: source = "input.conf.j2".')
    _refuse_unknown(entry, FILE_KEYS, f"{DESCRIPTION}, [[files]]")
    source = str(entry["source"])
    if source not in folder:
        raise BadInput(
            f"{DESCRIPTION} names the file {source!r}, which is not in the folder", hint="Check the spelling of source."
        )
    rendered = source.endswith(".j2")
    name = entry.get("name") or source.removesuffix(".j2")
    return {"name": name, "text": folder[source], "rendered": rendered, "executable": entry.get("executable", False)}


def _validated(fields: dict[str, Any]) -> Template:
    try:
        return Template.model_validate(fields)
    except ValidationError as fault:
        findings = [
            error(f"{DESCRIPTION}: {'.'.join(map(str, item['loc']))}", item["msg"].removeprefix("Value error, "))
            for item in fault.errors()
        ]
        said = "; ".join(f"{finding.where}: {finding.what}" for finding in findings[:3])
        raise BadInput(said, hint="See the how-to on writing templates.", findings=findings) from None
