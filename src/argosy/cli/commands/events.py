import json
import sys
from collections import deque
from collections.abc import Iterable
from typing import Annotated

import typer

from argosy.cli.enrol import commands
from argosy.cli.letters import harmless
from argosy.cli.moments import exactly
from argosy.cli.options import SomeJobWords
from argosy.cli.page import FATE_COLOURS, page_of, tell
from argosy.client import calls
from argosy.client.finding import identity
from argosy.client.road import Road
from argosy.core import ids
from argosy.core.errors import BadInput
from argosy.core.job import fate
from argosy.core.views import Event

app = commands()

_PAGE = 1000


@app.command()
def events(
    jobs: SomeJobWords = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes.", show_default=False)] = False,
    after: Annotated[int | None, typer.Option("--after", min=0, help="Only events with a higher number.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many of the last, at most.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object to a line.", show_default=False)] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Tabs between fields.", show_default=False)] = False,
) -> None:
    """Print what has happened, or with --follow what happens from now on, until Ctrl-C."""
    if jobs and len(jobs) > 1:
        raise BadInput("give one job, or none for all")
    road = Road()
    job = identity(road, jobs[0]) if jobs else None
    if follow:
        for event in road.events(after=after, job=job):
            _print(event, as_json=as_json, plain=plain)
            sys.stdout.flush()
        return
    for event in _last(road, after or 0, job, limit):
        _print(event, as_json=as_json, plain=plain)


def _last(road: Road, after: int, job: str | None, limit: int) -> Iterable[Event]:
    """The newest of the events behind that number, in order."""
    last: deque[Event] = deque(maxlen=limit)
    while page := road.send(calls.event_page(after, job=job, limit=_PAGE)):
        last.extend(page)
        after = page[-1].seq
        if len(page) < _PAGE:
            break
    return last


def _print(event: Event, *, as_json: bool, plain: bool) -> None:
    if as_json:
        line = json.dumps(event.model_dump(mode="json", exclude_none=True), ensure_ascii=False)
    elif plain:
        line = "\t".join((str(event.seq), exactly(event.at), event.kind, event.job or "", harmless(event.words)))
    else:
        line = _for_people(event)
    tell(line)


def _for_people(event: Event) -> str:
    page = page_of(sys.stdout)
    what = fate(event.state) if event.state else event.kind
    who = ids.short(event.job) if event.job else event.target or ""
    words = harmless(event.words)
    return (
        f"{event.at.astimezone():%H:%M:%S}  {who:<8}  {page.paint(f'{what:<10}', FATE_COLOURS.get(what, ''))}  {words}"
    )
