import sys
from typing import Annotated

import typer

from argosy.cli.asking import log_in
from argosy.cli.enrol import commands, shows
from argosy.cli.letters import harmless
from argosy.cli.moments import exactly
from argosy.cli.options import TargetName
from argosy.cli.page import Page, page_of, tell
from argosy.cli.shown import Shown, Words
from argosy.client import calls
from argosy.client.road import Road
from argosy.core.connection import Connection, ConsoleLine
from argosy.core.quantities import spell_size

app = commands("How targets are connected.")

_WAIT_S = 20.0
_COLOURS = {"state": "cyan", "login": "yellow", "trouble": "red"}


@shows(app)
def connect(target: TargetName) -> Shown:
    """Log in to a target: shows what it asks, and reads passwords unseen."""
    return _told(log_in(Road(), target))


@shows(app)
def disconnect(target: TargetName) -> Shown:
    """Log out of a target and forget all secrets; its jobs wait until it is connected again."""
    return _told(Road().send(calls.disconnect(target)))


@app.command()
def console(
    target: TargetName,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes.", show_default=False)] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, max=2000, help="How many of the last.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object to a line.", show_default=False)] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Tabs between fields.", show_default=False)] = False,
) -> None:
    """Print what was said and done on the connection to a target, without secrets."""
    road = Road()
    page = road.send(calls.console(target, limit=2000))
    for line in page.lines[-lines:]:
        _print(line, as_json=as_json, plain=plain)
    while follow:
        sys.stdout.flush()
        page = road.send(calls.console(target, after=page.next, limit=2000, wait_s=_WAIT_S))
        for line in page.lines:
            _print(line, as_json=as_json, plain=plain)


def _told(connection: Connection) -> Shown:
    why = f": {connection.words}" if connection.words else ""
    return Words(f"{connection.target} is {connection.state}{why}", connection, bare=connection.state)


def _print(line: ConsoleLine, *, as_json: bool, plain: bool) -> None:
    if as_json:
        text = line.model_dump_json(exclude_none=True)
    elif plain:
        fields = (line.number, exactly(line.at), line.kind, line.code, line.took_s, line.sent, line.received)
        text = "\t".join((*("" if one is None else str(one) for one in fields), harmless(line.words)))
    else:
        text = _for_people(line, page_of(sys.stdout))
    tell(text)


def _for_people(line: ConsoleLine, page: Page) -> str:
    said = [harmless(line.words)]
    said.append(f"exit {line.code}" if line.code else "")
    said.append(f"{line.took_s:.2f} s" if line.took_s is not None else "")
    said.append(f"{spell_size(line.sent)} sent" if line.sent else "")
    said.append(f"{spell_size(line.received)} received" if line.received else "")
    kind = page.paint(f"{line.kind:<8}", _COLOURS.get(line.kind, ""))
    return f"{line.at.astimezone():%H:%M:%S}  {kind}  {', '.join(word for word in said if word)}"
