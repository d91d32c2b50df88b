"""The ways into one database: one thread that writes, a few that read."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy import event

from argosy.core.errors import StoreBroken
from argosy.store.address import Address
from argosy.store.troubles import explained

_P = ParamSpec("_P")
_T = TypeVar("_T")

WRITERS_KEY = 0x4172676F7379
"""The advisory lock of PostgreSQL that every writing transaction holds to its end."""

_WRITER_CACHE_KIB = 8192
_READER_CACHE_KIB = 4096
_WAL_KEPT_BYTES = 64 << 20


@dataclass(frozen=True)
class Connections:
    """Runs functions that take a connection, each in a transaction of its own, off the event loop.

    Writes come one after the other, here and (by a lock of the whole database) among all servers that share it. So a
    write sees everything that was written before it, and numbers that it gives out appear to readers in their order.
    """

    address: Address
    writer: sa.Engine
    brisk: sa.Engine
    reader: sa.Engine
    writing: ThreadPoolExecutor
    reading: ThreadPoolExecutor

    async def write(
        self, act: Callable[Concatenate[sa.Connection, _P], _T], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """What ``act`` returns, after everything that it wrote is on disk; nothing of it is when it raises."""
        return await self._write(self.writer, act, *args, **kwargs)

    async def write_brisk(
        self, act: Callable[Concatenate[sa.Connection, _P], _T], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """As ``write``, but without waiting for the disk: a power cut may take back the last writes, each as a whole.

        They outlive the death of this process. Only for what a second look would find out again.
        """
        return await self._write(self.brisk, act, *args, **kwargs)

    async def _write(
        self,
        engine: sa.Engine,
        act: Callable[Concatenate[sa.Connection, _P], _T],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _T:
        def transaction() -> _T:
            with explained(self.address), engine.begin() as connection:
                shut_out_writers(connection)
                if engine is not self.writer and connection.dialect.name == "postgresql":
                    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
                return act(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self.writing, transaction)

    async def read(
        self, look: Callable[Concatenate[sa.Connection, _P], _T], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """What ``look`` returns; all that it sees is of one moment."""

        def transaction() -> _T:
            with explained(self.address), self.reader.begin() as connection:
                return look(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self.reading, transaction)

    def dispose(self) -> None:
        """Finish what has begun and let go of the database."""
        for threads in (self.reading, self.writing):
            threads.shutdown(wait=True)
        for engine in (self.reader, self.brisk, self.writer):
            engine.dispose()


def connect(address: Address, *, readers: int, patience_s: float) -> Connections:
    """The ways into a database that exists; nothing is opened yet."""
    make = _to_postgres if address.file is None else _to_sqlite
    try:
        writer, brisk, reader = make(address, readers, patience_s)
    except ModuleNotFoundError as missing:
        raise StoreBroken(
            f"{address.words} cannot be used: the package {missing.name} is missing",
            hint="Install it: pip install 'argosy[postgres]'.",
        ) from None
    return Connections(
        address=address,
        writer=writer,
        brisk=brisk,
        reader=reader,
        writing=ThreadPoolExecutor(1, "argosy-store-write"),
        reading=ThreadPoolExecutor(readers, "argosy-store-read"),
    )


def shut_out_writers(connection: sa.Connection) -> None:
    """Wait for other writers to end, and keep new ones out to the end of this transaction.

    SQLite's BEGIN IMMEDIATE has done so.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_KEY})")


_Ways = tuple[sa.Engine, sa.Engine, sa.Engine]


def _to_sqlite(address: Address, readers: int, patience_s: float) -> _Ways:
    def engine(size: int, begin: str, pragmas: tuple[str, ...]) -> sa.Engine:
        # isolation_level None: the driver begins nothing by itself, so that each transaction begins as we say.
        arguments: dict[str, Any] = {"timeout": patience_s, "isolation_level": None}
        made = sa.create_engine(address.url, pool_size=size, max_overflow=1, connect_args=arguments)

        @event.listens_for(made, "connect")
        def _set_up(connection: Any, _record: object) -> None:
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(made, "begin")
        def _begin(connection: sa.Connection) -> None:
            connection.exec_driver_sql(begin)

        return made

    # foreign_keys must hold on each connection. In WAL mode a commit is on disk when it returns with FULL; with NORMAL
    # it is there after the next commit with FULL, or the next checkpoint.
    writing = (
        "journal_mode=WAL",
        "foreign_keys=ON",
        f"cache_size=-{_WRITER_CACHE_KIB}",
        f"journal_size_limit={_WAL_KEPT_BYTES}",
    )
    reading = ("query_only=ON", f"cache_size=-{_READER_CACHE_KIB}")
    return (
        engine(1, "BEGIN IMMEDIATE", (*writing, "synchronous=FULL")),
        engine(1, "BEGIN IMMEDIATE", (*writing, "synchronous=NORMAL")),
        engine(readers, "BEGIN", reading),
    )


def _to_postgres(address: Address, readers: int, patience_s: float) -> _Ways:
    def engine(size: int, isolation: Any) -> sa.Engine:
        options = f"-c lock_timeout={int(patience_s * 1000)} -c synchronous_commit=on -c timezone=UTC"
        arguments: dict[str, Any] = {"application_name": "argosy", "connect_timeout": 10, "options": options}
        return sa.create_engine(
            address.url,
            pool_size=size,
            max_overflow=1,
            pool_pre_ping=True,
            isolation_level=isolation,
            connect_args=arguments | {key: value for key, value in address.url.query.items() if key in arguments},
        )

    # A writer must see what was committed while it waited for its turn; a reader must see one moment only.
    writer = engine(1, "READ COMMITTED")
    return writer, writer.execution_options(), engine(readers, "REPEATABLE READ")
