"""What the system's ssh says and asks, and what we make of it; the words are those of OpenSSH 8.0 to 9.2."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.core.errors import NeedsLogin, TargetError, Unreachable
from argosy.core.target import Ssh
from argosy.transports.ssh.asking import Asking
from argosy.transports.ssh.memory import Memory
from argosy.transports.ssh.secrets import Kind, Opens, Secret
from argosy.transports.ssh.system import place
from argosy.transports.ssh.system.answers import Answers
from argosy.transports.ssh.system.config import read, written
from argosy.transports.ssh.system.door import Asked
from argosy.transports.ssh.system.overheard import Overheard
from argosy.transports.ssh.system.troubles import explained
from argosy.transports.ssh.wallet import Wallet
from tests.infra.ssh.calling import Someone

SAID = """\
host far
user ada
hostname gate.example.org
port 2222
connecttimeout none
identityfile ~/.ssh/id_ed25519
identityfile /keys/work
userknownhostsfile ~/.ssh/known_hosts /etc/%h.hosts
"""
STEPS = """\
debug1: Connecting to gate.example.org [192.0.2.7] port 2222.
debug1: Authenticating to gate.example.org:2222 as 'ada'
debug1: Server host key: ssh-ed25519 SHA256:abc
debug1: Authentications that can continue: publickey,gssapi-with-mic
debug1: Offering public key: /keys/work ED25519 SHA256:def explicit
"""


def heard(text: str) -> Overheard:
    """ssh has said this."""
    overheard = Overheard(read(SAID), lambda _: None)
    for line in text.splitlines():
        overheard.hear(line)
    return overheard


def answers(someone: Someone | None = None, text: str = STEPS) -> Answers:
    """The answers of a login that has got so far."""
    memory = Memory(Wallet(keyring=False, tell=lambda _: None))
    return Answers("far", memory, heard(text), Asking(someone, "far") if someone else None)


# --- The configuration -----------------------------------------------------------------------------------------------


def test_what_ssh_makes_of_its_configuration_is_read() -> None:
    facts = read(SAID)
    assert facts.account == "ada@gate.example.org:2222"
    assert facts.connect_s == 20
    assert facts.identities == (Path("~/.ssh/id_ed25519").expanduser(), Path("/keys/work"))
    assert facts.known_hosts == ("~/.ssh/known_hosts", "/etc/%h.hosts")


def test_a_machine_is_asked_whether_it_is_there_as_the_user_says_within_bounds() -> None:
    assert (read(SAID).keepalive_s, read(SAID).keepalives) == (15, 3)
    often = read(SAID + "serveraliveinterval 5\nserveralivecountmax 2\n")
    text = written(Ssh(host="far"), often, Path("/ours"), may_ask=True)
    assert "ServerAliveCountMax 2\nServerAliveInterval 5\n" in text
    rarely = read(SAID + "serveraliveinterval 3600\nserveralivecountmax 500\n")
    assert (rarely.keepalive_s, rarely.keepalives) == (60, 10)


def test_our_words_stand_before_those_of_the_user_and_the_usual_ones_behind() -> None:
    text = written(Ssh(host="far", config="/my config"), read(SAID), Path("/100% ours"), may_ask=False)
    ours, _, usual = text.partition('Include "/my config"\n')
    assert 'UserKnownHostsFile "/100%% ours" ~/.ssh/known_hosts /etc/%h.hosts\n' in ours
    assert "StrictHostKeyChecking ask\n" in ours
    assert "KbdInteractiveAuthentication no\n" in ours
    assert usual.startswith("Host *\nConnectTimeout 20\n")
    assert "KbdInteractive" not in written(Ssh(host="far"), read(SAID), Path("/ours"), may_ask=True)


def test_a_login_with_a_key_that_opened_before_asks_nothing_and_offers_that_key_first() -> None:
    keys = [Path("/keys/the one"), Path("/keys/100%")]
    text = written(Ssh(host="far", config="/my config"), read(SAID), Path("/ours"), may_ask=True, keys=keys)
    ours = text.partition('Include "/my config"\n')[0].splitlines()
    assert {"BatchMode yes", "IdentitiesOnly yes", "StrictHostKeyChecking yes"} <= {*ours}
    assert {"PreferredAuthentications publickey", "PasswordAuthentication no"} <= {*ours}
    assert ours[-2:] == ['IdentityFile "/keys/the one"', "IdentityFile /keys/100%%"]
    assert [line for line in ours if line.startswith(("BatchMode", "Strict"))] == [
        "BatchMode yes",
        "StrictHostKeyChecking yes",
    ]


# --- Troubles --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        ("ssh: connect to host gate.example.org port 2222: No route to host", Unreachable, "there is no way to"),
        ("ssh: connect to host gate.example.org port 2222: Operation timed out", Unreachable, "did not answer within"),
        ("banner exchange: Connection to 192.0.2.7 port 2222: invalid format", Unreachable, "does not speak SSH"),
        ("kex_exchange_identification: read: Connection reset by peer", Unreachable, "hung up during the login"),
        ("Unable to negotiate with 192.0.2.7 port 2222: no matching cipher found", Unreachable, "encryption in common"),
        (
            "Received disconnect from 192.0.2.7 port 2222:2: Too many authentication failures",
            NeedsLogin,
            "after the key",
        ),
        ("ada@gate.example.org: Permission denied (publickey).", NeedsLogin, "it did not take the key /keys/work"),
        ("@ WARNING: REVOKED HOST KEY DETECTED! @", NeedsLogin, "ED25519 key SHA256:abc, which is marked as revoked"),
        ("Host key verification failed.", NeedsLogin, "is not known yet: ED25519 key SHA256:abc"),
        ("/home/ada/.ssh/config: line 3: Bad configuration option: colour", NeedsLogin, "cannot be used"),
        ("Bad owner or permissions on /home/ada/.ssh/config", NeedsLogin, "cannot be used"),
        ("ssh_askpass: exec(/tmp/askpass): Permission denied", NeedsLogin, "could not run the program"),
        ("something that nobody has seen before", Unreachable, "something that nobody has seen before"),
    ],
)
def test_each_trouble_is_told_with_its_remedy(line: str, kind: type[TargetError], words: str) -> None:
    trouble = explained(heard(f"{STEPS}{line}\nConnection closed by UNKNOWN port 65535"), "far", person=True)
    assert isinstance(trouble, kind)
    assert words in trouble.message
    assert trouble.hint or kind is Unreachable


def test_what_a_program_on_the_way_says_is_told() -> None:
    trouble = explained(
        heard("sh: 1: gate-proxy: not found\nConnection closed by UNKNOWN port 65535"), "far", person=True
    )
    assert "gate-proxy: not found" in trouble.message
    assert "ProxyCommand" in trouble.hint


def test_a_machine_that_takes_only_tickets_says_so() -> None:
    steps = "debug1: Authenticating to gate.example.org:2222 as 'ada'\n"
    trouble = explained(heard(steps + "ada@gate.example.org: Permission denied (gssapi-with-mic)."), "far", person=True)
    assert "takes only gssapi-with-mic" in trouble.message


NO_TICKET = """\
debug1: Authenticating to gate.example.org:2222 as 'ada'
debug1: Authentications that can continue: gssapi-with-mic{others}
debug1: Next authentication method: gssapi-with-mic
debug1: No credentials were supplied, or the credentials were unavailable or inaccessible
No Kerberos credentials available (default cache: FILE:/tmp/krb5cc_1000)


