"""A real PostgreSQL server for the tests of one session, and a fresh database for each test that asks."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
from psycopg import sql

START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 30
OWNER = "argosy"
INSTALL = "PostgreSQL is missing: install the Debian package postgresql, or run `make servers` as root"


@dataclass(frozen=True)
class PostgresServer:
    """A running server that listens on loopback and on a socket in `directory`."""

    directory: Path
    port: int
    password: str

    def dsn(self, database: str) -> str:
        """The address of a database for libpq and for `psycopg.connect`."""
        return f"postgresql://{OWNER}:{self.password}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Make an empty database, hand out its SQLAlchemy URL, and drop it with all its connections."""
        name = f"test_{secrets.token_hex(6)}"
        self._as_owner(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield self.dsn(name).replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            self._as_owner(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _as_owner(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the whole session (for each worker of xdist its own)."""
    programs = find_programs()
    if programs is None:
        refuse(INSTALL)
    with running_server(programs) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database that belongs to this test alone."""
    with postgres_server.fresh_database() as url:
        yield url


def find_programs() -> Path | None:
    """The folder of the newest installed server's programs. Debian keeps them off the PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3].partition(".")[0])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("pg_ctl")
    return Path(on_path).resolve().parent if on_path else None


def refuse(reason: str) -> NoReturn:
    """Skip at a developer's desk; fail where CI must not pass without the server."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def running_server(programs: Path) -> Iterator[PostgresServer]:
    """Start a server with an empty cluster, and stop it by its pid at the end."""
    # Not pytest's own directory: that one is closed to the user that the server runs as.
    directory = Path(tempfile.mkdtemp(prefix="argosy-pg-"))
    try:
        server = PostgresServer(directory, free_port(), secrets.token_urlsafe(16))
        make_cluster(programs, server)
        process = start(programs, server)
        try:
            wait_until_ready(programs, server, process)
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_TIMEOUT_S)
    finally:
        shutil.rmtree(directory)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def make_cluster(programs: Path, server: PostgresServer) -> None:
    """Write an empty cluster that only `OWNER` may enter, with the server's password."""
    password_file = server.directory / "password"
    password_file.write_text(server.password)
    if os.geteuid() == 0:
        shutil.chown(server.directory, "postgres", "postgres")
        shutil.chown(password_file, "postgres", "postgres")
    command = [programs / "initdb", "--pgdata", server.directory / "data", "--username", OWNER]
    command += ["--pwfile", password_file, "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--no-sync"]
    subprocess.run(unprivileged(command), check=True, stdout=subprocess.DEVNULL)


def start(programs: Path, server: PostgresServer) -> subprocess.Popen[bytes]:
    """Start the server. It dies with this process, even when that one is killed."""
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(server.directory),
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
    }
    command = [programs / "postgres", "-D", server.directory / "data", "-p", server.port]
    command += [f"--{name}={value}" for name, value in settings.items()]
    with (server.directory / "log").open("wb") as log:
        return subprocess.Popen(unprivileged(command), stdout=log, stderr=log)


def unprivileged(command: list[object]) -> list[str]:
    """The command as the user postgres where we are root, because the server refuses to run as root."""
    identity = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *identity, "--pdeathsig=INT", "--", *map(str, command)]


def wait_until_ready(programs: Path, server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    """Return when the server takes connections; raise with its log when it does not."""
    question = [programs / "pg_isready", "--quiet", "--host", "127.0.0.1", "--port", str(server.port)]
    deadline = time.monotonic() + START_TIMEOUT_S
    while subprocess.run(question, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"PostgreSQL did not start:\n{(server.directory / 'log').read_text(errors='replace')}")
        time.sleep(0.05)
