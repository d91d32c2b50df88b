from typing import Annotated

import typer

from argosy.cli.enrol import commands, shows
from argosy.cli.exits import of_fates
from argosy.cli.options import JobWords
from argosy.cli.rows import of_views
from argosy.cli.shown import Shown
from argosy.cli.waiting import Timer, wait_for
from argosy.cli.wanting import meant
from argosy.client.road import Road
from argosy.core.job import fate
from argosy.core.quantities import parse_duration_s

app = commands()


@shows(app)
def wait(
    jobs: JobWords,
    *,
    timeout: Annotated[str | None, typer.Option(metavar="TIME", help="Give up after this, such as 90s or 2h.")] = None,
) -> Shown:
    """Wait until jobs are over and return how they ended: the exit code is that of the worst."""
    road = Road()
    timer = Timer(parse_duration_s(timeout) if timeout else None)
    views = [wait_for(road, job, timer) for job in meant(road, jobs)]
    return of_views(views, code=of_fates([fate(view.latest.state) for view in views]))
