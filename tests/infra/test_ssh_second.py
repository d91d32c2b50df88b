"""Large files by a second connection, of the system's ssh, over a real sshd."""

import asyncio
import contextlib
import hashlib
import os
import secrets
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from argosy.contracts import Parcel, Stored
from argosy.core.errors import Unreachable
from argosy.core.target import Target
from argosy.transports.far.far import Far
from argosy.transports.ssh import second
from argosy.transports.ssh.opening import open_ssh
from tests.infra.ssh.calling import Listening, Someone, home_of, ssh_of, until_true
from tests.infra.ssh.keys import make_key, running_agent
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.masters import masters
from tests.infra.ssh.proxy import running_proxy
from tests.infra.ssh.sshd import Sshd, descendants, running_sshd
from tests.infra.wrapped import PATIENCE_S

pytestmark = pytest.mark.infra

SIZE = (20 << 20) + 17


@pytest.fixture(autouse=True)
def much(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large enough here."""
    monkeypatch.setattr(second, "MUCH", 16 << 20)
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


@pytest.fixture
def server() -> Iterator[Sshd]:
    """A server of the test's own, which it may change."""
    with running_sshd() as server:
        yield server


@pytest.fixture
def ground(server: Sshd) -> Iterator[Path]:
    """A directory of the one who logs in."""
    ground = server.person.folder(server.person.home / f"ground-{secrets.token_hex(4)}")
    yield ground
    shutil.rmtree(ground)


@pytest.fixture
def large(tmp_path: Path) -> Stored:
    """A large file of chance."""
    data, source = os.urandom(SIZE), tmp_path / "large"
    source.write_bytes(data)
    return Stored(name="large", sha256=hashlib.sha256(data).hexdigest(), size=SIZE, source=source)


@asynccontextmanager
async def reached(laptop: Laptop, ground: Path, **said: object) -> AsyncIterator[tuple[Far, Listening]]:
    """The machine, and what is heard of it; logged out afterwards."""
    around = Listening(home_of(laptop))
    far = open_ssh(Target(name="far", transport="ssh", root=str(ground), ssh=ssh_of(laptop, **said)), around)
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield far, around
    finally:
        await far.disconnect()
        await far.close()


async def placed(far: Far, ground: Path, large: Stored, name: str = "one") -> None:
    """It lies there, byte for byte."""
    assert await far.place([Parcel(directory=f"{ground}/jobs/{name}", items=(large,))]) == [None]
    assert (ground / "jobs" / name / "large").read_bytes() == large.source.read_bytes()


def changed(server: Sshd, *lines: str) -> None:
    """From the next login on the server has these lines; the connections that stand are not touched."""
    assert server.process is not None
    config = server.directory / "sshd_config"
    config.write_text("\n".join([*lines, config.read_text()]))
    answered = server.log().count("Server listening")
    os.kill(server.process.pid, signal.SIGHUP)
    while server.log().count("Server listening") == answered:
        os.sched_yield()


async def test_large_files_travel_both_ways_by_one_login_more(
    server: Sshd, laptop: Laptop, ground: Path, large: Stored, tmp_path: Path
) -> None:
    laptop.add_host("far", server)
    async with reached(laptop, ground) as (far, around):
        await placed(far, ground, large)
        assert (server.logins(), around.more_logins, len(masters())) == (2, 1, 1)
        assert "second connection, for large files: logged in as" in around.console
        assert around.freight[-2:] == [(SIZE, SIZE), (0, 0)]
        into = tmp_path / "home"
        assert await far.fetch(f"{ground}/jobs/one", ["large"], into) == ["large"]
        assert (into / "large").read_bytes() == large.source.read_bytes()
        assert server.logins() == 2
    assert masters() == []


async def test_a_key_that_the_agent_has_logs_in_a_second_time(
    server: Sshd, laptop: Laptop, ground: Path, large: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.add_host("far", server)
    with running_agent(tmp_path, laptop.key) as agent:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(agent))
        laptop.key.unlink()
        async with reached(laptop, ground) as (far, around):
            await placed(far, ground, large)
            assert (server.logins(), around.more_logins) == (2, 1), around.console


async def test_the_switch_of_the_profile_turns_it_off(
    server: Sshd, laptop: Laptop, ground: Path, large: Stored
) -> None:
    laptop.add_host("far", server)
    async with reached(laptop, ground, second_login=False) as (far, around):
        await placed(far, ground, large)
        assert (server.logins(), around.more_logins) == (1, 0)


async def test_a_login_that_needed_a_person_is_not_made_again(
    server: Sshd, laptop: Laptop, ground: Path, large: Stored
) -> None:
    laptop.add_host("far", server)
    changed(server, "PubkeyAuthentication no")
    someone = Someone([server.person.password])
    async with reached(laptop, ground) as (far, around):
        await far.connect(someone)
        await placed(far, ground, large)
        assert (server.logins(), around.more_logins, len(someone.kinds)) == (1, 0, 1)


async def test_a_key_that_was_unlocked_by_a_passphrase_is_not_used_again(
    server: Sshd, laptop: Laptop, ground: Path, large: Stored
) -> None:
    key = make_key(laptop.key.with_name("locked"), passphrase="open sesame")
    laptop.add_host("far", server, key=key)
    someone = Someone(["open sesame"])
    async with reached(laptop, ground) as (far, around):
        await far.connect(someone)
        await placed(far, ground, large)
        assert (server.logins(), around.more_logins, someone.kinds) == (1, 0, ["passphrase"])


@pytest.mark.parametrize(
    ("line", "words"),
    [("Ciphers aes256-cbc", "no way of encryption in common"), ("PubkeyAuthentication no", "wants the password")],
)
async def test_a_second_login_that_is_refused_leaves_everything_as_usual(
    server: Sshd, laptop: Laptop, ground: Path, large: Stored, line: str, words: str
) -> None:
    laptop.add_host("far", server)
    async with reached(laptop, ground) as (far, around):
        await far.files(str(ground))
        changed(server, line)
        await placed(far, ground, large)
        await placed(far, ground, large, "two")
        (told,) = [heard.words for heard in around.heard if "they go by the first one" in heard.words]
        assert words in told
        assert (server.logins(), around.more_logins, server.refusals(), masters()) == (1, 1, 0, [])


async def test_what_was_cut_goes_on_where_it_was(server: Sshd, laptop: Laptop, ground: Path, large: Stored) -> None:
    with running_proxy(server.port) as proxy:
        laptop.add_host("far", server, port=proxy.port)
        async with reached(laptop, ground) as (far, around):
            await far.files(str(ground))
            proxy.after("cut", up=SIZE // 2)
            with pytest.raises(Unreachable):
                await far.place([Parcel(directory=f"{ground}/jobs/one", items=(large,))])
            assert around.more_logins == 1
            await _still(ground, large)
            before = proxy.moved["up"]
            await placed(far, ground, large)
            assert proxy.moved["up"] - before < SIZE


async def test_giving_up_ends_what_runs_there(server: Sshd, laptop: Laptop, ground: Path, large: Stored) -> None:
    with running_proxy(server.port) as proxy:
        laptop.add_host("far", server, port=proxy.port)
        async with reached(laptop, ground) as (far, around):
            await far.files(str(ground))
            proxy.after("stall", up=SIZE // 2)
            placing = asyncio.create_task(far.place([Parcel(directory=f"{ground}/jobs/one", items=(large,))]))
            await until_true(lambda: proxy.stalled and _running(server, "cat") and around.more_logins == 1)
            placing.cancel()
            proxy.resume()
            with contextlib.suppress(asyncio.CancelledError):
                await placing
            await until_true(lambda: not _running(server, "cat") and not _running(server, "openssl"))
            assert not (ground / "jobs" / "one").exists()
            await placed(far, ground, large)


async def _still(ground: Path, large: Stored) -> None:
    """Nothing more is written to the part: what was on its way has come to its end."""
    going = ground / "content" / f".part-{large.sha256}.going"
    await until_true(lambda: not going.exists())


def _running(server: Sshd, name: str) -> bool:
    assert server.process is not None
    return any(_name(pid) == name for pid in descendants(server.process.pid))


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
