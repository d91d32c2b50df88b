"""Templates and values in, finished texts out."""

from collections.abc import Mapping
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError, UndefinedError

from argosy.core import sandbox
from argosy.core.errors import BadInput
from argosy.core.spec import RenderedFile
from argosy.core.template import Template
from argosy.core.values import Value

# A text that a person wrote can make Jinja2 and the compiler of Python raise any of these.
_FAULTS = (
    TemplateError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


class Rendered(Value):
    """Everything that a template says once its values are known."""

    argv: tuple[str, ...]
    environment: dict[str, str]
    files: tuple[RenderedFile, ...]


def render(template: Template, values: Mapping[str, Any]) -> Rendered:
    """The finished command, environment and files; raises BadInput naming the file and line that will not render.

    A word of the command that renders to nothing is left out, so that ``{{ '--verbose' if loud }}`` does what it says.
    """
    budget = sandbox.Budget()

    def finished(text: str, where: str) -> str:
        try:
            return sandbox.render(text, values, budget)
        except _FAULTS as fault:
            raise _explained(fault, where) from None

    argv = (finished(word, f"argv[{index}]") for index, word in enumerate(template.argv))
    environment = {name: finished(text, f"environment {name}") for name, text in template.environment.items()}
    files = tuple(
        RenderedFile(
            name=file.name,
            text=finished(file.text, file.name) if file.rendered else file.text,
            executable=file.executable,
        )
        for file in template.files
    )
    return Rendered(argv=tuple(word for word in argv if word), environment=environment, files=files)


def _explained(fault: Exception, where: str) -> BadInput:
    said = str(fault)[:500] or type(fault).__name__
    if isinstance(fault, TemplateSyntaxError):
        return BadInput(f"{where}, line {fault.lineno}: {fault.message}", hint="This is not valid Jinja2.")
    where = f"{where}, line {_line(fault)}" if _line(fault) else where
    if isinstance(fault, UndefinedError):
        return BadInput(f"{where}: {said}", hint="Every name in a template must be one of its parameters.")
    if isinstance(fault, SecurityError):
        return BadInput(f"{where}: {said}", hint="Templates run in a sandbox: they may format values, nothing else.")
    return BadInput(f"{where}: {said}", hint="The template cannot be rendered with these values.")


def _line(fault: BaseException) -> int | None:
    """The line of the template, which Jinja2 puts into the traceback under the name of the template."""
    line, trace = None, fault.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
