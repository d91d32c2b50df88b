"""The ways to a real sshd and its limits: hops, configuration, login shells, lost lines, busy servers."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.core.connection import ConnectionState
from argosy.core.errors import NeedsLogin, Unreachable
from tests.infra.ssh.calling import Someone, answer, calling, rewrite
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.people import LOGIN_FILES, person
from tests.infra.ssh.proxy import Proxy
from tests.infra.ssh.sshd import Sshd, running_sshd

pytestmark = pytest.mark.infra


@pytest.fixture(autouse=True)
def no_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent of whoever runs the tests stays out."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


@pytest.fixture
def password_only() -> Iterator[Sshd]:
    """A server that wants the password."""
    with running_sshd(lines=["KbdInteractiveAuthentication no", "PubkeyAuthentication no"]) as server:
        yield server


# --- Nobody there ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [
        ("no-such-name.invalid", 22, "the name no-such-name.invalid is not known"),
        ("127.0.0.1", 1, "nothing listens at port 1"),
    ],
)
async def test_a_machine_that_is_not_there_is_named_with_a_remedy(
    laptop: Laptop, host: str, port: int, words: str
) -> None:
    async with calling(laptop, host, port=port) as call:
        with pytest.raises(Unreachable, match=words) as trouble:
            await answer(call.line, "true")
        assert trouble.value.hint
        with pytest.raises(Unreachable, match="tried again in"):
            await answer(call.line, "true")
        assert call.states == ["connecting", "disconnected"], "the second call waits for its time"


async def test_what_speaks_no_ssh_is_named(laptop: Laptop) -> None:
    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n" * 2000)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, calling(laptop, "127.0.0.1", port=port) as call:
        with pytest.raises(Unreachable, match=r"does not speak SSH|hung up before the login"):
            await answer(call.line, "true")


async def test_a_machine_that_does_not_answer_is_given_up(sshd: Sshd, laptop: Laptop, proxy: Proxy) -> None:
    laptop.add_host("far", sshd, port=proxy.port, lines=("ConnectTimeout 1",))
    proxy.stall()
    async with calling(laptop) as call:
        with pytest.raises(Unreachable, match="did not answer"):
            await answer(call.line, "true")


async def test_a_cut_line_is_unreachable_and_comes_up_again(sshd: Sshd, laptop: Laptop, proxy: Proxy) -> None:
    laptop.add_host("far", sshd, port=proxy.port)
    async with calling(laptop) as call:
        channel = await call.line.open(b"echo up; exec cat")
        assert await channel.receive() == b"up\n"
        proxy.cut()
        with pytest.raises(Unreachable):
            await channel.receive()
        with pytest.raises(Unreachable):
            await channel.code()
        await channel.close()
        assert (await answer(call.line, "echo back"))[1] == b"back\n"
        assert call.states == ["connecting", "connected", "disconnected", "connecting", "connected"]


# --- Ways ------------------------------------------------------------------------------------------------------------


async def test_a_jump_is_logged_in_to_first(sshd: Sshd, laptop: Laptop) -> None:
    with running_sshd(person("dash")) as inner:
        laptop.add_host("gate", sshd)
        laptop.add_host("far", inner, lines=("ProxyJump gate",))
        before = sshd.logins()
        async with calling(laptop) as call:
            assert (await answer(call.line, "id -un"))[1] == b"sci-dash\n"
        assert (sshd.logins(), inner.logins()) == (before + 1, 1)


async def test_a_jump_that_needs_a_person_asks_for_it(password_only: Sshd, sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("gate", password_only)
    laptop.add_host("far", sshd, lines=("ProxyJump gate",))
    async with calling(laptop) as call:
        with pytest.raises(NeedsLogin, match="wants the password"):
            await answer(call.line, "true")
        someone = Someone([password_only.person.password])
        await call.line.connect(someone)
        assert f":{password_only.port}" in someone.asked[0].title
        assert (await answer(call.line, "true"))[0] == 0


async def test_the_config_is_read_with_include_and_match(sshd: Sshd, laptop: Laptop, tmp_path: Path) -> None:
    laptop.add_host("real", sshd)
    entry = laptop.config.read_text().replace("Host real", "Match originalhost far,other exec true")
    (tmp_path / "more.conf").write_text(entry)
    laptop.config.write_text(f"Include {tmp_path}/*.conf\nHost far\n  User nobody\n")
    async with calling(laptop) as call:
        assert (await answer(call.line, "id -un"))[1].decode().strip() == sshd.person.name


async def test_a_config_that_cannot_be_read_is_named(laptop: Laptop) -> None:
    laptop.config.write_text("Host far\n  Port many\n")
    async with calling(laptop) as call:
        with pytest.raises(NeedsLogin, match=f"{laptop.config} line 2"):
            await answer(call.line, "true")


@pytest.mark.parametrize("shell", LOGIN_FILES)
@pytest.mark.parametrize("noisy", [False, True], ids=["quiet", "noisy"])
async def test_each_login_shell_starts_a_command(laptop: Laptop, shell: str, noisy: bool) -> None:
    with running_sshd(person(shell, noisy=noisy), sftp=False) as server:
        laptop.add_host("far", server)
        async with calling(laptop) as call:
            code, out, _ = await answer(call.line, "exec sh -s", b"echo marker; exit 3\n")
            assert (code, out.splitlines()[-1][-6:]) == (3, b"marker")


# --- Limits of the server --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [1, 2])
async def test_fewer_channels_than_wanted_are_taken_in_turns(laptop: Laptop, most: int) -> None:
    with running_sshd(lines=[f"MaxSessions {most}"]) as server:
        laptop.add_host("far", server)
        async with calling(laptop) as call:
            answers = await asyncio.gather(*(answer(call.line, f"echo {number}") for number in range(12)))
            assert [out for _, out, _ in answers] == [b"%d\n" % number for number in range(12)]
            assert call.line.room <= most
        assert server.logins() == 1


async def test_six_channels_at_once_are_not_exceeded(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    async with calling(laptop) as call:
        channels = [await call.line.open(b"cat") for _ in range(call.line.room)]
        assert len(channels) == 6
        seventh = asyncio.create_task(call.line.open(b"echo in"))
        await asyncio.sleep(0)
        await channels[0].close()
        channel = await seventh
        assert await channel.receive() == b"in\n"


async def taken_up(server: Sshd) -> asyncio.StreamWriter:
    """A connection that the server takes and that never logs in."""
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        if (await reader.readline()).startswith(b"SSH-"):
            return writer
        writer.close()


async def test_a_server_that_takes_no_more_logins_is_tried_again_later(laptop: Laptop) -> None:
    with running_sshd() as server:
        rewrite(server, lambda text: text.replace("MaxStartups 100:30:200", "MaxStartups 1:100:1"))
        laptop.add_host("far", server)
        writer = await taken_up(server)
        async with calling(laptop) as call:
            with pytest.raises(Unreachable, match="hung up before the login"):
                await answer(call.line, "true")
            assert call.line.connection.state is ConnectionState.DISCONNECTED
        writer.close()


async def test_a_hundred_commands_at_once_cost_one_login(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    before = sshd.logins()
    async with calling(laptop) as call, calling(laptop) as other:
        lines = [call.line, other.line] * 50
        codes = await asyncio.gather(*(answer(line, "true") for line in lines))
        assert {code for code, _, _ in codes} == {0}
        assert other.line.connection.state is ConnectionState.CONNECTED
        await call.line.close()
        assert (await answer(other.line, "echo still"))[1] == b"still\n"
    assert sshd.logins() == before + 1


async def test_much_flows_both_ways_at_once(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    data = bytes(range(256)) * 80_000
    async with calling(laptop) as call:
        assert await answer(call.line, "exec cat", data) == (0, data, b"")
