"""Pages of the reference that are read off the door's own description: its operations and its models."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from argosy.api.app import create_app
from argosy.api.door import Door
from tools.markdown import code, fields, kind, page, prose, sentence, table

_ALWAYS = ("401", "413", "422", "500", "503")
"""Refusals that every operation may answer with."""

_WORDS = {
    "jobs": "Jobs",
    "files": "Files of a job",
    "content": "Contents of input files",
    "events": "Events",
    "targets": "Targets",
    "connections": "Connections of targets",
    "templates": "Templates",
    "presets": "Presets",
    "engines": "Engines",
    "settings": "Settings",
    "backups": "Backups",
    "server": "The server",
}


def operations() -> str:
    """The page of all operations. Raises ValueError for a group that has no title yet."""
    tags = {tag for methods in _description()["paths"].values() for one in methods.values() for tag in one["tags"]}
    if untold := tags - _WORDS.keys():
        raise ValueError(f"give these groups of operations a title: {', '.join(sorted(untold))}")
    return page(
        "REST interface",
        "The server listens on this machine's loopback only. Its address and its token stand in the "
        "[server file](settings.md#places). Every request carries `Authorization: Bearer TOKEN`, and every body is "
        "JSON unless it says otherwise. The description for machines is at `/v1/openapi.json`.",
        f"Every operation may answer {', '.join(_ALWAYS)} with the body [Refusal](models.md#refusal); "
        "[Errors](errors.md) lists the codes.",
        *(part for tag, title in _WORDS.items() for part in _group(tag, title)),
    )


def models() -> str:
    """The page of all models that cross the door."""
    schemas = _description()["components"]["schemas"]
    return page(
        "Models",
        "The values that cross the door, each a JSON object. They never change after they were made.",
        *(part for name in sorted(schemas) for part in _model(name, schemas[name])),
    )


@cache
def _description() -> Mapping[str, Any]:
    return create_app(None, _door()).openapi()  # type: ignore[arg-type]  # nothing is asked of the services


def _door() -> Door:
    async def nothing() -> Any:
        """Nobody asks."""

    return Door(
        token="described",  # noqa: S106  it opens nothing
        port=1,
        version="0",
        started=datetime(2000, 1, 1, tzinfo=UTC),
        owner="",
        backups=Path(),
        stop=lambda: None,
        doctor=nothing,
        numbers=nothing,
        stopping=asyncio.Event(),
    )


def _group(tag: str, title: str) -> Iterable[str]:
    yield f"## {title}"
    for path, methods in _description()["paths"].items():
        for method, operation in methods.items():
            if tag in operation.get("tags", ()):
                yield from _operation(f"{method.upper()} {path}", operation)


def _operation(address: str, operation: Mapping[str, Any]) -> Iterable[str]:
    yield f"### {code(address)}"
    yield prose(operation.get("description"))
    yield _parameters(operation.get("parameters", ()))
    yield "\n".join(f"- {line}" for line in _traffic(operation))


def _parameters(found: Iterable[Mapping[str, Any]]) -> str:
    """A table; without the column of meanings where none of them needs one."""
    rows = [_parameter(one) for one in found]
    if any(row[-1] for row in rows):
        return table(("parameter", "in", "type", "means"), rows)
    return table(("parameter", "in", "type"), [row[:-1] for row in rows])


def _parameter(parameter: Mapping[str, Any]) -> tuple[str, ...]:
    schema = parameter.get("schema", {})
    means = parameter.get("description") or schema.get("description") or ""
    given = schema.get("default")
    default = f" Default: {code(given)}." if given not in (None, "", []) else ""
    return code(parameter["name"]), parameter["in"], kind(schema), f"{means}{default}"


def _traffic(operation: Mapping[str, Any]) -> Iterable[str]:
    if "requestBody" in operation:
        yield f"body: {_content(operation['requestBody'])}"
    for status, response in operation["responses"].items():
        if int(status) < 400:
            yield f"{status}: {_content(response)}"
    refusals = [status for status in operation["responses"] if int(status) >= 400 and status not in _ALWAYS]
    if refusals:
        yield f"refusals: {', '.join(refusals)}"


def _content(message: Mapping[str, Any]) -> str:
    found = [_of_type(media, one) for media, one in message.get("content", {}).items()]
    return " or ".join(found) or "nothing"


def _of_type(media: str, content: Mapping[str, Any]) -> str:
    words = kind(content.get("schema", {}))
    return words if media == "application/json" else f"{code(media)}"


def _model(name: str, schema: Mapping[str, Any]) -> Iterable[str]:
    yield f"## {name}"
    yield sentence(schema.get("description"))
    if schema.get("properties"):
        yield fields(schema)
    elif "enum" in schema:
        yield f"One of {', '.join(map(code, schema['enum']))}."
