import base64
import hashlib
import hmac
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.transports.ssh.known_hosts import (
    Entry,
    HostKey,
    Standing,
    algorithms_known,
    authorities,
    judge,
    matching,
    read_entries,
    spelled,
)
from tests.infra.wrapped import demanded

ONE = HostKey("ssh-ed25519", b"one")
TWO = HostKey("ssh-ed25519", b"two")
RSA = HostKey("ssh-rsa", b"rsa")


def entries(*lines: str) -> tuple[Entry, ...]:
    return read_entries("\n".join(lines), "file")


def hashed(name: str) -> str:
    salt = b"salt" * 5
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize(
    ("names", "host", "port", "known"),
    [
        ("far", "far", 22, True),
        ("FAR", "far", 22, True),
        ("far", "FAR", 22, True),
        ("far,near", "near", 22, True),
        ("far", "farther", 22, False),
        ("*.example.org", "login.example.org", 22, True),
        ("login?", "login1", 22, True),
        ("login?", "login12", 22, False),
        ("*,!login2", "login2", 22, False),
        ("!login2,*", "login1", 22, True),
        ("[far]:2222", "far", 2222, True),
        ("[far]:2222", "far", 2223, False),
        ("[*.org]:2222", "login.org", 2222, True),
        ("far", "far", 2222, True),
        ("::1", "::1", 22, True),
        (hashed("far"), "far", 22, True),
        (hashed("[far]:2222"), "far", 2222, True),
        (hashed("near"), "far", 22, False),
        ("|1|broken", "far", 22, False),
        ("|2|" + hashed("far")[3:], "far", 22, False),
    ],
)
def test_a_line_speaks_of_the_hosts_that_openssh_reads_in_it(names: str, host: str, port: int, known: bool) -> None:
    said = judge(entries(ONE.line(names)), host, port, ONE)
    assert (said.standing is Standing.KNOWN) == known


def test_another_key_is_a_changed_one_and_the_place_of_the_old_one_is_told() -> None:
    said = judge(entries("# comment", "", RSA.line("far"), ONE.line("far")), "far", 22, TWO)
    assert said.standing is Standing.CHANGED
    assert said.entry is not None
    assert (said.entry.key, said.entry.where) == (ONE, "file:4"), "the old key of the same kind, not just any"


def test_a_key_of_another_kind_is_a_changed_one() -> None:
    assert judge(entries(RSA.line("far")), "far", 22, ONE).standing is Standing.CHANGED


def test_one_line_that_knows_the_key_is_enough() -> None:
    assert judge(entries(TWO.line("far"), ONE.line("far")), "far", 22, ONE).standing is Standing.KNOWN


def test_a_key_that_is_known_at_another_port_is_changed_at_its_own() -> None:
    lines = entries(ONE.line("far"), TWO.line("[far]:2222"))
    assert judge(lines, "far", 2222, ONE).standing is Standing.CHANGED


def test_a_revoked_key_is_revoked_whatever_else_is_said() -> None:
    lines = entries(ONE.line("far"), f"@revoked {ONE.line('*')}")
    assert judge(lines, "far", 22, ONE).standing is Standing.REVOKED
    assert judge(lines, "far", 2222, ONE).standing is Standing.REVOKED
    assert judge(entries(f"@revoked {TWO.line('*')}"), "far", 22, ONE).standing is Standing.NEW


def test_an_authority_is_no_host_key() -> None:
    lines = entries(f"@cert-authority {ONE.line('*.org')}", RSA.line("a.org"))
    assert judge(lines, "a.org", 22, ONE).standing is Standing.CHANGED
    assert [entry.key for entry in authorities(lines, "a.org", 22)] == [ONE]
    assert authorities(lines, "b.com", 22) == ()


def test_known_kinds_are_asked_for_in_the_order_of_the_lines() -> None:
    lines = entries(RSA.line("far"), ONE.line("[far]:2222"), TWO.line("far"))
    assert algorithms_known(lines, "far", 22) == ("ssh-rsa", "ssh-ed25519")
    assert algorithms_known(lines, "far", 2222) == ("ssh-ed25519", "ssh-rsa")


@pytest.mark.parametrize(
    "line", ["far", "far ssh-rsa", "far ssh-rsa %%%", "@strange far ssh-rsa AAAA", "far x é", "#far x y"]
)
def test_a_line_that_is_no_entry_is_passed_over(line: str) -> None:
    assert entries(line, ONE.line("far")) == entries("", ONE.line("far"))


@given(st.text(), st.text(min_size=1))
def test_no_file_and_no_name_breaks_the_reader(text: str, name: str) -> None:
    assert matching(read_entries(text, "file"), name) is not None


def test_a_fingerprint_is_that_of_ssh_keygen(tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run([demanded("ssh-keygen"), "-q", "-t", "ecdsa", "-N", "", "-f", str(key)], check=True)
    shown = subprocess.run(
        [demanded("ssh-keygen"), "-l", "-f", str(key)], check=True, capture_output=True, text=True
    ).stdout
    (entry,) = read_entries("far " + key.with_suffix(".pub").read_text(), "file")
    assert entry.key.fingerprint == shown.split()[1]
    assert f"({entry.key.kind})" == shown.split()[-1]


def test_a_line_of_ours_is_found_by_openssh_and_by_us(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(ONE.line(spelled("far", 2222)) + "\n")
    subprocess.run([demanded("ssh-keygen"), "-H", "-f", str(file)], check=True, capture_output=True)
    assert judge(read_entries(file.read_text(), str(file)), "far", 2222, ONE).standing is Standing.KNOWN
