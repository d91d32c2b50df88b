from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from argosy.cli import options
from argosy.cli.agreeing import agreed
from argosy.cli.enrol import commands, shows
from argosy.cli.options import JobWord, Yes
from argosy.cli.previewing import of_preview
from argosy.cli.rows import of_views
from argosy.cli.shown import Several, Shown, Words
from argosy.cli.wanting import job_name, pairs, resources, said, tables
from argosy.client import calls_of_lineage
from argosy.client.finding import identity
from argosy.client.road import Road
from argosy.client.wishes import checked
from argosy.core.onward import Onward
from argosy.core.remedies import Changed

app = commands()

_DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be sent, in full; make no job.", show_default=False)
]


@shows(app)
def edit(  # noqa: PLR0913  an option each
    job: JobWord,
    *,
    set_: options.Values = None,
    name: options.Name = None,
    cpus: options.Cpus = None,
    gpus: options.Gpus = None,
    tasks: options.Tasks = None,
    nodes: options.Nodes = None,
    memory: options.Memory = None,
    walltime: options.Walltime = None,
    env: options.Variables = None,
    label: options.Label = None,
    slurm: options.Slurm = None,
    dry_run: _DryRun = False,
    yes: Yes = False,
) -> Shown:
    """Change what a job that is over asked for, and send it again as a new job; the changes are shown first.

    For jobs that were refused, or failed for want of something. Their files are not sent again.
    """
    road = Road()
    former = identity(road, job)
    asked = resources(cpus=cpus, gpus=gpus, tasks=tasks, nodes=nodes, memory=memory, walltime=walltime)
    wishes = said(
        values=pairs("--set", set_), name=job_name(name), resources=asked, **tables(env=env, label=label, slurm=slurm)
    )
    onward = checked(Onward, wishes)
    found = road.send(calls_of_lineage.edit_preview(former, onward))
    changes = Words("\n".join(_lines(found.changes)), found)
    if dry_run:
        preview = of_preview(found.preview)
        return Several([changes, preview], found, exit_code=preview.exit_code)
    agreed(changes, "Send it again, changed so?", yes=yes)
    return of_views([road.send(calls_of_lineage.edit(former, onward))], "(sent again)")


def _lines(changes: Sequence[Changed]) -> Iterator[str]:
    """The changes as a diff."""
    for change in changes:
        if change.before:
            yield f"- {change.what} = {change.before}"
        if change.after:
            yield f"+ {change.what} = {change.after}"
    if not changes:
        yield "Nothing would be different."
