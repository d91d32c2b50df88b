"""How functions become commands.

A command returns what it shows; ``--json`` and ``--plain`` come with it, so that none can forget them.
"""

import inspect
import sys
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer

from argosy.cli.page import page_of, tell
from argosy.cli.shown import Form, Shown, written

F = TypeVar("F", bound=Callable[..., Shown | None])

_JSON = Annotated[bool, typer.Option("--json", help="Write JSON.", show_default=False)]
_PLAIN = Annotated[bool, typer.Option("--plain", help="Write plain lines, tabs between fields.", show_default=False)]


def commands(words: str = "") -> typer.Typer:
    """A new set of commands; ``words`` say what they are about, when there are several."""
    return typer.Typer(
        help=words or None,
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def shows(app: typer.Typer, name: str | None = None, **settings: Any) -> Callable[[F], F]:
    """Make a function a command that writes what the function returns, in the form that the user asks for.

    A function that has written everything itself returns None.
    """

    def enrolled(function: F) -> F:
        def command(*args: Any, json: bool, plain: bool, **kwargs: Any) -> None:
            show(function(*args, **kwargs), Form.JSON if json else Form.PLAIN if plain else Form.TABLE)

        # The command line reads the options off the signature.
        known = inspect.signature(function, eval_str=True)
        forms = [_option("json", _JSON), _option("plain", _PLAIN)]
        command.__signature__ = known.replace(parameters=[*known.parameters.values(), *forms], return_annotation=None)
        command.__annotations__ = {**inspect.get_annotations(function, eval_str=True), "json": _JSON, "plain": _PLAIN}
        command.__doc__ = function.__doc__
        app.command(name or function.__name__.rstrip("_").replace("_", "-"), **settings)(command)
        return function

    return enrolled


def show(shown: Shown | None, form: Form) -> None:
    """Write it, and leave with its exit code when that is not success."""
    if shown is None:
        return
    for line in written(shown, form, page_of(sys.stdout)):
        tell(line)
    if shown.exit_code:
        raise typer.Exit(shown.exit_code)


def _option(name: str, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=annotation)
