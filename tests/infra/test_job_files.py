"""Files of jobs through the whole program, on this machine and over a real sshd: browsed, followed, packed, cleared."""

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from argosy.core.ids import short
from tests.faults.conftest import server
from tests.faults.running import Running, until
from tests.infra.ssh.calling import ssh_of
from tests.infra.ssh.laptop import Laptop
from tests.infra.ssh.sshd import Sshd

__all__ = ["server"]

pytestmark = pytest.mark.infra

# Names of every kind, what is empty, a file with holes, links to a file, to nothing and to a directory.
LEAVES = r"""
mkdir -p 'a b' 'hollow/deep er' "$(printf 'new\nline')" -- -rf
printf x > "$(printf 'caf\351')"; printf y > "a b/it's \"q\""; printf z > "$(printf 'new\nline')/-n"; : > nothing
printf w > "$(printf '%0255d' 0)"; printf v > ./-rf/--help; head -c 3000000 /dev/urandom > trajectory
printf end | dd of=holes bs=1 seek=20000000 2> /dev/null; ln -s nothing link; ln -s nowhere dangling; ln -s . round
"""


@dataclass(frozen=True)
class Place:
    """A server, and a target of it; ``ground`` is a directory that both its user and the target's can see."""

    server: Running
    target: str
    ground: Path

    def submit(self, script: str, **fields: Any) -> str:
        """A job that runs shell text."""
        asked = {"argv": ["sh", "-c", script], "name": "job", "target": self.target, **fields}
        return self.server.submit(asked)[0]

    def begun(self, script: str) -> str:
        """A job that has done this, and waits until it may ``end``."""
        done = self.ground / "begun"
        job = self.submit(f"{script}\n: > {done}; until [ -e {self.ground}/go ]; do sleep 0.05; done")
        until(done.exists, "it has begun")
        return job

    def end(self, job: str) -> dict[str, Any]:
        """Let it end, and return its outcome."""
        (self.ground / "go").touch()
        return self.server.outcome(job)

    def work(self, job: str) -> Path:
        """The work directory of its first attempt."""
        return Path(self.server.attempt(job)["state"]["directory"]) / "work"


@contextmanager
def far_place(server: Running, sshd: Sshd, laptop: Laptop) -> Iterator[Place]:
    ground = sshd.person.folder(sshd.person.home / f"ground-{secrets.token_hex(4)}")
    ground.chmod(0o777)
    laptop.add_host("far", sshd)
    server.extra = laptop.surroundings()
    server.start()
    ssh = ssh_of(laptop).model_dump(mode="json")
    polling = {"floor_s": 0.02, "ceiling_s": 0.2}
    target = {
        "name": "far",
        "transport": "ssh",
        "root": f"{ground}/root",
        "ssh": ssh,
        "rates": None,
        "polling": polling,
    }
    server.ask("PUT", "/targets/far", json=target)
    try:
        yield Place(server, "far", ground)
    finally:
        (ground / "go").touch()
        server.stop()
        shutil.rmtree(ground)


@pytest.fixture
def far(server: Running, sshd: Sshd, laptop: Laptop) -> Iterator[Place]:
    with far_place(server, sshd, laptop) as place:
        yield place


@pytest.fixture(params=["local", "ssh"])
def place(request: pytest.FixtureRequest, server: Running, tmp_path: Path) -> Iterator[Place]:
    if request.param == "local":
        server.start()
        yield Place(server, "local", tmp_path)
        return
    sshd, laptop = request.getfixturevalue("sshd"), request.getfixturevalue("laptop")
    with far_place(server, sshd, laptop) as far:
        yield far


