"""The system's own ssh as the way to a real sshd: logins, refusals, lost masters, and what is left behind."""

import asyncio
from pathlib import Path

import pytest

from argosy.core.connection import ConnectionState
from argosy.core.errors import NeedsLogin
from tests.infra.ssh.calling import Someone, answer, calling, lose, rewrite, until_true
from tests.infra.ssh.door import PASSCODE, TwoFactorDoor
from tests.infra.ssh.keys import fingerprint, make_key, running_agent
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.masters import all_files_below, everything_about, masters
from tests.infra.ssh.sshd import Sshd, running_sshd
from tests.infra.wrapped import alive

pytestmark = [pytest.mark.infra, pytest.mark.usefixtures("no_agent")]


# --- Keys ------------------------------------------------------------------------------------------------------------


async def test_a_key_needs_nobody_and_nothing_is_left_afterwards(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    before = sshd.logins()
    async with calling(laptop, backend="openssh") as call:
        assert await answer(call.line, "cat; echo bad >&2; exit 7", b"in\xff\0put") == (7, b"in\xff\0put", b"bad\n")
        assert (await answer(call.line, "exit 255"))[0] == 255, "no code is taken for a lost line"
        assert (await answer(call.line, "kill -TERM $$"))[0] < 0
        assert call.states == ["connecting", "connected"]
        assert call.line.connection.words == f"logged in as {sshd.person.name}@127.0.0.1:{sshd.port}"
        (master,) = masters()
    assert not alive(master)
    assert sshd.logins() == before + 1
    assert f"offers the key {laptop.key}" in call.around.console
    assert f"is known from {laptop.known_hosts}:1" in call.around.console


async def test_user_port_and_key_of_the_target_come_before_the_config(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    key = make_key(laptop.home / "other key")
    sshd.authorize(key.with_name("other key.pub").read_text().strip())
    spoilt = laptop.config.read_text().replace(str(laptop.key), "/nowhere").replace(f"Port {sshd.port}", "Port 1")
    laptop.config.write_text(spoilt.replace(f"User {sshd.person.name}", "User nobody"))
    said = {"user": sshd.person.name, "port": sshd.port, "identities": [str(key)]}
    async with calling(laptop, backend="openssh", **said) as call:
        assert (await answer(call.line, "id -un"))[1].decode().strip() == sshd.person.name


async def test_a_locked_key_waits_for_its_passphrase_and_then_needs_nobody(sshd: Sshd, laptop: Laptop) -> None:
    key = make_key(laptop.key.with_name("locked"), passphrase="open sesame")
    laptop.add_host("far", sshd, key=key)
    async with calling(laptop, backend="openssh") as call:
        with pytest.raises(NeedsLogin, match=f"the key {key} is locked") as refused:
            await answer(call.line, "true")
        assert refused.value.hint == "argosy connect far"
        someone = Someone(["wrong", "open sesame"])
        await call.line.connect(someone)
        assert someone.kinds == ["passphrase", "passphrase"]
        assert "does not open it" in someone.asked[1].words
        await lose(call, sshd)
        assert await answer(call.line, "echo again") == (0, b"again\n", b"")
    assert "sesame" not in call.around.console


async def test_an_agent_opens(sshd: Sshd, laptop: Laptop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laptop.add_host("far", sshd)
    with running_agent(tmp_path, laptop.key) as agent:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(agent))
        laptop.key.unlink()
        async with calling(laptop, backend="openssh") as call:
            assert (await answer(call.line, "true"))[0] == 0
            assert "of the agent" in call.around.console


# --- Passwords and questions -----------------------------------------------------------------------------------------


async def test_a_password_is_asked_for_once_used_again_and_seen_nowhere(password_server: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", password_server)
    password = password_server.person.password
    before = password_server.logins(), password_server.refusals()
    async with calling(laptop, backend="openssh") as call:
        with pytest.raises(NeedsLogin, match="wants the password for"):
            await answer(call.line, "true")
        someone = Someone([password])
        await call.line.connect(someone)
        assert someone.kinds == ["password"]
        (master,) = masters()
        assert password.encode() not in everything_about(master)
        await lose(call, password_server)
        assert (await answer(call.line, "true"))[0] == 0
        assert password.encode() not in all_files_below(laptop.home)
        assert password not in call.around.console + repr(call.line)
    assert (password_server.logins(), password_server.refusals()) == (before[0] + 2, before[1])


async def test_a_wrong_password_is_tried_once_and_never_by_itself(password_server: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", password_server)
    before = password_server.refusals()
    async with calling(laptop, backend="openssh") as call:
        with pytest.raises(NeedsLogin, match=r"refused the login .* it did not take the password"):
            await call.line.connect(Someone(["wrong"]))
        assert call.line.connection.state is ConnectionState.NEEDS_LOGIN
        for _ in range(3):
            with pytest.raises(NeedsLogin):
                await answer(call.line, "true")
    assert password_server.refusals() == before + 1
    assert masters() == []


async def test_a_remembered_password_that_is_refused_is_forgotten(laptop: Laptop) -> None:
    with running_sshd(lines=["KbdInteractiveAuthentication no", "PubkeyAuthentication no"]) as server:
        laptop.add_host("far", server)
        async with calling(laptop, backend="openssh") as call:
            await call.line.connect(Someone([server.person.password]))
            await answer(call.line, "true")
            rewrite(server, lambda text: f"DenyUsers {server.person.name}\n{text}")  # no password is right now
            await until_true(lambda: call.line.connection.state is not ConnectionState.CONNECTED)
            refused = server.refusals()
            for _ in range(2):
                with pytest.raises(NeedsLogin):
                    await answer(call.line, "true")
            assert call.line.connection.state is ConnectionState.EXPIRED
            assert server.refusals() - refused == 1


async def test_one_question_for_the_password_needs_nobody_the_second_time(laptop: Laptop) -> None:
    with running_sshd(lines=["PasswordAuthentication no", "PubkeyAuthentication no"]) as server:
        laptop.add_host("far", server)
        async with calling(laptop, backend="openssh") as call:
            someone = Someone([server.person.password])
            await call.line.connect(someone)
            assert [question.text for question in someone.asked[0].questions] == ["Password:"]
            await lose(call, server)
            assert (await answer(call.line, "true"))[0] == 0
            assert server.refusals() == 0


async def test_every_question_of_a_second_factor_is_asked_and_none_without_a_person(
    two_factor_door: TwoFactorDoor, laptop: Laptop
) -> None:
    two_factor_door.person_at_phone(push="allow")
    laptop.add_host("far", two_factor_door.sshd)
    asked = len(two_factor_door.asked())
    async with calling(laptop, backend="openssh") as call:
        with pytest.raises(NeedsLogin, match="wants your answers"):
            await answer(call.line, "true")
        someone = Someone([two_factor_door.sshd.person.password, "000000", PASSCODE])
        await call.line.connect(someone)
        assert someone.kinds == ["interactive"] * 3
        assert "Passcode or option" in someone.asked[1].questions[0].text + someone.asked[1].words
        assert two_factor_door.asked()[asked:] == ["000000", PASSCODE]
        await lose(call, two_factor_door.sshd)
        for _ in range(2):
            with pytest.raises(NeedsLogin):
                await answer(call.line, "true")
        assert call.line.connection.state is ConnectionState.EXPIRED
        assert len(two_factor_door.asked()) == asked + 2, "no second factor is started by itself"
        again = Someone(["1"])
        await call.line.connect(again)
        assert len(again.kinds) == 1, "the password is remembered"


async def test_who_turns_away_has_tried_nothing(two_factor_door: TwoFactorDoor, laptop: Laptop) -> None:
    laptop.add_host("far", two_factor_door.sshd)
    asked = len(two_factor_door.asked())
    async with calling(laptop, backend="openssh") as call:
        with pytest.raises(NeedsLogin, match="turned away"):
            await call.line.connect(Someone([two_factor_door.sshd.person.password, None]))
    assert len(two_factor_door.asked()) == asked, "a question without an answer is not answered with nothing"
    assert masters() == []


@pytest.mark.parametrize("kind", ["password", "passphrase"])
async def test_an_answer_after_the_server_has_hung_up_is_not_the_end_of_the_login(laptop: Laptop, kind: str) -> None:
    lines = ["LoginGraceTime 5", "KbdInteractiveAuthentication no"]
    lines += ["PubkeyAuthentication no"] if kind == "password" else []
    with running_sshd(lines=lines) as server:
        key = make_key(laptop.key.with_name("locked"), passphrase="open sesame")
        laptop.add_host("far", server, key=key)
        secret = "open sesame" if kind == "passphrase" else server.person.password
        someone = Someone([secret, secret], slow=asyncio.Event())
        async with calling(laptop, backend="openssh") as call:
            login = asyncio.create_task(call.line.connect(someone))
            await someone.waited_for.wait()
            await until_true(lambda: server.sessions() == [])
            assert someone.slow is not None
            someone.slow.set()
            await login
            assert someone.kinds == ([kind] if kind == "passphrase" else [kind, kind])
            assert all("hung up" in prompt.words for prompt in someone.asked[1:])
            assert (await answer(call.line, "true"))[0] == 0
        assert (server.logins(), server.refusals()) == (1, 0)


# --- Host keys -------------------------------------------------------------------------------------------------------


async def test_a_changed_host_key_is_refused_with_the_place_of_the_old_one(laptop: Laptop) -> None:
    with running_sshd() as server:
        laptop.add_host("far", server)
        server.change_host_keys()
        async with calling(laptop, backend="openssh") as call:
            with pytest.raises(NeedsLogin, match="shows another host key") as refused:
                await call.line.connect(Someone(["yes"]))
            assert fingerprint(server.host_key()) in refused.value.message
            assert f"({laptop.known_hosts}:2)" in refused.value.message
            assert f"remove line 2 of {laptop.known_hosts}" in refused.value.hint
        assert server.logins() == 0
