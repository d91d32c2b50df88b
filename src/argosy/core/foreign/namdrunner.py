"""Templates of NAMDRunner: a JSON file with the text of a configuration and a description of each of its variables.

There ``{{key}}`` stands for a value and nothing else; whole numbers are written without a point, booleans as yes and
no. Files keep their names. Everything is needed. Pure.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from argosy.core.errors import BadInput
from argosy.core.findings import Finding, warning
from argosy.core.foreign.common import Foreign, free_name, line_of, parameter_from, slug, text_of
from argosy.core.parameters import Parameter
from argosy.core.template import TemplateFile, literal

_MARKER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]{0,79})\s*\}\}")
_COUNTED = re.compile(r"(^|_)(steps?|freq|frequency|seed|cycles?)(_|$)")
_TRIAL = re.compile(r"_v(\d{1,4})$")
_KINDS = ("Number", "Text", "Boolean", "FileUpload")
_COMMANDS = ("minimize", "run")
CONFIG = "config.namd"


def read_namdrunner(data: bytes) -> Foreign:
    """The template; raises BadInput for what is none of NAMDRunner's."""
    said = _object(data)
    text, variables = said["namd_config_template"], _variables(said)
    names = _names(variables)
    parameters, notes = _parameters(variables, names)
    unknown = [key for key in dict.fromkeys(_MARKER.findall(text)) if key not in names]
    for key in unknown:
        names[key] = free_name(key, dict.fromkeys(names.values()))
        parameters.append(parameter_from({"name": names[key], "type": "text", "group": "Values"}))
        notes.append(
            _note(names[key], f"the text has {{{{{key}}}}}, which is not among the variables", "It is a text.")
        )
    notes += [
        _note(name, f"{key} is called {name} here", "Names are small letters, digits and underscores.")
        for key, name in names.items()
        if key != name
    ]
    types = {one.name: one.type for one in parameters}
    rendered = "".join(_converted(text, names, types))
    version = _TRIAL.search(str(said.get("id", "")))
    title = line_of(said.get("name")) or line_of(said.get("id"))
    return Foreign(
        name=f"namd/{slug(_TRIAL.sub('', str(said.get('id') or title)), 'imported')}",
        version=f"{version[1]}.0.0" if version else "1.0.0",
        engine="namd",
        title=title,
        summary=line_of(said.get("description"), 500),
        purpose="imported",
        parameters=tuple(parameters),
        files=(TemplateFile(name=CONFIG, text=rendered),),
        findings=tuple(notes),
    )


def is_namdrunner(data: bytes) -> bool:
    """Whether this seems to be a template of NAMDRunner."""
    return data.lstrip()[:1] == b"{" and b'"namd_config_template"' in data


def _object(data: bytes) -> dict[str, Any]:
    try:
        said: Any = json.loads(text_of(data))
    except (json.JSONDecodeError, RecursionError) as fault:
        raise BadInput(f"this is not valid JSON: {fault}", hint="Export the template from NAMDRunner again.") from None
    table = cast("dict[str, Any]", said) if isinstance(said, dict) else {}
    if not isinstance(table.get("namd_config_template"), str):
        raise BadInput("this is no template of NAMDRunner: it has no namd_config_template")
    return table


def _variables(said: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    found: Any = said.get("variables", {})
    if not isinstance(found, dict):
        raise BadInput("variables must be an object", hint="Export the template from NAMDRunner again.")
    table = cast("dict[str, Any]", found)
    bad = next((key for key, one in table.items() if not isinstance(one, dict)), None)
    if bad is not None:
        raise BadInput(f"variable {bad[:80]!r} is not described by an object")
    return table


def _names(variables: Mapping[str, Any]) -> dict[str, str]:
    names: dict[str, str] = {}
    for key in variables:
        names[key] = free_name(key, dict.fromkeys(names.values()))
    return names


def _parameters(
    variables: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]
) -> tuple[list[Parameter], list[Finding]]:
    parameters: list[Parameter] = []
    notes: list[Finding] = []
    for key, described in variables.items():
        fields, more = _fields(key, names[key], described)
        parameters.append(parameter_from(fields))
        notes += more
    return parameters, notes


def _fields(key: str, name: str, described: Mapping[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    kind, settings = _kind(key, described.get("var_type"))
    label, help_ = line_of(described.get("label")), line_of(described.get("help_text"), 500)
    common: dict[str, Any] = {"name": name, "label": label, "help": help_}
    if kind == "FileUpload":
        listed: Any = settings.get("extensions")
        suffixes = [one for one in cast("list[Any]", listed or []) if isinstance(one, str)]
        return {**common, "type": "file", "suffixes": suffixes, "group": "Files"}, []
    if kind == "Boolean":
        return {**common, "type": "boolean", "default": settings.get("default")}, []
    if kind == "Text":
        if key == "execution_command":
            default = settings.get("default") if settings.get("default") in _COMMANDS else None
            note = _note(name, "execution_command is a choice here", "It is minimize or run; other text means nothing.")
            return {**common, "type": "choice", "choices": _COMMANDS, "default": default}, [note]
        return {**common, "type": "text", "default": settings.get("default")}, []
    return _number({**common, "group": "Values"}, key, settings)


def _number(common: dict[str, Any], key: str, settings: Mapping[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    bounds = {"minimum": settings.get("min"), "maximum": settings.get("max"), "default": settings.get("default")}
    given = [one for one in bounds.values() if one is not None]
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in given)
    whole = numbers and all(float(one).is_integer() for one in given) and _COUNTED.search(key) is not None
    if not whole:
        return {**common, "type": "float", **bounds}, []
    exact = {word: None if one is None else int(one) for word, one in bounds.items()}
    note = _note(common["name"], f"{key} is a whole number here", "NAMD takes nothing else for it.")
    return {**common, "type": "integer", **exact}, [note]


def _kind(key: str, given: object) -> tuple[str, Mapping[str, Any]]:
    """``{"Number": {...}}``, or the bare word for one without settings."""
    if isinstance(given, str) and given in _KINDS:
        return given, {}
    if isinstance(given, dict):
        table = cast("dict[str, Any]", given)
        if len(table) == 1 and next(iter(table)) in _KINDS:
            ((kind, settings),) = table.items()
            return kind, cast("Mapping[str, Any]", settings) if isinstance(settings, dict) else {}
    raise BadInput(f"variable {key[:80]!r} has a type that is not known here", hint=f"Types are: {', '.join(_KINDS)}.")


def _converted(text: str, names: Mapping[str, str], types: Mapping[str, str]) -> Iterator[str]:
    at = 0
    for marker in _MARKER.finditer(text):
        before = text[at : marker.start()]
        plain = before.removesuffix("{")
        yield literal(plain) + ('{{ "{" }}' if plain != before else "")  # three braces in a row would be read otherwise
        name = names[marker[1]]
        yield _written(name, types[name])
        at = marker.end()
    yield literal(text[at:])


def _written(name: str, kind: str) -> str:
    if kind == "float":
        return f"{{{{ {name} | int if {name}.is_integer() else {name} }}}}"
    if kind == "boolean":
        return f'{{{{ "yes" if {name} else "no" }}}}'
    return f"{{{{ {name} }}}}"


def _note(where: str, what: str, why: str) -> Finding:
    return warning(where, what, why=why)
