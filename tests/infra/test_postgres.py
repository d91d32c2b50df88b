import os
from pathlib import Path

import psycopg
import pytest

from tests.infra.postgres import PostgresServer, find_programs, refuse, running_server

pytestmark = pytest.mark.infra


def test_a_fresh_database_is_empty_and_writable(postgres_server: PostgresServer, postgres_url: str) -> None:
    with psycopg.connect(plain(postgres_url)) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        connection.execute("CREATE TABLE kept (id integer)")
    assert tables == (0,)
    assert postgres_url.startswith(f"postgresql+psycopg://argosy:{postgres_server.password}@127.0.0.1:")


def test_the_server_lets_nobody_in_without_the_password(postgres_server: PostgresServer) -> None:
    wrong = PostgresServer(postgres_server.directory, postgres_server.port, "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong.dsn("postgres"))


def test_a_database_is_gone_afterwards_even_with_an_open_connection(postgres_server: PostgresServer) -> None:
    with postgres_server.fresh_database() as url:
        connection = psycopg.connect(plain(url))
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(plain(url))


def test_a_stopped_server_leaves_neither_process_nor_files() -> None:
    programs = find_programs()
    if programs is None:
        pytest.skip("needs PostgreSQL")
    with running_server(programs) as server:
        pid = int((server.directory / "data" / "postmaster.pid").read_text().splitlines()[0])
        assert Path(f"/proc/{pid}").exists()
        if os.geteuid() == 0:
            assert Path(f"/proc/{pid}").stat().st_uid != 0
    assert not Path(f"/proc/{pid}").exists()
    assert not server.directory.exists()


def test_a_missing_server_is_skipped_at_a_desk_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception):
        refuse("missing")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception):
        refuse("missing")


def plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)
