"""Templates and values in, finished texts out. Jinja2 in its sandbox, with strict undefined names."""

import json
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from argosy.core.errors import BadInput
from argosy.core.spec import RenderedFile
from argosy.core.template import Template
from argosy.core.values import Value

MAX_RENDERED_CHARS = 16 * 1024 * 1024
_MAX_RANGE = 100_000


class Rendered(Value):
    """Everything that a template says once its values are known."""

    argv: tuple[str, ...]
    environment: dict[str, str]
    files: tuple[RenderedFile, ...]


def render(template: Template, values: Mapping[str, Any]) -> Rendered:
    """The finished command, environment and files; raises BadInput naming the file and line that will not render."""
    render_text = _renderer(values)
    argv = (render_text(word, f"argv[{index}]") for index, word in enumerate(template.argv))
    environment = {name: render_text(text, f"environment {name}") for name, text in template.environment.items()}
    files = tuple(
        RenderedFile(
            name=file.name,
            text=render_text(file.text, file.name) if file.rendered else file.text,
            executable=file.executable,
        )
        for file in template.files
    )
    return Rendered(argv=tuple(word for word in argv if word), environment=environment, files=files)


def _renderer(values: Mapping[str, Any]) -> "Any":
    sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    sandbox.globals = {
        "range": _range,
        "zip": zip,
        "enumerate": enumerate,
        "min": min,
        "max": max,
        "round": round,
        "values": dict(values),
    }
    sandbox.filters["tojson"] = _to_json

    def render_text(text: str, where: str) -> str:
        try:
            rendered = sandbox.from_string(text).render(dict(values))
        except (
            TemplateError,
            ArithmeticError,
            LookupError,
            TypeError,
            ValueError,
            AttributeError,
            MemoryError,
            RecursionError,
        ) as fault:
            raise _explained(fault, where) from None
        if len(rendered) > MAX_RENDERED_CHARS:
            raise BadInput(
                f"{where} renders to more than 16 MiB of text", hint="Send large content as an input file instead."
            )
        return rendered

    return render_text


def _explained(fault: BaseException, where: str) -> BadInput:
    if isinstance(fault, TemplateSyntaxError):
        return BadInput(f"{where}, line {fault.lineno}: {fault.message}", hint="This is not valid Jinja2.")
    if isinstance(fault, UndefinedError):
        return BadInput(f"{where}: {fault.message}", hint="Every name in a template must be one of its parameters.")
    if isinstance(fault, SecurityError):
        return BadInput(f"{where}: {fault}", hint="Templates run in a sandbox: they may format values, nothing else.")
    return BadInput(
        f"{where}: {fault or type(fault).__name__}", hint="The template cannot be rendered with these values."
    )


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > _MAX_RANGE:
        raise ValueError(f"range() of more than {_MAX_RANGE} numbers in a template")
    return numbers


def _to_json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
