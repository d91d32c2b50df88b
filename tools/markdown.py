"""Markdown from values: headings, tables, and JSON Schema in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

GENERATED = "<!-- Generated from the code by tools/reference.py. Change the code, then run `make reference`. -->"
NOTHING = "\N{EN DASH}"
"""What stands in a table where there is nothing."""


def page(title: str, *parts: str) -> str:
    """A whole generated page: a note that it was generated, its title, and its parts with a blank line between."""
    note = "*This page is generated from the code.*"
    return "\n\n".join((GENERATED, f"# {title}", note, *(part.strip("\n") for part in parts if part.strip()))) + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty text when there are no rows."""
    lines = [_row(row) for row in rows]
    return "\n".join((_row(columns), _row(["---"] * len(columns)), *lines)) if lines else ""


def code(text: object) -> str:
    """Words as code on one line, whatever is in them."""
    said = str(text)
    fence = "``" if "`" in said else "`"
    return f"{fence} {said} {fence}" if "`" in said else f"{fence}{said}{fence}"


def block(text: str, language: str = "") -> str:
    """Lines as a block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def prose(docstring: str | None) -> str:
    """A docstring as Markdown: double backquotes become single ones, and its indentation goes."""
    lines = (docstring or "").strip().splitlines()
    return "\n".join(line.strip() for line in lines).replace("``", "`")


def sentence(docstring: str | None) -> str:
    """A docstring on one line."""
    return " ".join(prose(docstring).split())


def fields(schema: Mapping[str, Any]) -> str:
    """The fields of a JSON Schema object: name, type with its bounds, default."""
    required = schema.get("required", ())
    return table(
        ("field", "type", "default"),
        (
            (code(name), kind(field), "required" if name in required else default(field))
            for name, field in schema.get("properties", {}).items()
        ),
    )


def default(field: Mapping[str, Any]) -> str:
    """The default of a field; a dash where it is nothing."""
    value = field.get("default", field.get("const"))
    return NOTHING if value is None or value in ("", [], {}) else code(_plain(value))


def kind(field: Mapping[str, Any]) -> str:
    """The type of a JSON Schema in words, with its bounds."""
    if "$ref" in field:
        return model(str(field["$ref"]))
    for union in ("anyOf", "oneOf"):
        if union in field:
            kinds = [kind(one) for one in field[union] if one.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds)) + (" or null" if _nullable(field[union]) else "")
    if "const" in field:
        return code(field["const"])
    if "enum" in field:
        return "one of " + ", ".join(code(one) for one in field["enum"])
    return _simple(field)


def number(value: float) -> str:
    """A number with commas between its thousands, and without a fraction that says nothing."""
    return f"{int(value) if float(value).is_integer() else value:,}"


def model(reference: str) -> str:
    """A model's name as a link to its entry on the page of the models."""
    name = reference.rsplit("/", 1)[-1]
    return f"[{name}](models.md#{name.lower()})"


def _simple(field: Mapping[str, Any]) -> str:
    name = field.get("type", "anything")
    if name == "array":
        items = field.get("items") or (field.get("prefixItems") or [{}])[0]
        return f"list of {kind(items)}"
    if name == "object":
        values = field.get("additionalProperties")
        return f"map of name to {kind(values)}" if isinstance(values, dict) and values else "object"
    words = {"string": _text(field), "integer": "whole number", "number": "number", "boolean": "true or false"}
    return words.get(name, name) + _bounds(field)


def _text(field: Mapping[str, Any]) -> str:
    return {"date-time": "time (RFC 3339)", "binary": "bytes"}.get(field.get("format", ""), "text")


def _bounds(field: Mapping[str, Any]) -> str:
    words = (
        ("minimum", "at least {}"),
        ("exclusiveMinimum", "more than {}"),
        ("maximum", "at most {}"),
        ("maxLength", "at most {} characters"),
    )
    said = ["not empty"] if field.get("minLength") == 1 else []
    said += [word.format(number(field[key])) for key, word in words if key in field and not _endless(field[key])]
    return f", {', '.join(said)}" if said else ""


def _endless(bound: float) -> bool:
    return abs(bound) >= 1 << 60


def _nullable(options: Iterable[Mapping[str, Any]]) -> bool:
    return any(one.get("type") == "null" for one in options)


def _plain(value: object) -> object:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
