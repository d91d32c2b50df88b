"""Whether a database is ours, and of which form."""

import sqlalchemy as sa

from argosy.core.errors import StoreBroken, StoreTooNew
from argosy.store import schema
from argosy.store.address import Address
from argosy.store.tables import metadata

_OURS = frozenset(metadata.tables)
_TELLING = frozenset({"attempts", "leases", "specs"})


def recognise(connection: sa.Connection, address: Address) -> str | None:
    """The revision of a database of ours; None for an empty one.

    Raises StoreTooNew for one of a revision that we do not know, StoreBroken for a database of another program or a damaged one.
    """
    if connection.dialect.name == "sqlite":
        return _recognise_sqlite(connection, address)
    there = schema.tables_of(connection)
    if not there & (_OURS | {"alembic_version"}):
        return None
    if not there >= _TELLING:
        raise _foreign(address)
    return _known(connection, address)


def _recognise_sqlite(connection: sa.Connection, address: Address) -> str | None:
    mark = connection.scalar(sa.text("PRAGMA application_id"))
    if mark == schema.APPLICATION_ID:
        return _known(connection, address)
    if mark or schema.tables_of(connection):
        raise _foreign(address)
    return None


def _known(connection: sa.Connection, address: Address) -> str:
    revision = schema.revision_of(connection)
    if revision is None:
        raise StoreBroken(f"{address.words} does not say its version", hint="Restore a backup: argosy backup restore.")
    if revision not in schema.REVISIONS:
        raise StoreTooNew(
            f"{address.words} was written by a newer Argosy (its form is {revision}, this one knows up to {schema.NEWEST})",
            hint="Update Argosy, or restore a backup from before: argosy backup restore. Nothing was changed.",
        )
    return revision


def _foreign(address: Address) -> StoreBroken:
    hint = "Give Argosy a database of its own (ARGOSY_DATABASE), or restore a backup: argosy backup restore. Nothing was changed."
    return StoreBroken(f"{address.words} belongs to another program", hint=hint)
