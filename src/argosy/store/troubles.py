"""What a database's own errors mean to the people who run Argosy."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import exc

from argosy.core.errors import NoRoom, ServerError, StoreBroken
from argosy.store.address import Address
from argosy.store.holders import holders_of

_RESTORE = "Restore a backup: argosy backup restore."
_FULL = "Make room there, then try again. Nothing was half-written."

_SQLITE_BUSY, _SQLITE_LOCKED, _SQLITE_READONLY, _SQLITE_IOERR = 5, 6, 8, 10
_SQLITE_CORRUPT, _SQLITE_FULL, _SQLITE_CANTOPEN, _SQLITE_NOTADB = 11, 13, 14, 26

_MISTAKES = (exc.IntegrityError, exc.ProgrammingError, exc.DataError)
_NOT_ALLOWED = "42501"  # PostgreSQL files it under mistakes of the program


@contextmanager
def explained(address: Address) -> Generator[None]:
    """Database errors inside come out as StoreBroken or NoRoom, in words; mistakes of our own stay what they are."""
    try:
        yield
    except exc.DBAPIError as error:
        if isinstance(error, _MISTAKES) and getattr(error.orig, "sqlstate", None) != _NOT_ALLOWED:
            raise
        raise explain(error.orig, address) from error


def explain(error: BaseException | None, address: Address) -> ServerError | NoRoom:
    """The error to raise for what a driver said."""
    said = address.without_password((str(error).strip().splitlines() or ["no reason given"])[0])
    return _of_sqlite(error, said, address) if address.file is not None else _of_postgres(error, said, address)


def not_sqlite(address: Address) -> StoreBroken:
    """The file is there and is something else."""
    return StoreBroken(f"{address.words} is not a database", hint=f"{_RESTORE} The file itself is kept.")


def _of_sqlite(error: Any, said: str, address: Address) -> StoreBroken | NoRoom:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {_SQLITE_BUSY, _SQLITE_LOCKED}:
        who = ", ".join(holders_of(address)) or "another program"
        return StoreBroken(f"{address.words} has been locked for too long by {who}", hint="Stop it, then try again.")
    if code == _SQLITE_FULL:
        return NoRoom(f"the disk that holds {address.words} is full", hint=_FULL)
    if code == _SQLITE_CORRUPT:
        return StoreBroken(f"{address.words} is damaged: {said}", hint=_RESTORE)
    if code == _SQLITE_NOTADB:
        return not_sqlite(address)
    if code in {_SQLITE_READONLY, _SQLITE_CANTOPEN}:
        return StoreBroken(
            f"{address.words} cannot be written: {said}", hint="Look at the owner and mode of it and its directory."
        )
    if code == _SQLITE_IOERR:
        return StoreBroken(f"the disk that holds {address.words} fails: {said}", hint=f"Look at the disk. {_RESTORE}")
    return StoreBroken(f"{address.words} cannot be used: {said}", hint="argosy doctor looks closer.")


def _of_postgres(error: Any, said: str, address: Address) -> StoreBroken | NoRoom:
    state = getattr(error, "sqlstate", None)
    if state == "53100":
        return NoRoom(f"the disk of {address.words} is full", hint=_FULL)
    if state == _NOT_ALLOWED:
        hint = "Let its owner grant the right: GRANT CREATE, USAGE ON SCHEMA public TO the user in the URL."
        return StoreBroken(f"{address.words} does not allow this: {said}", hint=hint)
    if state == "55P03":
        return StoreBroken(
            f"{address.words} has been locked for too long by another session",
            hint="See who it is: select * from pg_stat_activity where state <> 'idle'.",
        )
    hint = (
        "Look whether it runs and takes connections from here (pg_isready), and at user, password and name in its URL."
    )
    return StoreBroken(f"{address.words} cannot be used: {said}", hint=hint)
