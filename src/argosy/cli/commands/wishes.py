import sys
from typing import Annotated

import typer

from argosy.cli.completing import targets
from argosy.cli.enrol import commands, shows
from argosy.cli.options import JobWords, Memory, SomeJobWords, Walltime, Yes
from argosy.cli.page import is_terminal, page_of, say
from argosy.cli.rows import of_rows, of_views
from argosy.cli.shown import Shown, Words
from argosy.cli.wanting import pairs
from argosy.cli.wanting import parents as meant
from argosy.client import calls, calls_of_queues
from argosy.client.road import Road
from argosy.client.wishes import checked
from argosy.core.alteration import MOST_NICE, Alteration
from argosy.core.errors import BadInput
from argosy.core.job import OPEN
from argosy.core.views import JobQuery, JobRow

app = commands("What is wished for jobs.")


@shows(app)
def release(jobs: JobWords) -> Shown:
    """Let drafts, and jobs that are held, go on: drafts to their queue, held ones at their scheduler."""
    road = Road()
    return of_views([road.send(calls.release(job)) for job in meant(road, jobs)])


@shows(app)
def hold(jobs: JobWords) -> Shown:
    """Keep jobs from starting until they are released; they must wait in the queue of a cluster."""
    road = Road()
    return of_views([road.send(calls_of_queues.hold(job)) for job in meant(road, jobs)], "(held)")


@shows(app)
def alter(
    jobs: JobWords,
    *,
    walltime: Walltime = None,
    memory: Memory = None,
    nice: Annotated[
        int | None, typer.Option(min=0, max=MOST_NICE, help="Let others come first: the larger, the more of them.")
    ] = None,
    slurm: Annotated[
        list[str] | None,
        typer.Option(
            "--slurm",
            metavar="KEY=VALUE",
            help="Another account, partition, qos, constraint, reservation or begin; repeatable.",
        ),
    ] = None,
) -> Shown:
    """Have jobs that wait at their scheduler ask for something else; what was submitted stays as it was."""
    asked = {"walltime_s": walltime, "memory_mib": memory, "nice": nice, **pairs("--slurm", slurm)}
    given = {name: value for name, value in asked.items() if value is not None}
    if not given:
        raise BadInput("nothing is to be changed", hint="Say what: --walltime 2h, --memory 8GiB, --slurm qos=NAME, ...")
    change = checked(Alteration, given)
    road = Road()
    views = [road.send(calls_of_queues.alter(job, change)) for job in meant(road, jobs)]
    return of_views(views, f"({change.words()})")


@shows(app)
def retry(jobs: JobWords) -> Shown:
    """Try jobs that are over again; each gets a further attempt."""
    road = Road()
    views = [road.send(calls.retry(job)) for job in meant(road, jobs)]
    return of_views(views, f"(attempt {views[0].latest.number})" if len(views) == 1 else "")


@shows(app)
def cancel(
    jobs: SomeJobWords = None,
    *,
    target: Annotated[
        str | None, typer.Option("--target", "-t", help="All open jobs on this target.", autocompletion=targets)
    ] = None,
    label: Annotated[
        list[str] | None, typer.Option("--label", "-l", metavar="KEY[=VALUE]", help="All open jobs with this label.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="All open jobs.", show_default=False)] = False,
    yes: Yes = False,
) -> Shown:
    """Cancel jobs: those that are named, or all open ones that fit, after they were shown."""
    road = Road()
    if jobs and (target or label or all_):
        raise BadInput("give either jobs or a condition, not both")
    if jobs:
        return of_views([road.send(calls.cancel(job)) for job in meant(road, jobs)], "(told to stop)")
    if not (target or label or all_):
        raise BadInput("which jobs?", hint="Name them, or choose with --target, --label or --all.")
    rows = _open(road, target, label or [])
    if not rows:
        return Words("No open job fits.", [])
    agreed(of_rows(rows, empty=""), f"Cancel {'this job' if len(rows) == 1 else f'these {len(rows)} jobs'}?", yes=yes)
    return of_views([road.send(calls.cancel(row.id)) for row in rows], "(told to stop)")


def agreed(preview: Shown, question: str, *, yes: bool) -> None:
    """The user has seen the preview and agreed; leaves when not. Raises BadInput when there is nobody to ask."""
    if yes:
        return
    for line in preview.table(page_of(sys.stderr)):
        say(line)
    if not is_terminal(sys.stdin):
        raise BadInput("nobody is there to be asked, so nothing was done", hint="Add --yes to do it.")
    if not typer.confirm(question, err=True):
        raise typer.Exit(0)


def _open(road: Road, target: str | None, label: list[str]) -> list[JobRow]:
    rows: list[JobRow] = []
    conditions = {"fate": ("draft", *OPEN), "target": target, "label": tuple(label), "limit": 1000}
    after: str | None = None
    while True:
        page = road.send(calls.jobs(checked(JobQuery, {**conditions, "after": after})))
        rows += page.jobs
        after = page.next
        if after is None:
            return rows
