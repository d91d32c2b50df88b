from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from argosy.cli.agreeing import agreed
from argosy.cli.enrol import commands, shows
from argosy.cli.findings import shown as findings_shown
from argosy.cli.letters import cut_middle
from argosy.cli.moments import ago, exactly
from argosy.cli.options import Yes
from argosy.cli.shown import Column, Rows, Shown, Words
from argosy.client import calls, offline
from argosy.client.places import here
from argosy.client.road import Road
from argosy.client.sending import shown
from argosy.client.start import stop
from argosy.core.errors import NotFound
from argosy.core.findings import error
from argosy.core.home import expanded
from argosy.core.quantities import spell_size

app = commands("Copies of the database.")

BackupFile = Annotated[str, typer.Argument(metavar="BACKUP", help="A path, a name in 'backup list', or 'last'.")]


@shows(app)
def create(
    into: Annotated[Path | None, typer.Option("--into", "-i", metavar="FILE", help="A new file.")] = None,
) -> Shown:
    """Copy the database while everything goes on."""
    made = Road().send(calls.make_backup(str(expanded(into).absolute()) if into else None))
    return Words(f"Backed up to {made}", {"path": made}, bare=made)


@shows(app, "list")
def list_() -> Shown:
    """List the backups in their usual place, newest first."""
    columns = (
        Column[Path]("BACKUP", lambda path, _: path.name, shrinks=True, cut=cut_middle),
        Column[Path]("SIZE", lambda path, _: spell_size(path.stat().st_size), right=True),
        Column[Path]("AGE", lambda path, page: ago(_made(path), page.now), exact=lambda path: exactly(_made(path))),
    )
    value = [{"path": str(path), "size": path.stat().st_size, "made": exactly(_made(path))} for path in _all()]
    below = f"They lie in {here().backups}"
    return Rows(_all(), columns, empty="There are no backups. Make one: argosy backup create", below=below, value=value)


@shows(app)
def check(backup: BackupFile) -> Shown:
    """Restore a backup somewhere else, and read it through."""
    path = _meant(backup)
    complaints = [error(path.name, complaint) for complaint in offline.check(path)]
    return findings_shown(complaints, f"{shown(path)} is sound.")


@shows(app)
def restore(backup: BackupFile, *, yes: Yes = False) -> Shown:
    """Put a backup in place of the database; the one that is there now is kept beside it.

    The server is stopped before. Jobs that were submitted after the backup are not in it.
    """
    path = _meant(backup)
    agreed(Words(f"{shown(path)} takes the place of the database.", {}), "Restore it?", yes=yes)
    stop(here())
    kept = offline.restore(path)
    words = f"Restored from {shown(path)}."
    if kept:
        words += f"\nThe database before is kept as {kept}"
    return Words(words, {"restored": str(path), "kept": kept}, bare=kept or "")


def _all() -> list[Path]:
    directory = here().backups
    found = directory.glob("*.db") if directory.is_dir() else ()
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def _meant(word: str) -> Path:
    known = _all()
    if word == "last" and known:
        return known[0]
    for path in (expanded(word), here().backups / word):
        if path.is_file():
            return path
    raise NotFound(f"there is no backup {word!r}", hint="See them with 'argosy backup list', or give a path.")


def _made(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
