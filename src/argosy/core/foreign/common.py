"""What is read of a template of another program, and what was made of it. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from argosy.core.errors import BadInput
from argosy.core.findings import Finding
from argosy.core.parameters import PARAMETER, Parameter
from argosy.core.plain_words import plain_words
from argosy.core.template import TemplateFile
from argosy.core.values import Value

_ODD = re.compile(r"[^a-z0-9]+")
_VERSION = re.compile(r"\d+(\.\d+){0,2}")
MAX_BYTES = 4 * 1024 * 1024


class Foreign(Value):
    """A template of another program: its own parameters and files, and what could not be taken over as it was.

    How the program is started is not said there; the one who takes it in knows.
    """

    name: str
    version: str = "1.0.0"
    engine: str
    title: str = ""
    summary: str = ""
    purpose: str = ""
    parameters: tuple[Parameter, ...]
    files: tuple[TemplateFile, ...]
    findings: tuple[Finding, ...] = ()


def text_of(data: bytes) -> str:
    """The bytes as text; raises BadInput."""
    if len(data) > MAX_BYTES:
        raise BadInput("the file is larger than 4 MiB, which no template is")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise BadInput(f"line {line} is not UTF-8 text", hint="Save the file as UTF-8.") from None


def slug(words: str, default: str) -> str:
    """The words as part of a template's name: small letters, digits and hyphens."""
    return _ODD.sub("-", words.lower()).strip("-")[:40].strip("-") or default


def version_of(given: object) -> str:
    """The version as we write it; the first one for what is none."""
    text = str(given)
    return text if len(text) < 40 and _VERSION.fullmatch(text) else "1.0.0"


def line_of(given: object, most: int = 200) -> str:
    """Text on one line, cut."""
    return " ".join(str(given).split())[:most] if isinstance(given, str | int | float) else ""


def parameter_from(fields: Mapping[str, Any]) -> Parameter:
    """The parameter; raises BadInput naming it."""
    try:
        return PARAMETER.validate_python({key: value for key, value in fields.items() if value is not None})
    except ValidationError as fault:
        words = plain_words(fault.errors()[0])
        hint = "Change it in the file, and import that again."
        raise BadInput(f"parameter {fields.get('name')!s:.80} cannot be taken over: {words}", hint=hint) from None


def free_name(key: str, taken: Mapping[str, Any]) -> str:
    """A name that a parameter of ours may have, as near to the key as it can be."""
    name = re.sub(r"[^a-z0-9_]", "_", key.lower())[:50] or "value"
    name = name if name[0].isalpha() else f"p_{name}"
    while name in taken or not _is_free(name):
        name = f"{name}_"
    return name


def _is_free(name: str) -> bool:
    try:
        PARAMETER.validate_python({"name": name, "type": "boolean"})
    except ValueError:
        return False
    return True
