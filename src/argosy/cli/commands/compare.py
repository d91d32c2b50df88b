from typing import Annotated

import typer

from argosy.cli import options
from argosy.cli.comparing import Beside, csv_lines
from argosy.cli.completing import jobs as known_jobs
from argosy.cli.enrol import commands, shows
from argosy.cli.shown import Shown, Verbatim
from argosy.cli.wanting import conditions, meant, said
from argosy.client.calls_of_comparisons import compare as compare_call
from argosy.client.finding import identity
from argosy.client.road import Road
from argosy.client.wishes import checked
from argosy.core.comparison import MOST, CompareQuery, telling
from argosy.core.errors import BadInput

app = commands()

_Family = Annotated[
    str | None,
    typer.Option("--family", metavar="JOB", help="This job and all that go on from it.", autocompletion=known_jobs),
]
_Limit = Annotated[int, typer.Option("--limit", min=1, max=MOST, help="How many at most, besides those named.")]
_FEWEST = 2


@shows(app)
def compare(  # noqa: PLR0913  an option each
    words: options.SomeJobWords = None,
    *,
    family: _Family = None,
    fate: options.Fates = None,
    target: options.OnTarget = None,
    engine: options.OfEngine = None,
    label: options.Having = None,
    since: options.Since = None,
    before: options.Before = None,
    limit: _Limit = 50,
    everything: Annotated[
        bool, typer.Option("--all", help="Also parameters in which they do not differ.", show_default=False)
    ] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Write CSV, a row for each job.", show_default=False)] = False,
) -> Shown:
    """Compare jobs side by side: in what they differ, how they ended, how long they took, and what came out of them.

    Name jobs, or say which of the list are meant.
    """
    road = Road()
    named = said(family=identity(road, family) if family else None, job=meant(road, words))
    given = named | conditions(fate=fate, target=target, engine=engine, label=label, since=since, before=before)
    if not given:
        hint = "Such as: argosy compare JOB JOB, argosy compare --label sweep=NAME, or --family JOB."
        raise BadInput("it is not said which jobs to compare", hint=hint)
    found = road.send(compare_call(checked(CompareQuery, {**given, "limit": limit})))
    if len(found.jobs) < _FEWEST:
        what = "only one job is meant" if found.jobs else "no job fits"
        raise BadInput(f"there is nothing to compare: {what}", hint="See which there are: argosy ls.")
    lines = found.lines if everything else telling(found)
    return Verbatim("", "\n".join(csv_lines(found, lines)), value=found) if csv else Beside(found, lines)
