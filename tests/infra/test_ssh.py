"""The servers, doors and faults that the other tests stand on are what they say."""

import os
import pty
import select
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.infra.ssh.door import PASSCODE, TwoFactorDoor
from tests.infra.ssh.keys import certify, make_key, running_agent
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.machine import running_machine
from tests.infra.ssh.people import LOGIN_FILES, person
from tests.infra.ssh.proxy import Proxy
from tests.infra.ssh.sshd import Place, Sshd, running_sshd
from tests.infra.wrapped import PATIENCE_S, alive, until

pytestmark = pytest.mark.infra

# A server that has refused a login for good names no method any more, and ssh then tries those that it has left.
ONE_TRY = ("NumberOfPasswordPrompts 1", "PasswordAuthentication no")


class Typing:
    """The system's ssh at a terminal, with a person who types."""

    def __init__(self, laptop: Laptop, alias: str, *command: str) -> None:
        self.words = ["ssh", "-F", str(laptop.config), "-o", "PubkeyAuthentication=no", alias, *command]
        self.heard = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe("ssh", self.words, laptop.surroundings())

    def hear(self, words: str, *, times: int = 1) -> None:
        """Wait until this is on the screen, so many times."""
        until(lambda: self._read() and self.screen().count(words) >= times, f"{words!r} on the screen")

    def type(self, line: str) -> None:
        """Type a line."""
        os.write(self.terminal, line.encode() + b"\n")

    def screen(self) -> str:
        """All that was shown since the start."""
        return self.heard.decode(errors="replace")

    def end(self) -> int:
        """Exit code of ssh, once it has ended."""
        try:
            until(lambda: not self._read(), "ssh has ended")
        except AssertionError:
            pytest.fail(f"ssh does not end; its screen: {self.screen()}")
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self) -> bool:
        with suppress(OSError):
            if not select.select([self.terminal], [], [], 0.1)[0]:
                return True
            piece = os.read(self.terminal, 4096)
            self.heard += piece
            return bool(piece)
        return False


