from argosy.cli.agreeing import agreed
from argosy.cli.choosing import Choice, choosing
from argosy.cli.dealing import Said, deal
from argosy.cli.enrol import commands, shows
from argosy.cli.letters import cut_middle
from argosy.cli.shown import Column, Rows, Shown, Words
from argosy.cli.wanting import meant
from argosy.client import calls
from argosy.client.road import Road
from argosy.core import ids
from argosy.core.bulk import Remove
from argosy.core.errors import Conflict
from argosy.core.quantities import spell_size
from argosy.core.views import Removal

app = commands()


@shows(app)
@choosing
def rm(choice: Choice) -> Shown:
    """Remove jobs with everything that belongs to them; what goes is shown first.

    Those that are named, or all that are over, and drafts, that fit.
    """
    if len(choice.words) == 1:
        return _remove(choice.road, *meant(choice.road, choice.words), yes=choice.yes)
    return deal(choice, Remove(kind="remove"), Said("Remove for good", "removed", always=True))


def _remove(road: Road, job: str, *, yes: bool) -> Shown:
    """One job, with what it takes up on its target."""
    planned = road.send(calls.removal(job))
    if planned.refusal:
        said = f"{ids.short(job)} ({planned.name}): {planned.refusal}"
        raise Conflict(f"cannot be removed: {said}", hint="Nothing was removed. Cancel open jobs first: argosy cancel")
    agreed(_preview(planned), "Remove all this for good?", yes=yes)
    gone = road.send(calls.remove(job))
    words = f"Removed {gone.name} ({ids.short(job)}); {spell_size(gone.size)} are free again."
    return Words(words, [gone], bare=job)


def _preview(planned: Removal) -> Rows[tuple[Removal, str]]:
    lines = [(planned, path) for path in planned.paths or ("(only its record)",)]
    return Rows(
        lines,
        (
            Column("ID", lambda line, _: ids.short(line[0].job)),
            Column("NAME", lambda line, _: line[0].name, shrinks=True, cut=cut_middle),
            Column("SIZE", lambda line, _: spell_size(line[0].size), right=True),
            Column("WHAT GOES", lambda line, _: line[1], shrinks=True, cut=cut_middle),
        ),
    )
