from typing import Annotated

import typer

from argosy.cli.enrol import commands, shows
from argosy.cli.letters import cut_middle
from argosy.cli.moments import ago, exactly
from argosy.cli.options import AttemptNumber, JobWord
from argosy.cli.shown import Column, Rows, Shown
from argosy.client import calls
from argosy.client.finding import identity
from argosy.client.road import Road
from argosy.core import ids
from argosy.core.outputs import MOST_FILES, FileEntry
from argosy.core.patterns import chosen
from argosy.core.quantities import spell_size
from argosy.core.views import Files

app = commands()


@shows(app)
def files(
    job: JobWord,
    patterns: Annotated[
        list[str] | None, typer.Argument(metavar="[PATTERN...]", help="Such as '*.csv' or traj/; by default all files.")
    ] = None,
    *,
    attempt: AttemptNumber = None,
) -> Shown:
    """List the files of a job, also while it runs: those in its directory, and which of them were brought home."""
    road = Road()
    identified = identity(road, job)
    found = road.send(calls.files(identified, attempt, limit=MOST_FILES if patterns else None))
    if patterns and found.reachable:
        found = found.model_copy(update={"files": tuple(chosen(identified, found.files, patterns))})
    home = frozenset(found.at_home)
    columns = (
        Column[FileEntry]("FILE", lambda file, _: file.path, shrinks=True, cut=cut_middle),
        Column[FileEntry]("SIZE", lambda file, _: spell_size(file.size), exact=lambda file: str(file.size), right=True),
        Column[FileEntry](
            "CHANGED",
            lambda file, page: ago(file.modified, page.now),
            exact=lambda file: exactly(file.modified),
            right=True,
        ),
        Column[FileEntry]("AT HOME", lambda file, _: "yes" if file.path in home else ""),
    )
    return Rows(found.files, columns, empty=_nothing(found), below=_below(found, identified), value=found)


def _nothing(found: Files) -> str:
    if not found.reachable:
        home = f" What was brought home lies in {found.home}." if found.home else ""
        return f"The target does not answer, so its files cannot be listed.{home}"
    return "There are no files." if found.directory else "The job has no directory yet."


def _below(found: Files, job: str) -> str:
    lines = [f"They lie in {found.directory}/work"]
    if found.home:
        lines.append(f"Brought home to {found.home}")
    if not found.complete:
        lines.append("There are more files than are listed here.")
    return "\n".join([*lines, f"Bring them here: argosy get {ids.short(job)}"])