def pictured(top: Path) -> dict[bytes, str]:
    """The names and hashes of all files below a directory, those that links lead to among them."""
    paths = [Path(directory, name) for directory, _, names in os.walk(top) for name in names]
    return {
        os.fsencode(path.relative_to(top)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if path.is_file()
    }


def test_files_of_a_running_job_are_browsed_read_and_tailed(place: Place) -> None:
    job = place.begun("mkdir traj; for n in 1 2 3 4 5; do echo line $n >> traj/log; done; echo out")
    argosy = place.server.argosy
    listed = json.loads(argosy("files", job, "traj/", "--json").stdout)
    assert [file["path"] for file in listed["files"]] == ["traj/log"]
    assert argosy("logs", job, "--file", "traj/log").stdout.count(b"\n") == 5
    assert argosy("logs", job, "--file", "traj/log", "-n", "2").stdout == b"line 4\nline 5\n"
    assert argosy("logs", job, "-n", "0").stdout == b""
    assert place.end(job)["kind"] == "succeeded"


def test_a_file_of_a_running_job_is_followed_from_before_it_is_there_to_its_end(place: Place) -> None:
    more = place.ground / "more"
    job = place.submit(
        f"""until [ -e {more} ]; do sleep 0.02; done; echo one > late; until [ -e {more}2 ]; do sleep 0.02; done
        printf 'two\\377\\0' >> late"""
    )
    until(lambda: place.server.fate(job) == "running", "it runs")
    environment = os.environ | {"ARGOSY_HOME": str(place.server.top)} | place.server.extra
    command = [sys.executable, "-m", "argosy", "logs", job, "-f", "--file", "late"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe) as following:
        assert following.stdout
        assert following.stderr
        assert following.stderr.readline() == b"there is no late yet\n"
        more.touch()
        assert following.stdout.readline() == b"one\n"
        Path(f"{more}2").touch()
        assert following.stdout.read() == b"two\xff\0"
        assert following.wait() == 0
    gone = place.server.argosy("logs", job, "-f", "--file", "never")
    assert gone.returncode != 0
    assert b"has no file" in gone.stderr


def test_a_tar_file_holds_all_that_a_job_left_byte_for_byte(place: Place, tmp_path: Path) -> None:
    job = place.submit(LEAVES)
    assert place.server.outcome(job)["kind"] == "succeeded"
    for name in ("all.tar", "all.tgz"):
        ran = place.server.argosy("get", job, "--archive", str(tmp_path / name))
        assert ran.returncode == 0, ran.stderr
        with tarfile.open(tmp_path / name) as archive:
            archive.extractall(tmp_path / f"{name}.d", filter="data")
        assert pictured(tmp_path / f"{name}.d" / short(job)) == pictured(place.work(job))
        assert (tmp_path / f"{name}.d" / short(job) / "hollow/deep er").is_dir()
        assert "dangling" in (tmp_path / f"{name}.d" / f"{short(job)}.left-out.txt").read_text()
    again = place.server.argosy("get", job, "--archive", str(tmp_path / "all.tar"))
    assert b"would be overwritten" in again.stderr


def test_a_zip_file_holds_what_has_names_in_text_and_refuses_the_others(place: Place, tmp_path: Path) -> None:
    job = place.submit(LEAVES)
    place.server.outcome(job)
    zipped = tmp_path / "all.zip"
    refused = place.server.argosy("get", job, "--archive", str(zipped))
    assert refused.returncode != 0
    assert rb"caf\xe9" in refused.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if "argosy" in path.name or path == zipped) == []
    ran = place.server.argosy("get", job, "--archive", str(zipped), "--", "a b/", "-rf/", "tr*", "ho*")
    assert ran.returncode == 0, ran.stderr
    with zipfile.ZipFile(zipped) as archive:
        assert archive.testzip() is None
        top = short(job)
        assert sorted(archive.namelist()) == [
            f"{top}/{name}" for name in ("-rf/--help", 'a b/it\'s "q"', "holes", "hollow/deep er/", "trajectory")
        ]
        whole = (place.work(job) / "trajectory").read_bytes()
        assert archive.read(f"{top}/trajectory") == whole


