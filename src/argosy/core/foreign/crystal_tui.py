"""Templates of CRYSTAL-TUI: a YAML file with parameters and one Jinja2 text, or one for each of several files. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from argosy.core.conditions import Test
from argosy.core.errors import BadInput
from argosy.core.findings import Finding, warning
from argosy.core.foreign.common import Foreign, free_name, line_of, parameter_from, slug, text_of, version_of
from argosy.core.parameters import Parameter
from argosy.core.template import TemplateFile

_TYPES = {
    "string": "text",
    "str": "text",
    "text": "text",
    "integer": "integer",
    "int": "integer",
    "float": "float",
    "number": "float",
    "boolean": "boolean",
    "bool": "boolean",
    "select": "choice",
    "multiselect": "multi-choice",
    "file": "file",
}
_INPUTS = {"crystal": "INPUT", "qe": "pw.in", "quantum_espresso": "pw.in", "vasp": "INCAR", "yambo": "yambo.in"}
_AGAIN = "Correct the file, and import it again."


def is_crystal_tui(data: bytes) -> bool:
    """Whether this seems to be a template of CRYSTAL-TUI."""
    lines = data.splitlines()
    return any(line.startswith((b"input_template:", b"parameters:", b"workflow:")) for line in lines)


def read_crystal_tui(data: bytes) -> Foreign:
    """The template; raises BadInput for what is none, and for one that describes several jobs."""
    said = _document(text_of(data))
    if "workflow" in said:
        what = "this template is a workflow of several jobs, and a template here is one job"
        raise BadInput(what, hint="Import the template of each of its steps.")
    described = _described(said)
    taken = dict.fromkeys(described)
    odd = [key for key in described if free_name(key, {}) != key]
    if odd:
        hint = f"Call it {free_name(odd[0], taken)} in the file, also where it is used."
        raise BadInput(f"parameter {odd[0][:80]!r} cannot be called so here", hint=hint)
    parameters, notes = _parameters(described)
    code = str(said.get("dft_code") or "crystal").lower()
    title = line_of(said.get("name"))
    return Foreign(
        name=f"{slug(code, 'crystal')}/{slug(title, 'imported')}",
        version=version_of(said.get("version", "1.0.0")),
        engine=slug(code, "crystal"),
        title=title,
        summary=line_of(said.get("description"), 500),
        purpose=_purpose(said.get("tags")),
        parameters=tuple(parameters),
        files=tuple(_files(said, _INPUTS.get(code, "input.txt"))),
        findings=tuple(notes),
    )


def _document(text: str) -> dict[str, Any]:
    import yaml

    class Plain(yaml.SafeLoader):
        """YAML without references: a few lines of them can stand for any amount of data."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            """One node; an alias is refused."""
            event: Any = cast("Any", self).peek_event()
            if isinstance(event, yaml.AliasEvent):
                raise BadInput(f"line {event.start_mark.line + 1} refers to another place with '*'", hint=_AGAIN)
            return super().compose_node(parent, index)

    try:
        said: Any = yaml.load(text, Plain)  # noqa: S506  a safe loader that takes even less
    except yaml.MarkedYAMLError as fault:
        line = f"line {fault.problem_mark.line + 1}: " if fault.problem_mark else ""
        hint = "Blocks such as {% for %} may stand in texts only, which begin with '|'."
        raise BadInput(f"{line}this is not valid YAML: {fault.problem or fault.context}", hint=hint) from None
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as fault:
        raise BadInput(f"this is not valid YAML: {str(fault)[:300]}", hint=_AGAIN) from None
    if not isinstance(said, dict):
        raise BadInput("this is no template of CRYSTAL-TUI: it is not a table", hint=_AGAIN)
    return {str(key): value for key, value in cast("dict[Any, Any]", said).items()}


def _described(said: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    given: Any = said.get("parameters") or {}
    if not isinstance(given, dict):
        raise BadInput("parameters must be a table", hint=_AGAIN)
    table = {str(key): value for key, value in cast("dict[Any, Any]", given).items()}
    for key, value in table.items():
        if not isinstance(value, dict):
            raise BadInput(f"parameter {key[:80]!r} must be a table", hint="Such as: {type: integer, default: 8}")
    return table


def _parameters(described: Mapping[str, Mapping[str, Any]]) -> tuple[list[Parameter], list[Finding]]:
    read: dict[str, Parameter] = {}
    notes: list[Finding] = []
    for key, fields in described.items():
        read[key], more = _parameter(key, fields)
        notes += more
    for key, fields in described.items():
        condition = _condition(fields.get("depends_on"), read)
        if condition is not None:
            read[key] = read[key].model_copy(update={"visible_when": condition})
        elif fields.get("depends_on"):
            notes.append(warning(key, f"what {key} depends on was not understood", why="It is always asked for."))
    return list(read.values()), notes


def _parameter(key: str, fields: Mapping[str, Any]) -> tuple[Parameter, list[Finding]]:
    kind = _TYPES.get(str(fields.get("type", "string")).lower())
    if kind is None:
        hint = f"Types are: {', '.join(_TYPES)}."
        raise BadInput(f"parameter {key[:80]!r} has the unknown type {fields.get('type')!r}"[:300], hint=hint)
    notes: list[Finding] = []
    choices = _choices(fields.get("options")) if kind in {"choice", "multi-choice"} else None
    if kind in {"choice", "multi-choice"} and not choices:
        kind, choices = "text", None
        notes.append(warning(key, f"{key} lists no options", why="It is a text here."))
    default = _default(kind, fields.get("default"))
    if fields.get("readonly") is True:
        notes.append(warning(key, f"{key} was read-only", why="It can be changed here."))
    common = {
        "name": key,
        "type": kind,
        "help": line_of(fields.get("description"), 500),
        "required": fields.get("required") is True,
        "choices": choices,
        "multiline": True if fields.get("type") == "text" else None,
        **_bounds(kind, fields),
    }
    try:
        parameter = parameter_from({**common, "default": default})
        if default is not None:
            parameter.read(default)
    except BadInput:
        parameter = parameter_from(common)
        notes.append(warning(key, f"the default {default!r} of {key} will not do"[:300], why="It has none here."))
    return parameter, notes


def _bounds(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"minimum": fields.get("min"), "maximum": fields.get("max")} if kind in {"integer", "float"} else {}


def _default(kind: str, given: Any) -> Any:
    if kind in {"text", "choice"} and isinstance(given, int | float):
        return str(given)
    if kind == "multi-choice" and isinstance(given, list):
        return tuple(str(one) for one in cast("list[Any]", given))
    return None if kind == "file" else given


def _choices(given: Any) -> tuple[str, ...]:
    """The values of the options; labels beside them are for people."""
    listed = cast("Sequence[Any]", given) if isinstance(given, list) else ()
    plain = [cast("dict[str, Any]", one).get("value") if isinstance(one, dict) else one for one in listed]
    return tuple(dict.fromkeys(str(one) for one in plain if one is not None and str(one)))


def _condition(given: Any, read: Mapping[str, Parameter]) -> Test | None:
    """``{other: value}``, or the name of a yes or no."""
    if isinstance(given, str) and given in read and read[given].type == "boolean":
        return Test(parameter=given, equals=True)
    table = cast("dict[Any, Any]", given) if isinstance(given, dict) else {}
    if len(table) != 1:
        return None
    ((name, value),) = table.items()
    try:
        fits = name in read and read[name].read(value) == value
    except BadInput:
        fits = False
    return Test(parameter=name, equals=value) if fits and isinstance(value, bool | int | float | str) else None


def _files(said: Mapping[str, Any], usual: str) -> Iterator[TemplateFile]:
    listed: Any = said.get("files")
    if isinstance(listed, dict):
        named = {str(name): str(key) for name, key in cast("dict[Any, Any]", listed).items()}
    else:
        named = {usual: "input_template"}
    for name, key in named.items():
        text = said.get(key)
        if not isinstance(text, str):
            raise BadInput(f"the text {key[:80]!r} of the file {name[:80]!r} is missing", hint=_AGAIN)
        try:
            yield TemplateFile(name=name, text=text)
        except ValueError:
            raise BadInput(f"{name[:80]!r} is no name for a file of a job", hint=_AGAIN) from None


def _purpose(tags: Any) -> str:
    listed = [line_of(one, 60) for one in cast("list[Any]", tags)] if isinstance(tags, list) else []
    plain = [one for one in listed if one not in {"basic", "advanced"}]
    return (plain or listed or ["imported"])[0]
