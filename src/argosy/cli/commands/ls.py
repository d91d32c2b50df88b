import sys
import time
from typing import Annotated

import typer

from argosy.cli import options
from argosy.cli.enrol import commands, shows
from argosy.cli.page import is_terminal, page_of
from argosy.cli.rows import of_rows
from argosy.cli.shown import Shown
from argosy.cli.wanting import conditions
from argosy.client import calls
from argosy.client.road import Road
from argosy.client.wishes import checked
from argosy.core.errors import BadInput
from argosy.core.views import JobQuery

app = commands()

_Words = Annotated[
    list[str] | None, typer.Argument(metavar="[WORDS...]", help="Search names, labels, templates and ids.")
]
_Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")]
_Page = Annotated[str | None, typer.Option(metavar="CURSOR", help="Go on behind a page; its last line says how.")]
_Watch = Annotated[bool, typer.Option("--watch", help="Draw the list anew every second.", show_default=False)]

_REDRAW_S = 1.0
_HOME_AND_CLEAR = "\x1b[H\x1b[J"


@shows(app)
def ls(  # noqa: PLR0913  an option each
    words: _Words = None,
    *,
    fate: options.Fates = None,
    target: options.OnTarget = None,
    engine: options.OfEngine = None,
    label: options.Having = None,
    since: options.Since = None,
    before: options.Before = None,
    limit: _Limit = 20,
    page: _Page = None,
    watch: _Watch = False,
) -> Shown | None:
    """List and search jobs, newest first."""
    given = conditions(fate=fate, target=target, engine=engine, label=label, since=since, before=before)
    query = checked(JobQuery, {"text": " ".join(words or ()), "limit": limit, "after": page, **given})
    road = Road()
    if watch:
        _watch(road, query)
        return None
    return _listed(road, query)


def _listed(road: Road, query: JobQuery) -> Shown:
    found = road.send(calls.jobs(query))
    more = [f"There are more: add --page {found.next} or a larger --limit."] if found.next else []
    below = "\n".join([*(f"{name} waits for your login: argosy connect {name}" for name in found.need_login), *more])
    narrow = query.model_copy(update={"limit": 1, "after": None}) != JobQuery(limit=1)
    empty = "No job fits." if narrow else "There are no jobs yet. Try: argosy run -- echo hello"
    return of_rows(found.jobs, empty=empty, below=below, value=found)


def _watch(road: Road, query: JobQuery) -> None:
    if not is_terminal(sys.stdout):
        raise BadInput("--watch needs a terminal", hint="For programs: argosy events -f --json")
    while True:
        page = page_of(sys.stdout)
        lines = "\n".join(_listed(road, query).table(page))
        sys.stdout.write(f"{_HOME_AND_CLEAR}{lines}\n{page.paint('Ctrl-C ends this.', 'dim')}\n")
        sys.stdout.flush()
        time.sleep(_REDRAW_S)