def test_the_inputs_of_a_job_come_as_they_were_given(place: Place, tmp_path: Path) -> None:
    data = secrets.token_bytes(100_000)
    sha256 = hashlib.sha256(data).hexdigest()
    place.server.ask("PUT", f"/content/{sha256}", content=data)
    content = {"kind": "content", "sha256": sha256, "size": len(data)}
    there = place.ground / "there.dat"
    there.write_text("lies there")
    inputs = [
        {"name": "given.dat", "source": content, "mutable": True},
        {"name": "sub/there.dat", "source": {"kind": "target", "path": str(there)}},
    ]
    job = place.submit("echo spoilt > given.dat; echo output > other", inputs=inputs)
    place.server.outcome(job)
    ran = place.server.argosy("get", job, "--archive", str(tmp_path / "in.tar"), "--inputs")
    assert ran.returncode == 0, ran.stderr
    with tarfile.open(tmp_path / "in.tar") as archive:
        archive.extractall(tmp_path / "in", filter="data")
    top = tmp_path / "in" / short(job)
    assert {path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file()} == {
        "given.dat",
        "sub/there.dat",
    }
    assert (top / "given.dat").read_bytes() == data
    assert (top / "sub/there.dat").read_text() == "lies there"


def test_of_a_file_that_grows_while_it_is_brought_a_prefix_comes(place: Place, tmp_path: Path) -> None:
    # A large one, which then grows by less than what there is room for, however long it takes to bring it.
    script = f"""i=0; while ! [ -e {place.ground}/go ]; do
        i=$((i + 1)); printf '%0999d\\n' $i
        [ $i -ne 20000 ] || : > {place.ground}/begun
        [ $i -lt 20000 ] || sleep 0.001
    done > growing"""
    job = place.submit(script)
    until((place.ground / "begun").exists, "it grows")
    assert place.server.argosy("get", job, "growing", "--into", str(tmp_path / "got")).returncode == 0
    assert place.server.argosy("get", job, "growing", "--archive", str(tmp_path / "got.tar")).returncode == 0
    place.end(job)
    whole = (place.work(job) / "growing").read_bytes()
    with tarfile.open(tmp_path / "got.tar") as archive:
        packed = archive.extractfile(f"{short(job)}/growing")
        assert packed
        for came in ((tmp_path / "got/growing").read_bytes(), packed.read()):
            assert len(came) >= 20_000_000
            assert whole.startswith(came)


def test_cached_inputs_go_when_no_open_job_needs_them_and_are_sent_again(far: Place) -> None:
    data = secrets.token_bytes(50_000)
    sha256 = hashlib.sha256(data).hexdigest()
    far.server.ask("PUT", f"/content/{sha256}", content=data)
    source = {"kind": "content", "sha256": sha256, "size": len(data)}
    mutable = [{"name": "in.dat", "source": source, "mutable": True}]
    cached = far.ground / "root/content" / sha256
    path = "/targets/far/cleaning"

    def stale() -> list[str]:
        return [one["path"] for one in far.server.ask("GET", path)["stale"]]

    assert far.server.outcome(far.submit("cat in.dat > out", inputs=mutable))["kind"] == "succeeded"
    draft = far.submit("cat in.dat > out", inputs=mutable, draft=True)
    assert stale() == []
    far.server.ask("POST", f"/jobs/{draft}/cancel")
    far.server.outcome(draft)
    assert stale() == [str(cached)]
    assert cached.exists()
    assert len(far.server.ask("POST", path, json=[str(cached)])["stale"]) == 1
    assert not cached.exists()
    linked = far.submit("cat in.dat > out", inputs=[{"name": "in.dat", "source": source}])
    assert far.server.outcome(linked)["kind"] == "succeeded"
    assert (far.work(linked) / "out").read_bytes() == data
    assert cached.stat().st_nlink == 2
    assert stale() == []
