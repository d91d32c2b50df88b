"""A far account whose quota is used up, which only the write itself tells: nothing fails, and room lets all go on."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.running import until
from tests.infra.ssh.desk import Desk, running_desk
from tests.infra.ssh.quota import Quota, fill_up, running_quota
from tests.infra.ssh.sshd import Sshd

pytestmark = [pytest.mark.infra]

LARGE = 20 << 20


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running_desk(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


@pytest.fixture
def quota(sshd: Sshd) -> Iterator[Quota]:
    with running_quota(sshd.person) as quota:
        yield quota


def sent(desk: Desk, data: bytes) -> dict[str, object]:
    """An input of these bytes."""
    sha256 = hashlib.sha256(data).hexdigest()
    desk.server.ask("PUT", f"/content/{sha256}", content=data)
    return {"name": "in.dat", "source": {"kind": "content", "sha256": sha256, "size": len(data)}}


@pytest.mark.parametrize("backend", ["asyncssh", "openssh"])
def test_an_input_that_is_over_the_quota_waits_for_room(desk: Desk, sshd: Sshd, quota: Quota, backend: str) -> None:
    data = os.urandom(LARGE)
    target = desk.target(sshd, root=quota.directory / "argosy", ssh={"backend": backend})
    quota.allow("8M")
    job = desk.submit(target, "cp", "in.dat", "out.dat", inputs=[sent(desk, data)], outputs=["out.dat"])
    assert "Make room" in desk.trouble(job, "Disk quota exceeded")["hint"]
    assert desk.server.fate(job) == "queued"
    quota.allow("none")
    desk.succeeds(job)
    home = Path(desk.server.ask("GET", f"/jobs/{job}/files")["home"])
    assert (home / "out.dat").read_bytes() == data


def test_a_program_that_fills_a_quota_to_the_brim_still_tells_how_it_ended(
    desk: Desk, sshd: Sshd, quota: Quota
) -> None:
    target = desk.target(sshd, root=quota.directory / "argosy")
    quota.allow("8M")
    fill = "for n in 1 2 3 4 5 6 7 8 9; do head -c 9000000 /dev/urandom > noise$n; done; exit 6"
    job = desk.submit(target, "sh", "-c", fill)
    until(lambda: next(quota.directory.rglob("exit"), None), "there is a report")
    quota.allow("none")
    outcome = desk.server.outcome(job)
    assert (outcome["kind"], outcome["cause"]) == ("failed", "exit_code")


def test_small_files_that_are_over_the_quota_wait_for_room(desk: Desk, sshd: Sshd, quota: Quota) -> None:
    target = desk.target(sshd, root=quota.directory / "argosy")
    filler = quota.directory / "filler"
    quota.allow("4M")
    with pytest.raises(OSError, match="quota"):
        fill_up(filler)
    jobs = [desk.submit(target, "cat", "text", rendered=[{"name": "text", "text": "x" * 100_000}]) for _ in range(3)]
    for job in jobs:
        assert "Make room" in desk.trouble(job, "Disk quota exceeded")["hint"]
    findings = desk.server.ask("POST", f"/targets/{target}/check")["findings"]
    told = [finding for finding in findings if finding["where"] == "root"]
    assert any("quota there is used up" in finding["what"] for finding in told), findings
    quota.allow("none")
    for job in jobs:
        desk.succeeds(job)
