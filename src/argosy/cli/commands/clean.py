from typing import Annotated

import typer

from argosy.cli.agreeing import agreed
from argosy.cli.cleared import Cleared, preview
from argosy.cli.completing import outcomes
from argosy.cli.enrol import commands, shows
from argosy.cli.options import SomeTargetName, Yes
from argosy.cli.shown import Shown
from argosy.cli.wanting import ends
from argosy.client import calls
from argosy.client.road import Road
from argosy.core.cleaning import Asked, Cleaning
from argosy.core.errors import TargetError
from argosy.core.findings import error
from argosy.core.quantities import parse_duration_s, spell_size

app = commands()


OlderThan = Annotated[
    str | None, typer.Option(metavar="TIME", help="Only what nobody has needed for so long, such as 7d.")
]
FilesOlderThan = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", help="The files of jobs that have been over for so long, such as 90d; they stay on the list."
    ),
]
CheckpointsOlderThan = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="Restart files of jobs that have been over for so long, such as 7d, where nobody has to go back to them.",
    ),
]
Fates = Annotated[
    list[str] | None,
    typer.Option("--fate", help="Only what belongs to jobs with this outcome; repeatable.", autocompletion=outcomes),
]


@shows(app)
def clean(  # noqa: PLR0913  an option each
    target: SomeTargetName = None,
    *,
    older_than: OlderThan = None,
    files_older_than: FilesOlderThan = None,
    checkpoints_older_than: CheckpointsOlderThan = None,
    fate: Fates = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would go; do nothing.", show_default=False)
    ] = False,
    yes: Yes = False,
) -> Shown:
    """Clear away what nobody needs any more on targets; what goes is shown first.

    These go: what attempts left in scratch and what is safe below the root; cached inputs that no open job needs; and
    the files of jobs that have been over for longer than the target's retention says. Jobs stay on the list. Restart
    files alone go where a run came to its end, also by a job that goes on from it.
    """
    asked = Asked(
        older_than_s=_seconds(older_than) or 0,
        files_older_than_s=_seconds(files_older_than),
        checkpoints_older_than_s=_seconds(checkpoints_older_than),
        fates=ends(fate or ()),
    )
    road = Road()
    if target:
        planned = [road.send(calls.cleaning(target, asked))]
    else:
        planned = [_planned(road, one.name, asked) for one in road.send(calls.targets())]
    if dry_run or not any(one.stale for one in planned):
        return preview(planned)
    size = spell_size(sum(one.size for one in planned))
    agreed(preview(planned), f"Clear all this away for good ({size})?", yes=yes)
    return Cleared([_cleared(road, one, asked) for one in planned])


def _seconds(words: str | None) -> int | None:
    return parse_duration_s(words) if words else None


def _planned(road: Road, name: str, asked: Asked) -> Cleaning:
    """One of several: that it cannot be asked does not keep the others from it."""
    try:
        return road.send(calls.cleaning(name, asked))
    except TargetError as trouble:
        return Cleaning(target=name, findings=(error(name, trouble.message, remedy=trouble.hint),))


def _cleared(road: Road, planned: Cleaning, asked: Asked) -> Cleaning:
    if not planned.stale:
        return planned
    return road.send(calls.clean(planned.target, asked, [one.path for one in planned.stale]))
