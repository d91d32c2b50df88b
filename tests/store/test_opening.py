"""A database is made, opened, or left alone with a word that helps."""

import asyncio
import os
import secrets
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from argosy.core.errors import ArgosyError, BadInput, StoreBroken, StoreTooNew
from argosy.core.views import JobQuery
from argosy.store import open_store
from tests.store.making import accept, names_in, new
from tests.store.test_migrations import FIRST_FORM

pytestmark = pytest.mark.filterwarnings("error")


async def refusal(url: str, **options: float) -> ArgosyError:
    """The error that opening raises; it must help."""
    with pytest.raises(ArgosyError) as caught:
        await open_store(url, **options)
    assert caught.value.hint
    return caught.value


async def opened_once(file: Path) -> None:
    """Make a store with one job."""
    store = await open_store(f"sqlite:///{file}")
    await accept(store, new())
    await store.close()


async def test_a_missing_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "not" / "there" / "argosy.db"
    await opened_once(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert names_in(file.parent) == ["argosy.db"]


async def test_the_files_beside_an_open_database_are_private_too(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'argosy.db'}")
    await accept(store, new())
    modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in names_in(tmp_path)}
    assert modes == {"argosy.db": 0o600, "argosy.db-wal": 0o600, "argosy.db-shm": 0o600}
    await store.close()


async def test_an_empty_file_is_a_fresh_database(tmp_path: Path) -> None:
    (tmp_path / "argosy.db").touch()
    await opened_once(tmp_path / "argosy.db")


async def test_two_who_make_the_same_database_at_once_both_get_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'argosy.db'}"
    stores = await asyncio.gather(*(open_store(url) for _ in range(4)))
    await asyncio.gather(*(accept(store, new()) for store in stores))
    assert len((await stores[0].rows(JobQuery())).jobs) == 4
    for store in stores:
        await store.close()


@pytest.mark.parametrize("text", [b"not a database at all" * 99, b"SQLite format 3\0" + b"\1" * 4096, b"x"])
async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "argosy.db"
    file.write_bytes(text)
    broken = await refusal(f"sqlite:///{file}")
    assert isinstance(broken, StoreBroken)
    assert str(file) in broken.message
    assert "argosy backup restore" in broken.hint
    assert file.read_bytes() == text


async def test_a_damaged_database_is_told_of(tmp_path: Path) -> None:
    file = tmp_path / "argosy.db"
    store = await open_store(f"sqlite:///{file}")
    for _ in range(3):
        await accept(store, *(new() for _ in range(200)))
    await store.close()
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(os.urandom(size - 4096))
    broken = await refusal(f"sqlite:///{file}")
    assert isinstance(broken, StoreBroken)
    assert "argosy backup restore" in broken.hint


async def test_a_database_that_lost_its_end_is_told_of(tmp_path: Path) -> None:
    file = tmp_path / "argosy.db"
    await opened_once(file)
    os.truncate(file, 5000)
    assert isinstance(await refusal(f"sqlite:///{file}"), StoreBroken)


@pytest.mark.parametrize("mark", [0, 12345])
async def test_a_database_of_another_program_is_left_alone(tmp_path: Path, mark: int) -> None:
    file = tmp_path / "argosy.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA application_id = {mark}")
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("CREATE TABLE jobs (id TEXT)")
        connection.commit()
    before = file.read_bytes()
    broken = await refusal(f"sqlite:///{file}")
    assert isinstance(broken, StoreBroken)
    assert "another program" in broken.message
    assert file.read_bytes() == before
    assert names_in(tmp_path) == ["argosy.db"]