debug1: No credentials were supplied, or the credentials were unavailable or inaccessible
No Kerberos credentials available (default cache: FILE:/tmp/krb5cc_1000)


debug1: No more authentication methods to try.
ada@gate.example.org: Permission denied (gssapi-with-mic{others}).
"""


def test_a_missing_ticket_is_named_once_with_the_way_to_get_one() -> None:
    trouble = explained(heard(NO_TICKET.format(others="")), "far", person=False)
    assert isinstance(trouble, NeedsLogin)
    assert trouble.message.count("Kerberos: No Kerberos credentials available") == 1
    assert trouble.hint == "Get a ticket: kinit, then: argosy connect far"


def test_a_missing_ticket_is_named_beside_what_else_would_open() -> None:
    trouble = explained(heard(NO_TICKET.format(others=",password")), "far", person=False)
    assert "wants the password" in trouble.message
    assert "No Kerberos credentials available" in trouble.message
    assert trouble.hint == "argosy connect far"


# --- Questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "question"),
    [
        ("ada@gate.example.org's password: ", "password", "Password"),
        ("(ada@gate.example.org) Password: ", "interactive", "Password:"),
        ("(ada@gate.example.org) Line one\nPasscode: ", "interactive", "Line one\nPasscode:"),
        ("Password: ", "interactive", "Password:"),
        ("Enter PIN for ED25519-SK key /keys/work: ", "interactive", "Enter PIN for ED25519-SK key /keys/work:"),
    ],
)
async def test_each_question_reaches_the_person(text: str, kind: str, question: str) -> None:
    someone = Someone(["the answer"])
    assert await answers(someone).answer(Asked(text, "confirm")) == "the answer"  # old ones give this hint to all
    (prompt,) = someone.asked
    assert (prompt.kind, prompt.questions[0].text, prompt.questions[0].echo) == (kind, question, False)
    with pytest.raises(NeedsLogin) as refused:
        await answers().answer(Asked(text, ""))
    assert refused.value.hint


async def test_a_touch_is_asked_for_in_words_and_not_waited_for() -> None:
    someone = Someone()
    assert await answers(someone).answer(Asked("Confirm user presence for key ED25519-SK", "none")) is None
    assert someone.asked[0].words == "Confirm user presence for key ED25519-SK"
    with pytest.raises(NeedsLogin, match="Confirm user presence"):
        await answers().answer(Asked("Confirm user presence for key ED25519-SK", "none"))


@pytest.mark.parametrize(("reply", "said"), [("yes", "yes"), ("no", None)])
async def test_what_is_to_be_confirmed_needs_a_yes(reply: str, said: str | None) -> None:
    asked = Asked("Add key /keys/work (work) to agent?", "confirm")
    assert await answers(Someone([reply])).answer(asked) == said


async def test_a_remembered_password_is_given_once_and_to_its_account_alone() -> None:
    mine = answers()
    await mine.memory.wallet.keep(Opens(Kind.PASSWORD, "ada@gate.example.org:2222"), Secret("right"))
    assert await mine.answer(Asked("(ada@gate.example.org) Password: ", "")) == "right"
    for other in ("ada@gate.example.org's password: ", "eve@gate.example.org's password: "):
        with pytest.raises(NeedsLogin):
            await mine.answer(Asked(other, ""))


async def test_a_password_that_has_run_out_is_changed_by_other_means() -> None:
    with pytest.raises(NeedsLogin, match="has run out") as refused:
        await answers(Someone()).answer(Asked("Enter ada@gate.example.org's old password: ", ""))
    assert refused.value.hint == "Change it: ssh ada@gate.example.org:2222"


# --- Places ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def short() -> Iterator[Path]:
    """A directory whose path leaves room for the name of a socket."""
    with tempfile.TemporaryDirectory(prefix="argosy-") as directory:
        yield Path(directory)


def test_a_folder_is_ours_alone_and_what_a_killed_server_left_is_swept(short: Path) -> None:
    state = Path(place.made(short / "s").parent.parent)
    left = state / "run" / "4194305-abc"  # no process has such a number
    left.mkdir()
    folder = place.made(state)
    assert folder.parent == state / "run"
    assert folder.stat().st_mode & 0o077 == 0
    assert not left.exists()


def test_a_deep_state_is_given_up_for_a_short_name(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    folder = place.made(short / ("deep" * 30))
    assert folder.parent == short / "argosy"
    place.removed(folder)
    assert not folder.exists()


def test_a_place_that_others_may_enter_is_not_used(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("run", "argosy"):
        (short / name).mkdir()
        (short / name).chmod(0o755)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    monkeypatch.setattr("tempfile.tempdir", str(short / "nowhere" / "at all" / ("deep" * 30)))
    with pytest.raises(NeedsLogin, match="no private directory") as refused:
        place.made(short)
    assert "XDG_RUNTIME_DIR" in refused.value.hint