def conversation(laptop: Laptop, command: str) -> subprocess.Popen[str]:
    """A command on the far side that is talked with."""
    words = ["ssh", "-F", str(laptop.config), "far", command]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_key_opens_the_door_and_the_log_counts_it(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    before = sshd.logins()
    answer = laptop.ssh("far", "id", "-un")
    assert (answer.returncode, answer.stdout) == (0, f"{sshd.person.name}\n"), answer.stderr
    assert sshd.logins() == before + 1


def test_a_stranger_s_key_opens_nothing(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    laptop.key.unlink()
    make_key(laptop.key.with_name("other")).rename(laptop.key)
    answer = laptop.ssh("far", "true")
    assert answer.returncode == 255
    assert "Permission denied" in answer.stderr


def test_the_password_opens_the_door_and_a_wrong_one_is_counted(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    refused = sshd.refusals()
    session = Typing(laptop, "far", "echo", "in")
    session.hear("assword:")
    session.type("wrong")
    until(lambda: sshd.refusals() == refused + 1, "the server has refused it")
    session.hear("assword:", times=2)
    session.type(sshd.person.password)
    assert session.end() == 0
    assert "in" in session.screen().split()


def test_a_certificate_and_an_agent_open_the_door(sshd: Sshd, laptop: Laptop, tmp_path: Path) -> None:
    laptop.add_host("far", sshd)
    authority, key = make_key(tmp_path / "authority"), make_key(tmp_path / "certified")
    sshd.trust_authority(authority)
    certify(authority, key, names=sshd.person.name)
    sshd_log = len(sshd.log())
    assert laptop.ssh("-o", f"IdentityFile={key}", "far", "true").returncode == 0
    with running_agent(tmp_path, laptop.key) as agent:
        laptop.key.rename(tmp_path / "away")
        laptop.environment["SSH_AUTH_SOCK"] = str(agent)
        assert laptop.ssh("far", "true").returncode == 0
    assert laptop.ssh("far", "true").returncode == 255
    assert sshd.log()[sshd_log:].count("Accepted publickey") == 2
    assert "ED25519-CERT" in sshd.log()[sshd_log:]


def test_a_cut_ends_every_session_and_leaves_what_it_started(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    with conversation(laptop, "setsid sleep 600 >/dev/null 2>&1 </dev/null & echo $!; read line") as ssh:
        assert ssh.stdout is not None
        pid = int(ssh.stdout.readline())
        assert sshd.cut() == 2
        assert ssh.wait(PATIENCE_S) == 255
    assert alive(pid)
    os.kill(pid, signal.SIGKILL)
    assert laptop.ssh("far", "true").returncode == 0


def test_a_host_that_is_away_refuses_and_comes_back_at_its_port(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    sshd.stop()
    try:
        assert "Connection refused" in laptop.ssh("far", "true").stderr
    finally:
        sshd.start()
    assert laptop.ssh("far", "true").returncode == 0


def test_changed_host_keys_are_noticed(sshd: Sshd, laptop: Laptop) -> None:
    laptop.add_host("far", sshd)
    sshd.change_host_keys()
    assert "REMOTE HOST IDENTIFICATION HAS CHANGED" in laptop.ssh("far", "true").stderr
    laptop.forget_hosts()
    laptop.trust(sshd)
    assert laptop.ssh("far", "true").returncode == 0


@pytest.mark.parametrize("shell", LOGIN_FILES)
@pytest.mark.parametrize("noisy", [False, True], ids=["quiet", "noisy"])
def test_each_login_shell_runs_a_command(laptop: Laptop, shell: str, noisy: bool) -> None:
    with running_sshd(person(shell, noisy=noisy)) as server:
        laptop.add_host("far", server)
        answer = laptop.ssh("far", "echo $0")
        assert answer.returncode == 0, answer.stderr
        assert shell in answer.stdout or shell in {"fish", "csh"}
        assert ("Maintenance" in answer.stdout) == (noisy and shell != "dash")


def test_lines_of_a_test_win_over_the_usual_ones(laptop: Laptop) -> None:
    with running_sshd(lines=["PubkeyAuthentication no"], sftp=False) as server:
        laptop.add_host("far", server)
        assert "Permission denied (password" in laptop.ssh("far", "true").stderr
        assert "Subsystem" not in (server.directory / "sshd_config").read_text()


def test_a_stopped_server_leaves_neither_process_nor_files(laptop: Laptop) -> None:
    with running_sshd() as server:
        laptop.add_host("far", server)
        ssh = conversation(laptop, "echo in; read line")
        assert ssh.stdout is not None
        assert ssh.stdout.readline() == "in\n"
        assert server.process is not None
        pids = [server.process.pid, *server.sessions()]
        assert len(pids) == 3
    with ssh:
        assert ssh.wait(PATIENCE_S) == 255
    until(lambda: not any(map(alive, pids)), "all its processes are dead")
    assert not server.directory.exists()


# --- The second factor -----------------------------------------------------------------------------------------------


def two_factors(door: TwoFactorDoor, laptop: Laptop, answer: str) -> tuple[int, str]:
    """Exit code and screen of a login with the right password and this answer to Duo's menu."""
    laptop.add_host("far", door.sshd, lines=ONE_TRY)
    session = Typing(laptop, "far", "echo", "in")
    session.hear("assword:")
    session.type(door.sshd.person.password)
    session.hear("Passcode or option")
    session.type(answer)
    return session.end(), session.screen()


def test_the_second_factor_opens_by_push_and_by_passcode(two_factor_door: TwoFactorDoor, laptop: Laptop) -> None:
    two_factor_door.person_at_phone(push="allow")
    code, screen = two_factors(two_factor_door, laptop, "1")
    assert (code, "Success. Logging you in" in screen) == (0, True), screen
    assert two_factor_door.asked()[-1] == "push1"
    assert two_factors(two_factor_door, laptop, PASSCODE)[0] == 0
    assert two_factor_door.asked()[-1] == PASSCODE


def test_a_refused_second_factor_opens_nothing(two_factor_door: TwoFactorDoor, laptop: Laptop) -> None:
    two_factor_door.person_at_phone(push="deny")
    logins = two_factor_door.sshd.logins()
    laptop.add_host("far", two_factor_door.sshd, lines=ONE_TRY)
    session = Typing(laptop, "far", "true")
    session.hear("assword:")
    session.type(two_factor_door.sshd.person.password)
    for times in range(1, 4):
        session.hear("Passcode or option", times=times)
        session.type("1")
    assert session.end() == 255
    assert two_factor_door.sshd.logins() == logins
    assert laptop.ssh("far", "true").returncode == 255, "a key alone opens nothing"


# --- The proxy -------------------------------------------------------------------------------------------------------


def test_bytes_pass_the_proxy_and_are_counted(sshd: Sshd, laptop: Laptop, proxy: Proxy) -> None:
    laptop.add_host("far", sshd, port=proxy.port)
    answer = laptop.ssh("far", "head -c 1000000 /dev/zero | tr '\\0' x")
    assert answer.stdout == "x" * 1_000_000
    assert proxy.connections == 1
    assert proxy.moved["down"] > 1_000_000 > proxy.moved["up"] > 1000


def test_a_stalled_link_hangs_without_an_error_until_it_goes_on(sshd: Sshd, laptop: Laptop, proxy: Proxy) -> None:
    laptop.add_host("far", sshd, port=proxy.port)
    with conversation(laptop, "echo one; read line; echo $line") as ssh:
        assert ssh.stdin is not None
        assert ssh.stdout is not None
        assert ssh.stdout.readline() == "one\n"
        proxy.stall()
        down = proxy.moved["down"]
        ssh.stdin.write("two\n")
        ssh.stdin.flush()
        with socket.create_connection(("127.0.0.1", proxy.port)) as other:
            other.settimeout(0.5)
            with pytest.raises(TimeoutError):
                other.recv(1)
        assert ssh.poll() is None
        assert proxy.moved["down"] == down
        proxy.resume()
        assert ssh.stdout.readline() == "two\n"
    assert ssh.returncode == 0


def test_a_connection_is_cut_after_so_many_bytes(sshd: Sshd, laptop: Laptop, proxy: Proxy) -> None:
    laptop.add_host("far", sshd, port=proxy.port)
    proxy.after("cut", down=500_000)
    before = proxy.moved["down"]
    answer = laptop.ssh("far", "head -c 1000000 /dev/zero")
    assert answer.returncode == 255
    assert proxy.moved["down"] == before + 500_000
    assert laptop.ssh("far", "true").returncode == 0, "the limit held once"


def test_a_proxy_that_refuses_takes_no_login_until_it_accepts(sshd: Sshd, laptop: Laptop, proxy: Proxy) -> None:
    laptop.add_host("far", sshd, port=proxy.port)
    proxy.refuse()
    assert laptop.ssh("far", "true").returncode == 255
    proxy.accept()
    assert laptop.ssh("far", "true").returncode == 0


# --- A host of its own -----------------------------------------------------------------------------------------------


def test_a_host_that_is_switched_off_loses_its_processes_and_its_boot_id_alone(laptop: Laptop) -> None:
    with running_machine() as machine, running_sshd(place=Place(machine)) as server:
        laptop.add_host("far", server)
        question = "hostname; cat /proc/sys/kernel/random/boot_id; setsid sleep 612.5 >/dev/null 2>&1 </dev/null &"
        host, boot = laptop.ssh("far", question).stdout.split()
        assert (host, boot) == ("faraway", machine.boot_id())
        assert boot != Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        assert (machine.boot_id(), laptop.ssh("far", "pgrep -c sleep").stdout) == (boot, "1\n"), "it outlives the login"
        server.stop()
        server.start()
        assert laptop.ssh("far", "pgrep -c sleep").stdout == "1\n", "a server that comes back finds it"
        machine.switch_off()
        server.stop()
        assert subprocess.run(["pgrep", "-f", "sleep 612.5"], check=False, capture_output=True).stdout == b""
        machine.switch_on()
        server.start()
        assert laptop.ssh("far", "pgrep -c sleep").stdout == "0\n"
        assert machine.boot_id() != boot