async def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "argosy.db"
    await opened_once(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = file.read_bytes()
    newer = await refusal(f"sqlite:///{file}")
    assert isinstance(newer, StoreTooNew)
    assert "9999" in newer.message
    assert file.read_bytes() == before


async def test_a_database_that_is_locked_for_too_long_names_who_holds_it(tmp_path: Path) -> None:
    file = tmp_path / "argosy.db"
    await opened_once(file)
    with closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        broken = await refusal(f"sqlite:///{file}", patience_s=0.05)
    assert isinstance(broken, StoreBroken)
    assert "locked" in broken.message
    assert f"process {os.getpid()}" in broken.message


async def test_a_database_in_its_old_mode_that_is_locked_is_told_of(tmp_path: Path) -> None:
    file = Path(shutil.copy(FIRST_FORM, tmp_path / "argosy.db"))
    with closing(sqlite3.connect(file, isolation_level=None)) as holder:
        for lock in ("BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"):
            holder.execute(lock)
            broken = await refusal(f"sqlite:///{file}", patience_s=0.05)
            assert "locked" in broken.message
            holder.execute("ROLLBACK")


async def test_a_lock_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "argosy.db"
    store = await open_store(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(accept(store, new()))
        assert (await store.rows(JobQuery())).jobs == ()
        assert not writing.done()
        holder.execute("COMMIT")
    await writing
    await store.close()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://host/x", "sqlite://", "sqlite:///:memory:", "sqlite:///x?y=1"]
)
async def test_a_url_that_cannot_be_used_is_refused(url: str) -> None:
    assert isinstance(await refusal(url), BadInput)


async def test_a_directory_is_no_database(tmp_path: Path) -> None:
    broken = await refusal(f"sqlite:///{tmp_path}")
    assert isinstance(broken, StoreBroken)
    assert str(tmp_path) in broken.message


async def test_a_directory_that_cannot_be_made_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert isinstance(await refusal(f"sqlite:///{tmp_path / 'file' / 'argosy.db'}"), StoreBroken)


async def test_a_path_may_hold_any_usual_sign(tmp_path: Path) -> None:
    file = tmp_path / "a b%20c#d'e;f ?x=y &\N{LATIN SMALL LETTER E WITH ACUTE}" / "argosy.db"
    store = await open_store(f"sqlite:///{quote(str(file))}")
    await store.close()
    assert names_in(file.parent) == ["argosy.db"]


async def test_an_unreachable_postgres_is_named_without_its_password() -> None:
    broken = await refusal("postgresql://marie:secret-word@127.0.0.1:1/argosy")
    assert isinstance(broken, StoreBroken)
    assert "127.0.0.1:1" in broken.message
    assert "'argosy'" in broken.message
    assert "secret-word" not in broken.message + broken.hint + repr(broken)


@pytest.mark.infra
async def test_a_wrong_password_or_database_is_told_without_the_password(postgres_url: str) -> None:
    url = sa.make_url(postgres_url)
    wrong = (url.set(password="not-it"), url.set(database="no_such_database"), url.set(username="nobody_here"))
    for each in wrong:
        broken = await refusal(each.render_as_string(hide_password=False))
        assert isinstance(broken, StoreBroken)
        assert str(each.password) not in broken.message + broken.hint


@pytest.mark.infra
async def test_a_postgres_database_of_others_is_left_alone_and_a_newer_one_too(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE settings (mine text)")
    assert "another program" in (await refusal(postgres_url)).message
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE settings")
        connection.exec_driver_sql("CREATE TABLE something_else (mine text)")
    await (await open_store(postgres_url)).close()
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert isinstance(await refusal(postgres_url), StoreTooNew)
    engine.dispose()


@pytest.mark.infra
async def test_a_postgres_user_who_may_not_make_tables_is_told_so(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    name = f"guest_{secrets.token_hex(4)}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN PASSWORD 'guest'")
    url = sa.make_url(postgres_url).set(username=name, password="guest")
    broken = await refusal(url.render_as_string(hide_password=False))
    assert isinstance(broken, StoreBroken)
    assert "permission denied" in broken.message
    assert "GRANT" in broken.hint
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP ROLE {name}")
    engine.dispose()
