"""Whether a database is ours, and of which form."""

import sqlite3
from pathlib import Path

import sqlalchemy as sa

from argosy.core.errors import StoreBroken, StoreTooNew
from argosy.store.address import Address
from argosy.store.schema import APPLICATION_ID, NEWEST, REVISIONS, revision_of, tables_of
from argosy.store.tables import metadata
from argosy.store.troubles import explained, not_sqlite

_MAGIC = b"SQLite format 3\0"
_OURS = frozenset(metadata.tables)
_TELLING = frozenset({"attempts", "leases", "specs"})


def look_at(address: Address, *, patience_s: float = 5.0) -> str | None:
    """The revision of a SQLite file, None for an empty one; changes nothing in it. Raises what ``recognise`` raises."""
    file = address.file
    assert file is not None

    _refuse_other_files(address, file)

    def read_only() -> sqlite3.Connection:
        return sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=patience_s)

    engine = sa.create_engine("sqlite+pysqlite://", creator=read_only, poolclass=sa.NullPool)
    with explained(address), engine.connect() as connection:
        return recognise(connection, address)


def _refuse_other_files(address: Address, file: Path) -> None:
    """SQLite itself would take a very short file for an empty database, and write over it."""
    try:
        with file.open("rb") as opened:
            head = opened.read(len(_MAGIC))
    except OSError as error:
        hint = "Look at the owner and mode of the file and its directory."
        raise StoreBroken(f"{address.words} cannot be read: {error.strerror}", hint=hint) from error
    if head and head != _MAGIC:
        raise not_sqlite(address)


def recognise(connection: sa.Connection, address: Address) -> str | None:
    """The revision of a database of ours; None for an empty one.

    Raises StoreTooNew for one of a revision that we do not know, StoreBroken for one that is damaged or not ours.
    """
    if connection.dialect.name == "sqlite":
        return _recognise_sqlite(connection, address)
    there = tables_of(connection)
    if not there & (_OURS | {"alembic_version"}):
        return None
    if not there >= _TELLING:
        raise _foreign(address)
    return _known(connection, address)


def _recognise_sqlite(connection: sa.Connection, address: Address) -> str | None:
    mark = connection.scalar(sa.text("PRAGMA application_id"))
    if mark == APPLICATION_ID:
        return _known(connection, address)
    if mark or tables_of(connection):
        raise _foreign(address)
    return None


def _known(connection: sa.Connection, address: Address) -> str:
    revision = revision_of(connection)
    if revision is None:
        raise StoreBroken(f"{address.words} does not say its version", hint="Restore a backup: argosy backup restore.")
    if revision not in REVISIONS:
        raise StoreTooNew(
            f"{address.words} was written by a newer Argosy (its form is {revision}, this one knows up to {NEWEST})",
            hint="Update Argosy, or restore a backup from before: argosy backup restore. Nothing was changed.",
        )
    return revision


def _foreign(address: Address) -> StoreBroken:
    hint = "Nothing was changed. Give Argosy a database of its own (ARGOSY_DATABASE), or restore a backup."
    return StoreBroken(f"{address.words} belongs to another program", hint=hint)
