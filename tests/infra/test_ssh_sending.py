"""Inputs on their way to a target: how much of them has arrived is told in bytes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.keyboard import at_terminal
from tests.infra.ssh.desk import Desk, running_desk
from tests.infra.ssh.proxy import Proxy
from tests.infra.ssh.sshd import Sshd

pytestmark = pytest.mark.infra

SIZE = 32_000_000


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running_desk(tmp_path / "desk") as desk:
        yield desk


def test_what_travels_is_told_in_bytes_by_every_window(desk: Desk, sshd: Sshd, proxy: Proxy, tmp_path: Path) -> None:
    target = desk.target(sshd, port=proxy.port)
    desk.succeeds(desk.submit(target))
    big = tmp_path / "big"
    big.write_bytes(os.urandom(SIZE))
    proxy.after("stall", up=8_000_000)
    words = ("run", "--target", target, "--file", f"big={big}", "--", "wc", "-c", "big")
    with at_terminal(desk.surroundings(), *words) as terminal:
        terminal.until("queued  sending ")
        terminal.until(" of 32.0 MB")
        row = desk.server.jobs()[0]
        assert row["sending"]["total"] == SIZE
        assert 0 < row["sending"]["sent"] < SIZE
        assert " of 32.0 MB" in desk.server.argosy("ls", "--target", target).stdout.decode()
        assert "progress   sending " in desk.server.argosy("show", row["id"]).stdout.decode()
        with at_terminal(desk.surroundings(), "wait", row["id"]) as waiting:
            waiting.until(" of 32.0 MB")
            proxy.resume()
            assert waiting.ends() == 0
        terminal.until(f"{SIZE} big")
        assert terminal.ends() == 0
    assert desk.server.ask("GET", f"/jobs/{row['id']}")["sending"] is None
    assert desk.server.jobs()[0]["sending"] is None
