from typing import Annotated

import typer

from argosy.cli.completing import engines
from argosy.cli.enrol import commands, shows
from argosy.cli.shown import Column, Facts, Rows, Shown
from argosy.client import calls
from argosy.client.road import Road
from argosy.core.views import EngineView

app = commands("Science programs that Argosy understands.")


@shows(app, "list")
def list_() -> Shown:
    """List all engines."""
    columns = (
        Column[EngineView]("ENGINE", lambda one, _: one.name),
        Column[EngineView]("TEMPLATES", lambda one, _: str(len(one.templates)), right=True),
        Column[EngineView]("WHAT IT IS", lambda one, _: one.summary or one.title, shrinks=True, wraps=True),
    )
    return Rows(Road().send(calls.engines()), columns, empty="There are no engines.")


@shows(app)
def show(
    engine: Annotated[str, typer.Argument(metavar="ENGINE", help="Its name.", autocompletion=engines)],
) -> Shown:
    """Show one engine: its templates, and the failures that it can explain."""
    view = Road().send(calls.engine(engine))
    facts = [
        ("engine", view.name),
        ("title", view.title),
        ("what it is", view.summary),
        ("templates", "\n".join(view.templates)),
        ("explains", "\n".join(view.failures)),
    ]
    return Facts(facts, view)
