"""Commands about jobs that are named, or chosen by conditions as ``argosy ls`` has them."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from argosy.cli import options
from argosy.cli.wanting import conditions, filled, meant, said
from argosy.client.road import Road
from argosy.client.wishes import checked
from argosy.core.bulk import Fitting, Named
from argosy.core.errors import BadInput

_All = Annotated[bool, typer.Option("--all", help="All jobs for which this is meant.", show_default=False)]
_Text = Annotated[str | None, typer.Option("--text", metavar="WORDS", help="Only jobs in which these words occur.")]


@dataclass(frozen=True)
class Choice:
    """The jobs that are meant: by the words that name them, else by conditions; ``yes`` when nobody is to be asked."""

    road: Road
    words: tuple[str, ...]
    conditions: Fitting | None
    yes: bool

    @property
    def which(self) -> Named | Fitting:
        """The same as the door wants it. Raises BadInput when it is both or neither, or a condition will not do."""
        return self.conditions or Named(kind="named", jobs=meant(self.road, self.words))


def choosing(function: Callable[..., Any]) -> Callable[..., Any]:
    """A command whose first parameter is a Choice gets the arguments and options that make one."""

    def command(  # noqa: PLR0913  an option each
        jobs: options.SomeJobWords = None,
        *,
        text: _Text = None,
        fate: options.Fates = None,
        target: options.OnTarget = None,
        engine: options.OfEngine = None,
        having: options.Having = None,
        since: options.Since = None,
        before: options.Before = None,
        all_: _All = False,
        yes: options.Yes = False,
        **others: Any,
    ) -> Any:
        given = conditions(fate=fate, target=target, engine=engine, label=having, since=since, before=before)
        return function(_choice(jobs, said(text=filled("--text", text), **given), everything=all_, yes=yes), **others)

    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    known = inspect.signature(command, eval_str=True)
    mine = [one for one in known.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    command.__signature__ = known.replace(parameters=[*mine, *own])
    command.__annotations__ = {one.name: one.annotation for one in (*mine, *own)}
    command.__doc__, command.__name__ = function.__doc__, function.__name__
    return command


def _choice(jobs: list[str] | None, given: dict[str, Any], *, everything: bool, yes: bool) -> Choice:
    if jobs and (given or everything):
        raise BadInput("give either jobs or conditions, not both")
    if not (jobs or given or everything):
        raise BadInput("which jobs?", hint="Name them, or choose with --target, --label, --fate, ... or --all.")
    fitting = None if jobs else checked(Fitting, {"kind": "fitting", **given})
    return Choice(Road(), tuple(jobs or ()), fitting, yes)
