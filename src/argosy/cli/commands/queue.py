from typing import Annotated

import typer

from argosy.cli.commands.cluster import only_cluster
from argosy.cli.completing import targets
from argosy.cli.enrol import commands, shows
from argosy.cli.letters import cut_middle
from argosy.cli.moments import span
from argosy.cli.rows import of_views
from argosy.cli.shown import Column, Rows, Several, Shown, Words
from argosy.client import calls_of_queues, calls_of_surveys
from argosy.client.road import Road
from argosy.client.wishes import checked
from argosy.core import ids
from argosy.core.adopted import Adoption
from argosy.core.queued import Queue, QueuedJob

app = commands("Jobs in the queues of clusters.")


@shows(app)
def queue(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="[TARGET]", help="Its name; not needed where it is the only one.", autocompletion=targets
        ),
    ] = None,
    *,
    others: Annotated[
        bool, typer.Option("--others", help="Only those that Argosy did not start.", show_default=False)
    ] = False,
) -> Shown:
    """List your jobs in a cluster's queue now, also those that Argosy did not start.

    ARGOSY is the short id of those that are jobs of Argosy; 'argosy show' tells more of them.
    """
    road = Road()
    found = road.send(calls_of_surveys.queue(target or only_cluster(road)))
    if others:
        found = found.model_copy(update={"jobs": tuple(one for one in found.jobs if not one.job)})
    return of_queue(found)


@shows(app)
def adopt(
    numbers: Annotated[
        list[str], typer.Argument(metavar="NUMBER...", help="Numbers of jobs or arrays, or single tasks such as 123_7.")
    ],
    *,
    target: Annotated[
        str | None,
        typer.Option("--target", "-t", help="The cluster, where there are several.", autocompletion=targets),
    ] = None,
) -> Shown:
    """Have jobs in a cluster's queue watched that Argosy did not start.

    They are listed, held, cancelled and accounted like other jobs. Nothing in their directories is ever changed. How
    they ended is what the cluster's books say.
    """
    road = Road()
    adoption = checked(Adoption, {"handles": tuple(numbers)})
    return of_views(road.send(calls_of_queues.adopt(target or only_cluster(road), adoption)), "(adopted)")


def of_queue(found: Queue) -> Shown:
    """A line for each job, and what could not be read."""
    columns = (
        Column[QueuedJob]("JOB", lambda one, _: one.handle),
        Column[QueuedJob]("NAME", lambda one, _: one.name, shrinks=True, cut=cut_middle),
        Column[QueuedJob]("ARGOSY", lambda one, _: ids.short(one.job) if one.job else "", exact=lambda one: one.job),
        Column[QueuedJob]("STATE", lambda one, _: one.state.lower(), exact=lambda one: one.state),
        Column[QueuedJob]("PARTITION", lambda one, _: one.partition, shrinks=True),
        Column[QueuedJob]("CPUS", lambda one, _: str(one.cpus or ""), right=True),
        Column[QueuedJob]("WALLTIME", lambda one, _: span(one.limit_s), right=True),
        Column[QueuedJob]("WHERE OR WHY", lambda one, _: one.words if one.waits else one.node_list, shrinks=True),
    )
    rows = Rows(found.jobs, columns, empty=f"You have no such jobs in the queue of {found.target}.", value=found)
    return Several([rows, Words("\n".join(found.notes), found)], found) if found.notes else rows
