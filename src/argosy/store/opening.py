"""Opening a database: made when it is missing, brought up to date when it is old, left alone when it is not ours."""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from argosy.contracts import Store
from argosy.core.errors import StoreBroken
from argosy.store.address import Address, read_address
from argosy.store.connections import Connections, connect, shut_out_writers
from argosy.store.database import Database
from argosy.store.recognition import look_at, recognise
from argosy.store.schema import NEWEST, create, upgrade
from argosy.store.troubles import explained

PATIENCE_S = 10.0
READERS = 2


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def open_store(
    url: str, *, clock: Callable[[], datetime] = _utc_now, readers: int = READERS, patience_s: float = PATIENCE_S
) -> Store:
    """The store in the database that a URL names (``sqlite:///FILE`` or ``postgresql://...``), ready for use.

    A missing file is made, readable by its owner only; an older database is brought up to date, wholly or not at all.
    Raises BadInput for a URL that cannot be used, StoreTooNew for a database of a newer Argosy, NoRoom when the disk is
    full, and StoreBroken for a database that is damaged, not ours, not reachable, or locked by others for more than
    ``patience_s`` seconds; in all these cases it is as it was. ``clock`` gives the time of events that carry none of
    their own.
    """
    address = read_address(url)
    ways = connect(address, readers=readers, patience_s=patience_s)
    try:
        await asyncio.get_running_loop().run_in_executor(ways.writing, _prepare, ways, patience_s)
    except BaseException:
        await asyncio.to_thread(ways.dispose)
        raise
    return Database(ways, clock)


def _prepare(ways: Connections, patience_s: float) -> None:
    with explained(ways.address):
        if ways.address.file is not None:
            _prepare_file(ways.address, ways.address.file)
            look_at(ways.address, patience_s=patience_s)
        with ways.writer.begin() as connection:  # even with nothing to do: it proves that we may write
            shut_out_writers(connection)
            revision = recognise(connection, ways.address)
            if revision is None:
                create(connection)
            elif revision != NEWEST:
                upgrade(connection)


def _prepare_file(address: Address, file: Path) -> None:
    """Make the file when it is missing, for its owner only."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        hint = "Look at the owner and mode of the file and its directory."
        raise StoreBroken(f"{address.words} cannot be opened: {error.strerror}", hint=hint) from error
