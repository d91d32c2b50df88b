"""Every way to log in, and every refusal, at a real sshd; what a server counts is read from its log."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.core.connection import ConnectionState
from argosy.core.errors import NeedsLogin
from tests.infra.ssh.calling import Someone, answer, calling, lose, rewrite, until_true
from tests.infra.ssh.door import PASSCODE, TwoFactorDoor
from tests.infra.ssh.keys import certify, fingerprint, make_key, public, running_agent
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.sshd import Sshd, running_sshd

pytestmark = pytest.mark.infra


BACKENDS = ("asyncssh", "openssh")


@pytest.fixture(autouse=True)
def no_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent of whoever runs the tests stays out."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


@pytest.fixture
def password_only() -> Iterator[Sshd]:
    """A server that wants the password."""
    with running_sshd(lines=["KbdInteractiveAuthentication no", "PubkeyAuthentication no"]) as server:
        yield server


def lock_the_old_way(key: Path, passphrase: str) -> None:
    """The key file in PEM, whose head does not tell its public half."""
    subprocess.run(["ssh-keygen", "-q", "-p", "-m", "PEM", "-N", passphrase, "-f", str(key)], check=True)


# --- Keys ------------------------------------------------------------------------------------------------------------


async def test_a_key_needs_nobody(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    before = sshd.logins()
    async with calling(laptop) as call:
        assert await answer(call.line, "cat; echo bad >&2; exit 7", b"in\xff\0put") == (7, b"in\xff\0put", b"bad\n")
        assert await answer(call.line, "kill -TERM $$") == (-15, b"", b"")
        assert call.states == ["connecting", "connected"]
        assert call.line.connection.words == f"logged in as {sshd.person.name}@127.0.0.1:{sshd.port}"
    assert sshd.logins() == before + 1
    assert call.states[-1] == "disconnected"
    assert f"offers the key {laptop.key}" in call.around.console
    assert f"is known from {laptop.known_hosts}:1" in call.around.console


async def test_a_locked_key_waits_for_its_passphrase_and_then_needs_nobody(sshd: Sshd, laptop: Laptop) -> None:
    key = make_key(laptop.key.with_name("locked"), passphrase="open sesame")
    laptop.add_host("far", sshd, key=key)
    before = len(sshd.log())
    async with calling(laptop) as call:
        with pytest.raises(NeedsLogin, match=f"the key {key} is locked") as refused:
            await answer(call.line, "true")
        assert refused.value.hint == "argosy connect far"
        assert call.line.connection.state is ConnectionState.NEEDS_LOGIN
        someone = Someone(["wrong", "open sesame"])
        await call.line.connect(someone)
        assert someone.kinds == ["passphrase", "passphrase"]
        assert "does not open it" in someone.asked[1].words
        await lose(call, sshd)
        assert await answer(call.line, "echo again") == (0, b"again\n", b"")
    assert "Failed" not in sshd.log()[before:]
    assert "sesame" not in call.around.console


async def test_nobody_is_asked_for_the_passphrase_of_a_key_that_the_server_does_not_want(
    sshd: Sshd, laptop: Laptop
) -> None:
    laptop.add_host("far", sshd)
    make_key(laptop.key.with_name("locked"), passphrase="open sesame")
    config = laptop.config.read_text().replace(
        "IdentityFile", f"IdentityFile {laptop.key.with_name('locked')}\nIdentityFile"
    )
    laptop.config.write_text(config)
    async with calling(laptop) as call:
        someone = Someone()
        await call.line.connect(someone)
    assert someone.asked == []


async def test_an_old_key_file_is_unlocked_too(sshd: Sshd, laptop: Laptop) -> None:
    key = make_key(laptop.key.with_name("old"), kind="rsa", passphrase="")
    lock_the_old_way(key, "open sesame")
    laptop.add_host("far", sshd, key=key)
    key.with_suffix(".pub").unlink()
    async with calling(laptop) as call:
        await call.line.connect(Someone(["open sesame"]))
        assert (await answer(call.line, "true"))[0] == 0


async def test_a_certificate_opens(sshd: Sshd, laptop: Laptop, tmp_path: Path) -> None:
    authority, key = make_key(tmp_path / "authority"), make_key(tmp_path / "certified")
    laptop.add_host("far", sshd)
    sshd.trust_authority(authority)
    certify(authority, key, names=sshd.person.name)
    laptop.config.write_text(laptop.config.read_text().replace(str(laptop.key), str(key)))
    before = len(sshd.log())
    async with calling(laptop) as call:
        assert (await answer(call.line, "true"))[0] == 0
    assert "ED25519-CERT" in sshd.log()[before:]


async def test_a_certificate_of_a_locked_key_opens(sshd: Sshd, laptop: Laptop, tmp_path: Path) -> None:
    authority = make_key(tmp_path / "authority")
    key = make_key(tmp_path / "certified", passphrase="open sesame")
    laptop.add_host("far", sshd)
    sshd.trust_authority(authority)
    certificate = certify(authority, key, names=sshd.person.name).rename(tmp_path / "elsewhere.pub")
    words = f"{key}\n  CertificateFile {certificate}"
    laptop.config.write_text(laptop.config.read_text().replace(str(laptop.key), words))
    async with calling(laptop) as call:
        await call.line.connect(Someone(["open sesame"]))
        assert (await answer(call.line, "true"))[0] == 0


async def test_an_agent_opens_and_one_that_is_gone_is_named(
    sshd: Sshd, laptop: Laptop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.add_host("far", sshd)
    with running_agent(tmp_path, laptop.key) as agent:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(agent))
        laptop.key.unlink()
        async with calling(laptop) as call:
            assert (await answer(call.line, "true"))[0] == 0
            assert f"test {laptop.key.name} of the agent" in call.around.console
    async with calling(laptop) as call:
        with pytest.raises(NeedsLogin, match=f"the agent at {agent} does not answer"):
            await answer(call.line, "true")


async def test_a_strangers_key_is_refused_with_words(laptop: Laptop) -> None:
    with running_sshd(lines=["AuthenticationMethods publickey"]) as server:
        laptop.add_host("far", server)
        for path in (laptop.key, laptop.key.with_suffix(".pub")):
            path.unlink()
        make_key(laptop.key)
        async with calling(laptop) as call:
            with pytest.raises(NeedsLogin, match=f"refused the login of .* it did not take the key {laptop.key}"):
                await call.line.connect(Someone())


async def test_a_server_with_many_keys_before_it_is_offered_five(sshd: Sshd, laptop: Laptop, tmp_path: Path) -> None:
    laptop.add_host("far", sshd)
    keys = [make_key(tmp_path / f"key{number}") for number in range(8)]
    lines = "".join(f"  IdentityFile {key}\n" for key in keys)
    laptop.config.write_text(laptop.config.read_text().replace("  IdentitiesOnly yes\n", "") + lines)
    laptop.key.unlink()
    async with calling(laptop) as call:
        someone = Someone([sshd.person.password])
        await call.line.connect(someone)
        assert call.around.console.count("offers the key") == 5


# --- Passwords and questions -----------------------------------------------------------------------------------------


async def test_a_password_is_asked_for_once_and_used_again(password_only: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", password_only)
    async with calling(laptop) as call:
        with pytest.raises(NeedsLogin, match="wants the password"):
            await answer(call.line, "true")
        someone = Someone([password_only.person.password])
        await call.line.connect(someone)
        assert someone.kinds == ["password"]
        await lose(call, password_only)
        assert (await answer(call.line, "true"))[0] == 0
        assert password_only.logins() == 2
        assert password_only.refusals() == 0
        assert password_only.person.password not in call.around.console + repr(call.line)


async def test_a_wrong_password_is_tried_once_and_never_by_itself(password_only: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", password_only)
    async with calling(laptop) as call:
        with pytest.raises(NeedsLogin, match=r"refused the login .* it did not take the password"):
            await call.line.connect(Someone(["wrong"]))
        assert call.line.connection.state is ConnectionState.NEEDS_LOGIN
        for _ in range(3):
            with pytest.raises(NeedsLogin):
                await answer(call.line, "true")
        assert password_only.refusals() == 1


async def test_a_remembered_password_that_is_refused_is_forgotten(laptop: Laptop) -> None:
    lines = ["KbdInteractiveAuthentication no", "PubkeyAuthentication no"]
    with running_sshd(lines=lines) as server:
        laptop.add_host("far", server)
        async with calling(laptop) as call:
            await call.line.connect(Someone([server.person.password]))
            await answer(call.line, "true")
            rewrite(server, lambda text: f"DenyUsers {server.person.name}\n{text}")  # no password is right now
            await until_true(lambda: call.line.connection.state is not ConnectionState.CONNECTED)
            refused = server.refusals()
            with pytest.raises(NeedsLogin):
                await answer(call.line, "true")
            with pytest.raises(NeedsLogin):
                await answer(call.line, "true")
            assert call.line.connection.state is ConnectionState.EXPIRED
            assert server.refusals() - refused == 1


async def test_questions_are_asked_in_the_words_of_the_far_side(laptop: Laptop) -> None:
    lines = ["PasswordAuthentication no", "PubkeyAuthentication no"]
    with running_sshd(lines=lines) as server:
        laptop.add_host("far", server)
        async with calling(laptop) as call:
            someone = Someone([server.person.password])
            await call.line.connect(someone)
            assert [question.text for question in someone.asked[0].questions] == ["Password:"]
            await lose(call, server)
            assert (await answer(call.line, "true"))[0] == 0, "one question, and it was for the password"
            assert server.refusals() == 0


@pytest.mark.parametrize("word", ["1", PASSCODE])
async def test_the_second_factor_opens(two_factor_door: TwoFactorDoor, laptop: Laptop, word: str) -> None:
    two_factor_door.person_at_phone(push="allow")
    laptop.add_host("far", two_factor_door.sshd)
    asked = len(two_factor_door.asked())
    async with calling(laptop) as call:
        with pytest.raises(NeedsLogin, match="wants your answers"):
            await answer(call.line, "true")
        someone = Someone([two_factor_door.sshd.person.password, word])
        await call.line.connect(someone)
        assert someone.kinds == ["interactive", "interactive"]
        assert "Passcode or option" in someone.asked[1].questions[0].text + someone.asked[1].words
        await lose(call, two_factor_door.sshd)
        for _ in range(2):
            with pytest.raises(NeedsLogin):
                await answer(call.line, "true")
        assert call.line.connection.state is ConnectionState.EXPIRED
        assert len(two_factor_door.asked()) == asked + 1, "no second factor is started by itself"
        again = Someone([word])
        await call.line.connect(again)
        assert len(again.kinds) == 1, "the password is remembered"


async def test_a_second_factor_that_is_denied_is_a_refused_login(
    two_factor_door: TwoFactorDoor, laptop: Laptop
) -> None:
    two_factor_door.person_at_phone(push="deny")
    laptop.add_host("far", two_factor_door.sshd)
    async with calling(laptop) as call:
        with pytest.raises(NeedsLogin, match="refused the login"):
            await call.line.connect(Someone([two_factor_door.sshd.person.password, "1", "1", "1"]))
        assert call.line.connection.state is ConnectionState.NEEDS_LOGIN
        assert two_factor_door.sshd.person.password not in call.around.console


async def test_who_turns_away_is_not_asked_again(two_factor_door: TwoFactorDoor, laptop: Laptop) -> None:
    laptop.add_host("far", two_factor_door.sshd)
    async with calling(laptop) as call:
        with pytest.raises(NeedsLogin, match="turned away"):
            await call.line.connect(Someone([two_factor_door.sshd.person.password, None]))


@pytest.mark.parametrize("kind", ["password", "passphrase"])
async def test_an_answer_after_the_server_has_hung_up_is_used_in_a_new_login(laptop: Laptop, kind: str) -> None:
    lines = ["LoginGraceTime 3", "KbdInteractiveAuthentication no"]
    lines += ["PubkeyAuthentication no"] if kind == "password" else []
    with running_sshd(lines=lines) as server:
        key = make_key(laptop.key.with_name("locked"), passphrase="open sesame")
        laptop.add_host("far", server, key=key)
        someone = Someone(["open sesame" if kind == "passphrase" else server.person.password], slow=asyncio.Event())
        async with calling(laptop) as call:
            login = asyncio.create_task(call.line.connect(someone))
            await someone.waited_for.wait()
            await until_true(lambda: "hung up" in call.around.console or login.done())
            assert someone.slow is not None
            someone.slow.set()
            await login
            assert someone.kinds == [kind]
            assert (await answer(call.line, "true"))[0] == 0
        assert server.logins() == 1


# --- Host keys -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
async def test_a_new_host_key_is_approved_once_by_a_person(sshd: Sshd, laptop: Laptop, backend: str) -> None:
    laptop.add_host("far", sshd)
    laptop.forget_hosts()
    shown = fingerprint(sshd.host_key())
    async with calling(laptop, backend=backend) as call:
        with pytest.raises(NeedsLogin, match="is not known yet") as refused:
            await answer(call.line, "true")
        assert shown in refused.value.message
        with pytest.raises(NeedsLogin, match="was not approved"):
            await call.line.connect(Someone(["y"]))
        someone = Someone(["yes"])
        await call.line.connect(someone)
        assert someone.kinds == ["host_key"]
        assert shown in someone.asked[0].words
        assert "ED25519" in someone.asked[0].words
        assert call.own_hosts.read_text().startswith(f"[127.0.0.1]:{sshd.port} ssh-ed25519 ")
        assert call.own_hosts.stat().st_mode & 0o077 == 0
        assert laptop.known_hosts.read_text() == ""
    for other in BACKENDS:
        async with calling(laptop, backend=other) as call:
            assert (await answer(call.line, "true"))[0] == 0, "both read the same file"


async def test_a_changed_host_key_is_refused_with_the_place_of_the_old_one(laptop: Laptop) -> None:
    with running_sshd() as server:
        laptop.add_host("far", server)
        server.change_host_keys()
        async with calling(laptop) as call:
            with pytest.raises(NeedsLogin, match="shows another host key") as refused:
                await call.line.connect(Someone(["yes"]))
            assert f"{laptop.known_hosts}:1" in refused.value.message
            assert f"remove line 1 of {laptop.known_hosts}" in refused.value.hint
        assert server.logins() == 0


async def test_a_known_key_of_another_kind_is_asked_for(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    laptop.known_hosts.write_text(sshd.known_hosts().splitlines()[1] + "\n")
    async with calling(laptop) as call:
        assert (await answer(call.line, "true"))[0] == 0
        assert "host key ECDSA" in call.around.console


async def test_a_revoked_host_key_is_refused(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    laptop.known_hosts.write_text(
        "".join(f"@revoked * {public(sshd.host_key(kind))}\n" for kind in ("ed25519", "ecdsa"))
    )
    async with calling(laptop) as call:
        with pytest.raises(NeedsLogin, match="revoked"):
            await call.line.connect(Someone(["yes"]))


async def test_a_certificate_of_the_host_is_believed(laptop: Laptop, tmp_path: Path) -> None:
    authority = make_key(tmp_path / "authority")
    with running_sshd() as server:
        certificate = certify(authority, server.host_key(), names="127.0.0.1", host=True)
        rewrite(server, lambda text: f"HostCertificate {certificate}\n{text}")
        laptop.add_host("far", server)
        async with calling(laptop) as call:
            assert (await answer(call.line, "true"))[0] == 0, "its plain key is known"
        laptop.known_hosts.write_text(f"@cert-authority [127.0.0.1]:{server.port} {public(authority)}\n")
        async with calling(laptop) as call:
            assert (await answer(call.line, "true"))[0] == 0, "its authority is known"


async def test_logging_out_forgets_the_password(password_only: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", password_only)
    async with calling(laptop) as call:
        await call.line.connect(Someone([password_only.person.password]))
        await call.line.disconnect()
        assert call.line.connection.state is ConnectionState.DISCONNECTED
        with pytest.raises(NeedsLogin, match="wants the password"):
            await answer(call.line, "true")
        assert password_only.logins() == 1
