from collections.abc import Sequence

from argosy.cli.commands.wishes import agreed
from argosy.cli.enrol import commands, shows
from argosy.cli.letters import cut_middle
from argosy.cli.options import JobWords, Yes
from argosy.cli.shown import Column, Rows, Shown, Words
from argosy.cli.wanting import parents as meant
from argosy.client import calls
from argosy.client.road import Road
from argosy.core import ids
from argosy.core.errors import Conflict
from argosy.core.quantities import spell_size
from argosy.core.views import Removal

app = commands()


@shows(app)
def rm(jobs: JobWords, *, yes: Yes = False) -> Shown:
    """Remove jobs with everything that belongs to them; what goes is shown first."""
    road = Road()
    planned = [road.send(calls.removal(job)) for job in meant(road, jobs)]
    refused = [removal for removal in planned if removal.refusal]
    if refused:
        said = "; ".join(f"{ids.short(removal.job)} ({removal.name}): {removal.refusal}" for removal in refused[:3])
        raise Conflict(f"cannot be removed: {said}", hint="Nothing was removed. Cancel open jobs first: argosy cancel")
    agreed(_preview(planned), "Remove all this for good?", yes=yes)
    gone = [road.send(calls.remove(removal.job)) for removal in planned]
    freed = spell_size(sum(removal.size for removal in gone))
    names = ", ".join(f"{removal.name} ({ids.short(removal.job)})" for removal in gone)
    return Words(f"Removed {names}; {freed} are free again.", gone, bare="\n".join(removal.job for removal in gone))


def _preview(planned: Sequence[Removal]) -> Rows[tuple[Removal, str]]:
    lines = [(removal, path) for removal in planned for path in removal.paths or ("(only its record)",)]
    return Rows(
        lines,
        (
            Column("ID", lambda line, _: ids.short(line[0].job)),
            Column("NAME", lambda line, _: line[0].name, shrinks=True, cut=cut_middle),
            Column("SIZE", lambda line, _: spell_size(line[0].size), right=True),
            Column("WHAT GOES", lambda line, _: line[1], shrinks=True, cut=cut_middle),
        ),
    )
