import os
import sys
from typing import Annotated

import typer

from argosy.cli.enrol import commands, shows
from argosy.cli.exits import Exit
from argosy.cli.letters import harmless
from argosy.cli.moments import when
from argosy.cli.page import page_of, tell
from argosy.cli.shown import Facts, Shown, Words
from argosy.client import calls
from argosy.client.places import here
from argosy.client.road import Road
from argosy.client.start import announced, running
from argosy.client.start import stop as stop_it
from argosy.core.errors import NotFound

app = commands("The server in the background; commands start it when they need it.")

_TAIL_BYTES = 1 << 20


@app.command()
def run() -> None:
    """Run the server in the foreground; Ctrl-C ends it, and running jobs go on."""
    sys.stdout.flush()
    # The server takes the place of this process, so that signals and exit codes are its own.
    os.execv(sys.executable, [sys.executable, "-m", "argosy.server", "--foreground"])  # noqa: S606  no shell is wanted


@shows(app)
def start() -> Shown:
    """Start the server in the background, unless it runs."""
    before = running(here())
    view = Road().send(calls.server())
    if before and before.server.pid == view.pid:
        return Words(f"The server runs already: pid {view.pid}, argosy {view.version}.", view, bare=str(view.pid))
    return Words(f"The server has started: pid {view.pid}, argosy {view.version}.", view, bare=str(view.pid))


@shows(app)
def stop() -> Shown:
    """Stop the server; running jobs go on, and the next server takes them up again."""
    stopped = stop_it(here())
    words = "The server has stopped; running jobs go on." if stopped else "No server was running."
    return Words(words, {"stopped": stopped}, bare="")


@shows(app)
def status() -> Shown:
    """Show whether the server runs, and its numbers; none is started."""
    home = here()
    wire = running(home)
    if wire is None:
        stale = f" The file {home.server_file} is of one that has ended." if announced(home) else ""
        return Words(f"No server is running.{stale}", {"running": False}, bare="", exit_code=Exit.SERVER)
    view = wire.send(calls.server())
    facts = [
        ("running", f"pid {view.pid} at {wire.server.address}"),
        ("version", view.version),
        ("since", when(view.started, page_of(sys.stdout).now)),
        ("home", view.home),
        ("database", view.database),
        ("memory", f"{view.memory_mib:.0f} MiB"),
        ("live jobs", str(view.live)),
        ("drives", ", ".join(view.leases)),
        ("log", str(home.server_log)),
    ]
    return Facts(facts, view)


@app.command()
def logs(
    *, lines: Annotated[int, typer.Option("--lines", "-n", min=1, max=100_000, help="How many of the last.")] = 50
) -> None:
    """Print the end of the server's log."""
    path = here().server_log
    try:
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - _TAIL_BYTES, 0))
            text = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        raise NotFound(f"there is no log yet at {path}", hint="Start the server: argosy server start") from None
    for line in text.splitlines()[-lines:]:
        tell(harmless(line))
