"""A template as the files of a folder: what ``read_template`` reads back as the same template. Pure."""

from collections.abc import Mapping
from typing import Any

from argosy.core.parameters import Parameter
from argosy.core.quantities import spell_memory
from argosy.core.resources import RESOURCE_WORDS, Resources
from argosy.core.template import Template, TemplateFile
from argosy.core.template_folder import DESCRIPTION
from argosy.core.toml import toml

_RENDERED = ".j2"
_LITERAL = ".text"
_FIRST = ("name", "version", "engine", "title", "summary", "purpose", "targets", "warning_signal")
_ALWAYS = ("version", "engine")


def folder_of(template: Template) -> dict[str, str]:
    """Names and texts of the template's files, its description among them."""
    sources: dict[str, TemplateFile] = {}
    for file in template.files:
        sources[_source(file, sources)] = file
    files = [_file(source, file) for source, file in sources.items()]
    return {DESCRIPTION: toml(_described(template, files)), **{name: file.text for name, file in sources.items()}}


def _described(template: Template, files: list[dict[str, Any]]) -> Mapping[str, Any]:
    said = template.model_dump(mode="json", exclude_defaults=True)
    head = {key: getattr(template, key) for key in _FIRST if key in said or key in _ALWAYS}
    command = {"argv": list(template.argv)}
    return {
        **head,
        **({"grace": template.grace_s} if "grace_s" in said else {}),
        "command": command | ({"environment": template.environment} if template.environment else {}),
        **({"resources": _resources(template.resources)} if "resources" in said else {}),
        **({"files": files} if files else {}),
        **({"outputs": {"wanted": list(template.outputs)}} if template.outputs else {}),
        **({"parameters": [_parameter(one) for one in template.parameters]} if template.parameters else {}),
    }


def _resources(resources: Resources) -> dict[str, Any]:
    said = resources.model_dump(exclude_defaults=True)
    words = {word: said[field] for word, field in RESOURCE_WORDS.items() if field in said}
    if resources.memory_mib is not None:
        words["memory"] = spell_memory(resources.memory_mib)
    if resources.walltime_s is not None:
        words["walltime"] = _time(resources.walltime_s)
    return words


def _time(seconds: int) -> str:
    """In the largest unit that says it exactly."""
    for unit, length in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "type": parameter.type,
        **parameter.model_dump(mode="json", exclude_defaults=True, exclude={"name", "type"}),
    }


def _file(source: str, file: TemplateFile) -> dict[str, Any]:
    named = {} if source.removesuffix(_RENDERED) == file.name else {"name": file.name}
    return {"source": source, **named, **({"executable": True} if file.executable else {})}


def _source(file: TemplateFile, taken: Mapping[str, TemplateFile]) -> str:
    """Where the text lies in the folder: its ending says whether it is rendered, and no two are in one place."""
    ending = _RENDERED if file.rendered else _LITERAL if file.name.endswith(_RENDERED) else ""
    source = file.name + ending
    while source == DESCRIPTION or _clashes(source, taken):
        source = f"files/{source}"
    return source


def _clashes(source: str, taken: Mapping[str, TemplateFile]) -> bool:
    return any(
        source == other or source.startswith(f"{other}/") or other.startswith(f"{source}/")
        for other in (DESCRIPTION, *taken)
    )
