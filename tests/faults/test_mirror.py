"""Jobs that run in scratch: what they leave comes to the project root byte for byte, whatever happens meanwhile."""

import hashlib
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from argosy.service.marks import Mark
from tests.faults.mounts import small_disk
from tests.faults.running import Running, runs, scratched, until, witness

__all__ = ["small_disk"]

pytestmark = [pytest.mark.faults, pytest.mark.infra]

MIB = 1024 * 1024
# Names of every kind, links, empty files and directories, a sparse file, one that is closed to writing.
LEAVES = r"""
mkdir -p 'a b' "$(printf 'new\nline')" -- -rf empty
printf x > "$(printf 'caf\351')"; printf y > "a b/it's"; printf z > "$(printf 'new\nline')/-n"; : > nothing
ln -s ../run.sh link; ln -s /nonexistent dangling
printf end | dd of=sparse bs=1 seek=50000000 2> /dev/null
head -c 3000000 /dev/urandom > trajectory; chmod 400 trajectory
printf w > "$(printf '%0255d' 0)"; touch -d '2001-02-03 04:05:06' nothing
"""


@pytest.fixture(params=["rsync", "tar", "busybox"])
def by(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The PATH of a server whose machine has rsync, or only tar, or only what busybox has."""
    tools = tmp_path / "tools"
    tools.mkdir()
    if request.param != "rsync":
        for directory in ("/usr/bin", "/bin"):
            for program in Path(directory).iterdir():
                if program.name != "rsync" and not (tools / program.name).is_symlink():
                    (tools / program.name).symlink_to(program)
    if request.param == "busybox":
        for name in ("sh", "find", "ls", "sed", "sort", "uniq", "tar", "cut", "tr", "mv", "mkdir", "head", "grep"):
            (tools / name).unlink(missing_ok=True)
            (tools / name).symlink_to(shutil.which("busybox") or "/missing/busybox")
    return {} if request.param == "rsync" else {"PATH": str(tools)}


def pictured(top: Path) -> dict[bytes, Any]:
    """All that lies below a directory: kind, mode and content of each, and the times of files."""
    seen: dict[bytes, Any] = {}
    for directory, directories, names in os.walk(os.fsencode(top)):
        for name in (*directories, *names):
            path = Path(os.fsdecode(directory)) / os.fsdecode(name)
            about = path.lstat()
            if path.is_symlink():
                content: Any = path.readlink()
            else:
                content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "directory"
            moment = int(about.st_mtime) if path.is_file() and not path.is_symlink() else 0
            seen[os.path.relpath(os.fsencode(path), os.fsencode(top))] = about.st_mode, moment, content
    return seen


def of(job: str, root: Path) -> Path:
    return root / "jobs" / job / "attempt-1"


def submit(server: Running, script: str, name: str = "job") -> str:
    return server.submit({"argv": ["sh", "-c", script], "name": name, "outputs": ["wanted*"]})[0]


def test_what_a_job_leaves_comes_byte_for_byte_and_is_read_there(server: Running, by: dict[str, str]) -> None:
    server.extra = by
    server.start()
    root, scratch = scratched(server)
    job = submit(server, LEAVES + "echo out; echo done > wanted; exit 0")
    assert server.outcome(job)["kind"] == "succeeded"
    assert server.attempt(job)["state"]["directory"] == str(of(job, root))
    assert pictured(of(job, root)) == pictured(of(job, scratch))
    assert sorted(path.name for path in (root / "jobs" / job).iterdir()) == ["attempt-1", "job.json"]
    assert (of(job, root) / "work" / "sparse").stat().st_blocks < 50_000_000 / 512 or by
    files = server.ask("GET", f"/jobs/{job}/files")
    assert "trajectory" in [file["path"] for file in files["files"]]
    assert files["at_home"] == ["wanted"]
    assert server.ask("GET", f"/jobs/{job}/text", params={"path": "stdout"})["text"] == "out\n"


@pytest.mark.parametrize("script", ["exit 3", "kill -9 $PPID; exit 1", "kill -9 $$"])
def test_jobs_that_fail_or_are_lost_are_mirrored_too(server: Running, script: str) -> None:
    server.start()
    root, _ = scratched(server)
    job = submit(server, f"echo precious > wanted; {script}")
    assert server.outcome(job)["kind"] in {"failed", "lost"}
    assert (of(job, root) / "work" / "wanted").read_text() == "precious\n"


def test_a_cancelled_job_is_mirrored_too(server: Running) -> None:
    server.start()
    root, _ = scratched(server)
    (job,) = server.submit(witness(server.top, "long", ["sh", "-c", "echo precious > wanted; sleep 600"]))
    until(lambda: runs(server.top, "long"), "it runs")
    until(lambda: server.fate(job) == "running", "it is seen to run")
    server.ask("POST", f"/jobs/{job}/cancel")
    assert server.outcome(job)["kind"] == "cancelled"
    assert (of(job, root) / "work" / "wanted").read_text() == "precious\n"


def test_while_a_job_runs_its_files_are_read_from_scratch(server: Running) -> None:
    server.start()
    _, scratch = scratched(server)
    (job,) = server.submit(witness(server.top, "long", ["sh", "-c", "echo so far; sleep 600"]))
    until(lambda: server.fate(job) == "running", "it runs")
    assert server.attempt(job)["state"]["directory"] == str(of(job, scratch))
    until(lambda: server.ask("GET", f"/jobs/{job}/text", params={"path": "stdout"})["text"] == "so far\n", "it speaks")


def test_a_full_project_root_is_no_failed_job_and_it_goes_on_when_there_is_room(
    server: Running, small_disk: Path
) -> None:
    server.start()
    scratched(server, root=str(small_disk))
    filler = small_disk / "filler"
    filler.write_bytes(b"\0" * 4 * MIB)
    job = submit(server, "head -c 6000000 /dev/urandom > trajectory")
    until(lambda: server.attempt(job)["trouble"], "its trouble is told")
    attempt = server.attempt(job)
    assert (attempt["state"]["kind"], attempt["trouble"]["code"]) == ("ended", "no_room")
    assert "safe in scratch" in attempt["trouble"]["hint"]
    assert not of(job, small_disk).exists()
    filler.unlink()
    assert server.outcome(job)["kind"] == "succeeded"
    whole = (server.top / "scratch" / "jobs" / job / "attempt-1" / "work" / "trajectory").read_bytes()
    assert (of(job, small_disk) / "work" / "trajectory").read_bytes() == whole


@pytest.mark.parametrize("mark", [Mark.MIRROR_BEGUN, Mark.MIRROR_COPIED, Mark.MIRROR_RECORDED], ids=str)
def test_after_a_crash_in_the_middle_of_a_copy_the_whole_is_there(server: Running, mark: Mark) -> None:
    server.start("tests.faults.dying_server", str(server.top), mark)
    root, scratch = scratched(server)
    job = submit(server, "head -c 60000000 /dev/urandom > trajectory; for n in 1 2 3 4 5 6 7 8 9; do : > $n; done")
    until(server.died, f"the server passes the mark {mark}")
    end_copies()
    server.start()
    assert server.outcome(job)["kind"] == "succeeded"
    assert pictured(of(job, root)) == pictured(of(job, scratch))


def end_copies() -> None:
    """kill -9 of every program that copies."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"argosy-mirror" in words:
            os.kill(int(process.name), signal.SIGKILL)


def test_scratch_that_was_purged_leaves_what_is_known(server: Running) -> None:
    server.start()
    _, scratch = scratched(server)
    (job,) = server.submit(witness(server.top, "long", ["sleep", "600"]))
    until(lambda: server.fate(job) == "running", "it runs")
    server.kill()
    server.end_jobs()
    shutil.rmtree(scratch / "jobs" / job)
    server.start()
    assert server.outcome(job)["kind"] == "lost"


def test_jobs_in_scratch_come_back_after_the_database_is_lost(server: Running) -> None:
    server.start()
    root, _ = scratched(server)
    over = submit(server, "echo done > wanted")
    server.outcome(over)
    go = server.top / "go"
    (running,) = server.submit(witness(server.top, "live", ["sh", "-c", f"while ! [ -e {go} ]; do sleep 0.05; done"]))
    until(lambda: server.fate(running) == "running", "it runs")
    before = server.ask("GET", f"/jobs/{over}")
    server.stop()
    for path in server.top.glob("argosy.db*"):
        path.unlink()
    server.start()
    scratched(server)
    found = server.ask("POST", "/targets/local/sync")
    assert (sorted(found["taken"]), found["open"], found["findings"]) == (sorted([over, running]), [running], [])
    assert server.ask("GET", f"/jobs/{over}") == before
    go.touch()
    assert server.outcome(running)["kind"] == "succeeded"
    assert server.attempt(running)["state"]["directory"] == str(of(running, root))
    assert runs(server.top, "live") == 1


def test_a_removed_job_is_gone_from_both_roots(server: Running) -> None:
    server.start()
    root, scratch = scratched(server)
    job = submit(server, "echo done > wanted")
    server.outcome(job)
    planned = server.ask("GET", f"/jobs/{job}/removal")
    assert str(scratch / "jobs" / job) in planned["paths"]
    assert str(root / "jobs" / job) in planned["paths"]
    server.ask("DELETE", f"/jobs/{job}")
    assert not (scratch / "jobs" / job).exists()
    assert not (root / "jobs" / job).exists()


def test_a_child_takes_its_files_from_where_they_are_kept(server: Running) -> None:
    server.start()
    scratched(server)
    parent = submit(server, "echo 42 > wanted")
    file = {"name": "given", "source": {"kind": "job", "job": parent, "path": "wanted"}}
    (child,) = server.submit({"argv": ["cat", "given"], "name": "child", "inputs": [file]})
    assert server.outcome(child)["kind"] == "succeeded"
    assert server.ask("GET", f"/jobs/{child}/text", params={"path": "stdout"})["text"] == "42\n"
