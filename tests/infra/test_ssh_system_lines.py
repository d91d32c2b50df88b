"""The ways of the system's ssh to a real sshd and its limits: hops, lost masters, channels, and what is left behind."""

import asyncio
import os
import signal

import pytest

from argosy.core.connection import ConnectionState
from argosy.core.errors import NeedsLogin, Unreachable
from tests.infra.ssh.calling import Call, Someone, answer, calling, until_true
from tests.infra.ssh.keys import fingerprint
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.masters import masters
from tests.infra.ssh.people import person
from tests.infra.ssh.proxy import Proxy
from tests.infra.ssh.sshd import Sshd, running_sshd
from tests.infra.wrapped import alive

pytestmark = [pytest.mark.infra, pytest.mark.usefixtures("no_agent")]


# --- Ways ------------------------------------------------------------------------------------------------------------


async def test_a_jump_that_needs_a_person_asks_for_it_and_its_host_key_is_held_too(
    password_server: Sshd, laptop: Laptop
) -> None:
    with running_sshd(person("dash")) as inner:
        laptop.add_host("gate", password_server)
        laptop.add_host("far", inner, lines=("ProxyJump gate",))
        laptop.known_hosts.write_text(inner.known_hosts())
        async with calling(laptop, backend="openssh") as call:
            with pytest.raises(NeedsLogin, match="is not known yet") as refused:
                await answer(call.line, "true")
            assert fingerprint(password_server.host_key()) in refused.value.message
            someone = Someone(["yes", password_server.person.password])
            await call.line.connect(someone)
            assert someone.kinds == ["host_key", "password"]
            assert someone.asked[1].title == f"Login as {password_server.person.name}@127.0.0.1:{password_server.port}"
            assert (await answer(call.line, "id -un"))[1] == b"sci-dash\n"
    assert masters() == []


async def test_a_machine_that_is_not_there_is_named_with_a_remedy(laptop: Laptop) -> None:
    async with calling(laptop, "no-such-name.invalid", backend="openssh") as call:
        with pytest.raises(Unreachable, match=r"the name no-such-name\.invalid is not known") as trouble:
            await answer(call.line, "true")
        assert trouble.value.hint
    async with calling(laptop, "127.0.0.1", port=1, backend="openssh") as call:
        with pytest.raises(Unreachable, match="nothing listens at port 1"):
            await answer(call.line, "true")
        with pytest.raises(Unreachable, match="tried again in"):
            await answer(call.line, "true")


async def test_a_machine_that_does_not_answer_is_given_up(sshd: Sshd, laptop: Laptop, proxy: Proxy) -> None:
    laptop.add_host("far", sshd, port=proxy.port, lines=("ConnectTimeout 1",))
    proxy.stall()
    async with calling(laptop, backend="openssh") as call:
        with pytest.raises(Unreachable, match="did not answer within 1 s"):
            await answer(call.line, "true")


async def test_a_config_that_cannot_be_read_is_named(laptop: Laptop) -> None:
    laptop.config.write_text("Host far\n  Port many\n")
    async with calling(laptop, backend="openssh") as call:
        with pytest.raises(NeedsLogin, match=f"{laptop.config} line 2"):
            await answer(call.line, "true")


async def test_without_ssh_the_remedy_is_named(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(laptop.home))
    async with calling(laptop, backend="openssh") as call:
        with pytest.raises(NeedsLogin, match="no program ssh on the PATH") as refused:
            await answer(call.line, "true")
        assert 'backend = "asyncssh"' in refused.value.hint


# --- Losing it -------------------------------------------------------------------------------------------------------


async def gone(call: Call) -> None:
    """Wait until the line knows that it is down."""
    await until_true(lambda: call.line.connection.state is not ConnectionState.CONNECTED)


async def test_a_killed_master_is_unreachable_and_comes_up_again(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    async with calling(laptop, backend="openssh") as call:
        channel = await call.line.open(b"echo up; exec cat")
        assert await channel.receive() == b"up\n"
        (master,) = masters()
        os.kill(master, signal.SIGKILL)
        with pytest.raises(Unreachable):
            await channel.receive()
        with pytest.raises(Unreachable):
            await channel.code()
        await channel.close()
        await gone(call)
        assert "the connection was lost" in call.around.console
        assert (await answer(call.line, "echo back"))[1] == b"back\n"
        assert call.states == ["connecting", "connected", "disconnected", "connecting", "connected"]


async def test_a_cut_line_is_noticed_and_comes_up_again(sshd: Sshd, laptop: Laptop, proxy: Proxy) -> None:
    laptop.add_host("far", sshd, port=proxy.port)
    async with calling(laptop, backend="openssh") as call:
        channel = await call.line.open(b"echo up; exec cat")
        assert await channel.receive() == b"up\n"
        proxy.cut()
        with pytest.raises(Unreachable):
            await channel.receive()
        await channel.close()
        assert (await answer(call.line, "echo back"))[1] == b"back\n"


async def test_a_master_that_nobody_holds_ends_by_itself(
    sshd: Sshd, laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("argosy.transports.ssh.system.way.LEFT_ALONE_S", 1)
    laptop.add_host("far", sshd)
    async with calling(laptop, backend="openssh") as call:
        await answer(call.line, "true")
        (master,) = masters()
        lines = call.line._link._stand.master  # type: ignore[union-attr]  # as if this process had been killed
        lines._hold.close()
        await until_true(lambda: not alive(master))


async def test_logging_out_ends_the_master_and_forgets_the_password(password_server: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", password_server)
    async with calling(laptop, backend="openssh") as call:
        await call.line.connect(Someone([password_server.person.password]))
        (master,) = masters()
        await call.line.disconnect()
        assert not alive(master)
        assert call.line.connection.state is ConnectionState.DISCONNECTED
        with pytest.raises(NeedsLogin, match="wants the password"):
            await answer(call.line, "true")


# --- Channels --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [1, 2])
async def test_fewer_channels_than_wanted_are_taken_in_turns(laptop: Laptop, most: int) -> None:
    with running_sshd(lines=[f"MaxSessions {most}"]) as server:
        laptop.add_host("far", server)
        async with calling(laptop, backend="openssh") as call:
            answers = await asyncio.gather(*(answer(call.line, f"echo {number}") for number in range(12)))
            assert [out for _, out, _ in answers] == [b"%d\n" % number for number in range(12)]
        assert server.logins() == 1


async def test_much_flows_both_ways_at_once(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    data = bytes(range(256)) * 80_000
    async with calling(laptop, backend="openssh") as call:
        assert await answer(call.line, "exec cat", data) == (0, data, b"")
