"""A template as a folder: ``template.toml`` and text files beside it.

Reading one is pure: names and texts in, a Template out.
"""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic import ValidationError

from argosy.core.errors import BadInput
from argosy.core.findings import error, in_short
from argosy.core.plain_words import plain_words
from argosy.core.resources import read_resources
from argosy.core.template import Template
from argosy.core.template_comments import self_described

DESCRIPTION = "template.toml"

_PLAIN = ("name", "version", "engine", "title", "summary", "purpose", "targets", "warning_signal")
_TOP = (*_PLAIN, "grace", "command", "resources", "files", "outputs", "parameters")
_SECTIONS = {"command": ("argv", "environment"), "outputs": ("wanted",), "resources": None}
_FILE_KEYS = ("source", "name", "executable")


def read_template(folder: Mapping[str, str]) -> Template:
    """The template of a folder; raises BadInput naming the file and the entry that will not do.

    A file whose source ends in ``.j2`` is rendered, and without a name of its own loses that ending; any other file is
    taken as it is. A single file that describes itself in its comments is a folder, too.
    """
    if DESCRIPTION not in folder:
        folder = self_described(folder) or folder
    if DESCRIPTION not in folder:
        hint = "Make a new template with 'argosy template new FOLDER'."
        raise BadInput(f"the folder has no {DESCRIPTION}", hint=hint)
    try:
        described = tomllib.loads(folder[DESCRIPTION])
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise BadInput(f"{DESCRIPTION}: {fault}", hint="This is not valid TOML.") from None
    _refuse_unknown(described, _TOP, DESCRIPTION)
    fields: dict[str, Any] = {key: described[key] for key in _PLAIN if key in described}
    fields |= _section(described, "command")
    if "grace" in described:
        fields["grace_s"] = described["grace"]
    fields["resources"] = read_resources(_section(described, "resources"))
    fields["outputs"] = _section(described, "outputs").get("wanted", ())
    fields["parameters"] = _tables(described, "parameters")
    fields["files"] = [_file(entry, folder) for entry in _tables(described, "files")]
    return _validated(fields)


def files_of(description: str) -> tuple[str, ...]:
    """The files in its folder that a description speaks of, itself first; those of a broken one are not known."""
    try:
        described = tomllib.loads(description)
        return (DESCRIPTION, *(str(entry.get("source", "")) for entry in _tables(described, "files")))
    except (tomllib.TOMLDecodeError, RecursionError, BadInput):
        return (DESCRIPTION,)


def _section(described: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = described.get(name, {})
    if not isinstance(section, dict):
        raise BadInput(f"{DESCRIPTION}: {name} must be a table", hint=f"Write it as [{name}].")
    known, entries = _SECTIONS[name], cast("Mapping[str, Any]", section)
    if known is not None:
        _refuse_unknown(entries, known, f"{DESCRIPTION}, [{name}]")
    return entries


def _tables(described: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    tables = described.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in cast("list[Any]", tables)):
        raise BadInput(f"{DESCRIPTION}: {name} must be a list of tables", hint=f"Write each of them as [[{name}]].")
    return cast("list[Mapping[str, Any]]", tables)


def _refuse_unknown(given: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    unknown = [key for key in given if key not in known]
    if unknown:
        hint = f"The keys are: {', '.join(known)}."
        raise BadInput(f"{where}: unknown key {', '.join(map(repr, unknown))}", hint=hint)


def _file(entry: Mapping[str, Any], folder: Mapping[str, str]) -> dict[str, Any]:
    _refuse_unknown(entry, _FILE_KEYS, f"{DESCRIPTION}, [[files]]")
    if "source" not in entry:
        raise BadInput(f"{DESCRIPTION}: each of [[files]] needs a source", hint='Write: source = "input.conf.j2".')
    source = str(entry["source"])
    if source not in folder:
        message = f"{DESCRIPTION} names the file {source!r}, which is not in the folder"
        raise BadInput(message, hint="Check the spelling of source.")
    return {
        "name": entry.get("name", source.removesuffix(".j2")),
        "text": folder[source],
        "rendered": source.endswith(".j2"),
        "executable": entry.get("executable", False),
    }


def _validated(fields: dict[str, Any]) -> Template:
    try:
        return Template.model_validate(fields)
    except ValidationError as fault:
        findings = [
            error(f"{DESCRIPTION}: {_where(item['loc'], fields)}", plain_words(item)) for item in fault.errors()
        ]
        raise BadInput(in_short(findings), hint="See the how-to on writing templates.", findings=findings) from None


def _where(location: Sequence[int | str], fields: Mapping[str, Any]) -> str:
    """The place of an error, with parameters and files by their names rather than their numbers."""
    parts = list(location)
    if len(parts) > 1 and parts[0] in {"parameters", "files"} and isinstance(parts[1], int):
        parts[1] = fields[str(parts[0])][parts[1]].get("name", parts[1])
    return ".".join(map(str, parts)) or "the whole"
