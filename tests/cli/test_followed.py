"""What a job writes, followed while it writes it: byte for byte."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from argosy.core.home import Home

pytestmark = pytest.mark.infra

# Bytes that are no text, and then a letter of two bytes of which the second comes only when we say so.
BEGIN, REST = b"a\xff\x00\x80\xc3", b"\xa9 \xf0\x9f\xa6\x80\n\xfe"


def process(home: Home, *words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "argosy", *words],
        env={**os.environ, "ARGOSY_HOME": str(home.data)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def program(top: Path, go: Path) -> list[str]:
    """Writes the beginning, waits until it may go on, and writes the rest."""
    (top / "begin").write_bytes(BEGIN)
    (top / "rest").write_bytes(REST)
    script = 'cat "$1"; while [ ! -e "$3" ]; do sleep 0.02; done; cat "$2"'
    return ["sh", "-c", script, "sh", str(top / "begin"), str(top / "rest"), str(go)]


def test_logs_follow_every_byte_also_where_a_letter_is_cut(home: Home, tmp_path: Path) -> None:
    go = tmp_path / "go"
    made = process(home, "run", "-d", "-n", "bytes-followed", "--", *program(tmp_path, go))
    made.communicate(timeout=60)
    with process(home, "logs", "-f", "bytes-followed") as following:
        assert following.stdout
        assert following.stdout.read(len(BEGIN)) == BEGIN
        go.touch()
        rest, errors = following.communicate(timeout=60)
    assert (rest, following.returncode) == (REST, 0), errors


def test_an_attached_run_passes_every_byte_on(home: Home, tmp_path: Path) -> None:
    go = tmp_path / "go"
    with process(home, "run", "--", *program(tmp_path, go)) as running:
        assert running.stdout
        assert running.stdout.read(len(BEGIN)) == BEGIN
        go.touch()
        rest, errors = running.communicate(timeout=60)
    assert (rest, running.returncode) == (REST, 0), errors
