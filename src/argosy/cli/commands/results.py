from pathlib import Path
from typing import Annotated

import typer

from argosy.cli.enrol import commands, shows
from argosy.cli.options import AttemptNumber, JobWord
from argosy.cli.plots import csv_lines, draw_file, of_results, terminal_plots
from argosy.cli.shown import Shown, Verbatim, Words
from argosy.client import calls
from argosy.client.finding import identity
from argosy.client.road import Road
from argosy.client.sending import shown
from argosy.core import ids
from argosy.core.errors import BadInput, NotFound
from argosy.core.outputs import Results, Series
from argosy.core.views import JobResults

app = commands()


@shows(app)
def results(
    job: JobWord,
    *,
    plot: Annotated[
        list[str] | None, typer.Option("--plot", "-p", metavar="NAME", help="Draw this series; 'all' draws every one.")
    ] = None,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw into an SVG file.", dir_okay=False)] = None,
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw into a PNG file.", dir_okay=False)] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Write the series as CSV.", show_default=False)] = False,
    attempt: AttemptNumber = None,
) -> Shown:
    """Show the numbers, series and tables of a job, with units; draw series in the terminal or into files."""
    road = Road()
    found = road.send(calls.results(identity(road, job), attempt))
    picture = svg or png
    if picture:
        chosen = _chosen(found, plot or ["all"])
        draw_file(chosen, picture, kind="svg" if svg else "png", title=f"job {ids.short(found.job)}")
        return Words(f"Drawn into {shown(picture)}.", {"file": str(picture)}, bare=shown(picture))
    if csv:
        series = _chosen(found, plot or ["all"])
        return Verbatim("", "\n".join(csv_lines(series)), value=[one.model_dump(mode="json") for one in series])
    return terminal_plots(_chosen(found, plot), found) if plot else _everything(found)


def _everything(found: JobResults) -> Shown:
    if found.results.model_copy(update={"spent": None}) == Results():
        words = f"Job {ids.short(found.job)} is {found.fate} and has no results."
        return Words(words, found, bare="")
    return of_results(found)


def _chosen(found: JobResults, names: list[str]) -> list[Series]:
    known = {one.name: one for one in found.results.series}
    if not known:
        raise NotFound(
            f"job {ids.short(found.job)} ({found.fate}) has no series", hint=f"argosy results {ids.short(found.job)}"
        )
    if "all" in names and "all" not in known:
        return list(known.values())
    for name in names:
        if name not in known:
            raise BadInput(f"the job has no series {name!r}", hint=f"Its series are: {', '.join(known)}.")
    return [known[name] for name in names]
