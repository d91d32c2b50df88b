"""Copies of a SQLite database: made while the server runs, and put back while it does not."""

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from argosy.core.errors import BadInput, Conflict, NoRoom, NotFound, StoreBroken
from argosy.store.address import Address, read_address
from argosy.store.holders import holders_of
from argosy.store.recognition import look_at
from argosy.store.troubles import explain

_PRIVATE = 0o600
_PATIENCE_S = 5.0


def back_up(address: Address, into: Path) -> Path:
    """Write a verified copy of one moment to a new file, or into a directory under a name with the time."""
    if address.file is None:
        raise Conflict(
            f"{address.words} is not a file that Argosy could copy",
            hint="Use PostgreSQL's own tools: pg_dump --format=custom --file=FILE, and pg_restore.",
        )
    with _explained(replace(address, file=into)):
        into = into / f"argosy-{_stamp()}.db" if into.is_dir() else into
        taken = into.exists()
    if taken:
        raise Conflict(f"{into} exists already", hint="Give a new name: a backup never replaces a file.")
    with _explained(replace(address, file=into)), _beside(into) as part:
        _copy(address.file, part)
        _link(part, into)  # not a rename, which would replace a file that came in between
    return into


def put_back(backup: Path, url: str) -> Path | None:
    """Replace a SQLite database by a backup; returns where the replaced one is kept, None when there was none.

    The server must not run. The backup is verified first and stays as it is; at every moment there is a whole database.
    Raises NotFound for a missing backup, StoreBroken or StoreTooNew for one that cannot be used, Conflict when the
    database is in use or is not a file, NoRoom when the disk is full.
    """
    address = read_address(url)
    if address.file is None:
        hint = "Use PostgreSQL's own tools: pg_restore --clean --if-exists --dbname=URL FILE."
        raise Conflict(f"{address.words} is not a file that Argosy could replace", hint=hint)
    if not backup.is_file():
        raise NotFound(f"there is no file {backup}")
    if look_at(replace(address, file=backup.absolute())) is None:
        raise StoreBroken(f"{backup} is empty")
    address.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _explained(address), _beside(address.file) as part:
        _copy(backup.absolute(), part)
        kept = _set_aside(address, address.file) if address.file.exists() else None
        part.replace(address.file)
        _settle(address.file.parent)
    return kept


def _copy(source: Path, part: Path) -> None:
    """One file with all that is committed, checked and on disk."""
    with closing(_connect(source, "ro")) as original, closing(_connect(part, "rw")) as copy:
        original.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        damage = [row[0] for row in copy.execute("PRAGMA quick_check(1)") if row[0] != "ok"]
    if damage:
        raise StoreBroken(f"{source} is damaged: {damage[0]}", hint="Restore an older backup: argosy backup restore.")
    _settle(part)


def _set_aside(address: Address, file: Path) -> Path:
    """Give the database a second name, after seeing that nobody has it open; its place is taken in one step later."""
    kept = file.with_name(f"{file.name}.replaced-{_stamp()}")
    log, kept_log = Path(f"{file}-wal"), Path(f"{kept}-wal")
    _link(file, kept)
    if log.exists():
        _link(log, kept_log)  # before SQLite looks at it, which throws the log of a damaged database away
    try:
        whole = _is_whole_and_unused(address, file)
    except Conflict:
        for name in (kept, kept_log):
            name.unlink(missing_ok=True)
        raise
    if whole:
        kept_log.unlink(missing_ok=True)  # all of it is in the file now
    for left in (log, Path(f"{file}-shm")):
        left.unlink(missing_ok=True)  # they must not meet the new database
    return kept


def _is_whole_and_unused(address: Address, file: Path) -> bool:
    """False when it is too damaged to tell; raises Conflict when somebody works with it.

    Leaving WAL mode needs the file for ourselves alone, and brings all that was committed into it.
    """
    try:
        with closing(_connect(file, "rw")) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        who = ", ".join(holders_of(address)) or "another program"
        raise Conflict(f"{address.words} is in use by {who}", hint="Stop the server: argosy server stop.") from error
    except sqlite3.DatabaseError:
        return False
    return True


def _link(file: Path, other: Path) -> None:
    """A second name, never in place of a file; a copy where the file system knows no links."""
    try:
        os.link(file, other)
    except FileExistsError:
        raise
    except OSError:
        with other.open("xb") as copy, file.open("rb") as original:
            shutil.copyfileobj(original, copy)
        other.chmod(_PRIVATE)
        _settle(other)


@contextmanager
def _beside(file: Path) -> Generator[Path]:
    """A private file in the same directory, which is gone afterwards."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def _explained(address: Address) -> Generator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, address) from error
    except FileExistsError as error:
        raise Conflict(f"{error.filename2 or error.filename} exists already", hint="Give a new name.") from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoRoom(
                f"the disk that holds {address.words} is full", hint="Make room there, then try again."
            ) from error
        raise BadInput(f"{error.filename or address.words}: {error.strerror}", hint="Give another place.") from error


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode={mode}", uri=True, timeout=_PATIENCE_S)


def _settle(path: Path) -> None:
    """Wait until a file, or what a directory names, is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
