from typing import Annotated

import typer

from argosy.cli.choosing import Choice, choosing
from argosy.cli.dealing import Said, deal
from argosy.cli.enrol import commands, shows
from argosy.cli.options import JobWords, Memory, Walltime
from argosy.cli.rows import of_views
from argosy.cli.shown import Shown
from argosy.cli.wanting import meant, pairs
from argosy.client import calls, calls_of_queues
from argosy.client.road import Road
from argosy.client.wishes import checked
from argosy.core.alteration import MOST_NICE, Alteration
from argosy.core.bulk import Cancel, Hold, Prioritise, Relabel, Release, Retry, change_in_words
from argosy.core.errors import BadInput
from argosy.core.spec import MOST_PRIORITY

app = commands("What is wished for jobs.")


@shows(app)
@choosing
def release(choice: Choice) -> Shown:
    """Let drafts, and jobs that are held, go on: drafts to their queue, held ones at their scheduler.

    Those that are named, or all that fit, after they were shown.
    """
    if len(choice.words) == 1:
        return of_views([choice.road.send(calls.release(*meant(choice.road, choice.words)))])
    return deal(choice, Release(kind="release"), Said("Release", "released"))


@shows(app)
@choosing
def hold(choice: Choice) -> Shown:
    """Keep jobs from starting until they are released; they must wait in the queue of a cluster.

    Those that are named, or all that fit, after they were shown.
    """
    if len(choice.words) == 1:
        return of_views([choice.road.send(calls_of_queues.hold(*meant(choice.road, choice.words)))], "(held)")
    return deal(choice, Hold(kind="hold"), Said("Hold", "held"))


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
@choosing
def retry(choice: Choice) -> Shown:
    """Try jobs that are over again: those that are named, or all that failed, were cancelled or got lost, and fit.

    Each gets a further attempt. What conditions choose is shown first.
    """
    if len(choice.words) == 1:
        view = choice.road.send(calls.retry(*meant(choice.road, choice.words)))
        return of_views([view], f"(attempt {view.latest.number})")
    return deal(choice, Retry(kind="retry"), Said("Try again", "got a further attempt"))


@shows(app)
@choosing
def cancel(
    choice: Choice,
    *,
    now: Annotated[
        bool,
        typer.Option(
            "--now",
            help="Kill at once, without time to end in good order; also what was told before.",
            show_default=False,
        ),
    ] = False,
) -> Shown:
    """Cancel jobs: those that are named, or all open ones that fit, after they were shown."""
    done = "to be killed at once" if now else "told to stop"
    if len(choice.words) == 1:
        return of_views([choice.road.send(calls.cancel(*meant(choice.road, choice.words), now=now))], f"({done})")
    return deal(choice, Cancel(kind="cancel", now=now), Said("Kill" if now else "Cancel", done))


@shows(app)
@choosing
def priority(
    choice: Choice,
    *,
    to: Annotated[int, typer.Option(min=-MOST_PRIORITY, max=MOST_PRIORITY, help="The larger, the sooner; 0 is usual.")],
) -> Shown:
    """Change which jobs go first of those that wait in Argosy: those that are named, or all that fit.

    It counts where Argosy itself keeps jobs back: on machines without a scheduler, and when a cluster takes no more of
    your jobs. Of jobs with the same priority the older goes first. What conditions choose is shown before.
    """
    deed = checked(Prioritise, {"kind": "priority", "priority": to})
    return deal(choice, deed, Said(f"Give the priority {to} to", f"have the priority {to} now"))


@shows(app)
@choosing
def label(
    choice: Choice,
    *,
    put: Annotated[
        list[str] | None, typer.Option("--set", "-s", metavar="KEY=VALUE", help="A label to give; repeatable.")
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option("--drop", metavar="KEY", help="A label to take away; repeatable.")
    ] = None,
) -> Shown:
    """Change the labels of jobs: of those that are named, or of all that fit, after they were shown.

    What a target itself remembers of a job keeps the labels with which the job went there.
    """
    if not (put or drop):
        raise BadInput("no label is to be changed", hint="Say which: --set KEY=VALUE, or --drop KEY.")
    deed = checked(Relabel, {"kind": "label", "put": pairs("--set", put), "drop": tuple(drop or ())})
    return deal(choice, deed, Said("Change the labels of", f"labelled: {change_in_words(deed)}"))
