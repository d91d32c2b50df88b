import os
import sys
from typing import Annotated

import typer

from argosy.cli.enrol import commands
from argosy.cli.following import Spring, follow, kept_words
from argosy.cli.options import AttemptNumber, JobWord
from argosy.cli.page import say
from argosy.client import calls
from argosy.client.finding import identity
from argosy.client.road import Road
from argosy.client.tailing import File, start_of_tail
from argosy.core import ids
from argosy.core.errors import BadInput, NotFound
from argosy.core.job import fate
from argosy.core.names import spell

app = commands()


@app.command()
def logs(  # noqa: PLR0913  an option each
    job: JobWord,
    *,
    follow_: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the job is over.", show_default=False)
    ] = False,
    stderr: Annotated[bool, typer.Option("--stderr", help="What it wrote to stderr.", show_default=False)] = False,
    file: Annotated[
        str | None, typer.Option(metavar="PATH", help="A file in its directory, as 'argosy files' names it.")
    ] = None,
    lines: Annotated[
        int | None, typer.Option("--lines", "-n", min=0, help="Only so many lines of its end.", show_default=False)
    ] = None,
    script: Annotated[bool, typer.Option("--script", help="The script around it.", show_default=False)] = False,
    attempt: AttemptNumber = None,
) -> None:
    """Print what a job has written: its stdout, its stderr, or one of its files, byte for byte, also while it runs.

    Of a job that is over, the ends of stdout and stderr are kept here: they are shown when its target has them no more.
    """
    road = Road()
    path = _path(stderr=stderr, file=file, script=script)
    identified = identity(road, job)
    start = 0 if lines is None else start_of_tail(road, File(identified, path, attempt), lines)
    if follow_:
        number = attempt or road.send(calls.job(identified)).latest.number
        follow(road, identified, number, [Spring(path, sys.stdout.buffer, start=start)])
    else:
        _print(road, identified, path, attempt, start=start)


def _path(*, stderr: bool, file: str | None, script: bool) -> str:
    if (stderr + script + (file is not None)) > 1:
        raise BadInput("give one of --stderr, --script and --file")
    if file is not None:
        spelled = file if file.isprintable() else spell(os.fsencode(file))
        return f"work/{spelled}"
    return "stderr" if stderr else "script" if script else "stdout"


def _print(road: Road, job: str, path: str, attempt: int | None, *, start: int) -> None:
    try:
        with road.flow(calls.file(job, path, attempt, start=start)) as flow:
            if flow.kept is not None:
                say(kept_words(job, flow.kept))
            for piece in flow.pieces:
                sys.stdout.buffer.write(piece)
    except NotFound:
        if path.startswith("work/"):
            raise
        say(f"job {ids.short(job)} is {fate(road.send(calls.job(job)).latest.state)} and has written no {path} yet")
    sys.stdout.buffer.flush()
