"""Hard jobs and hard places: each ends in the right state, with a message that a scientist understands."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.faults.mounts import small_disk
from tests.faults.running import Running, runs, until, witness

__all__ = ["small_disk"]

pytestmark = [pytest.mark.faults, pytest.mark.infra]

MIB = 1024 * 1024


def resident_mib(server: Running) -> float:
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def shell(script: str, name: str = "job", **more: Any) -> dict[str, Any]:
    return {"argv": ["sh", "-c", script], "name": name} | more


def rooted(server: Running, root: Path, **limits: int) -> None:
    """Let the target local have its root elsewhere."""
    profile = server.ask("GET", "/targets/local")["profile"] | {"root": str(root)}
    server.ask("PUT", "/targets/local", json=profile | ({"limits": limits} if limits else {}))


def test_two_thousand_jobs_with_four_at_a_time_all_end_right_and_memory_stays_flat(server: Running) -> None:
    server.start()
    rooted(server, server.top / "local", running=4)
    script = "echo run >> $0.runs"
    batch = [
        {"argv": ["sh", "-c", script, str(server.top / f"n{number}")], "name": f"n{number}"} for number in range(2000)
    ]
    jobs = server.submit(*batch)
    until(lambda: server.fate(jobs[200]) == "succeeded", "the first tenth is over", within_s=120)
    early = resident_mib(server)
    rows = server.all_closed(within_s=300)
    assert {row["fate"] for row in rows} == {"succeeded"}
    assert len(rows) == 2000
    assert all(runs(server.top, f"n{number}") == 1 for number in range(2000))
    assert resident_mib(server) < early + 25, "the server's memory grew while it drove 2,000 jobs"


def test_a_gibibyte_of_output_ends_right_and_is_neither_cut_nor_held_in_memory(server: Running) -> None:
    server.start()
    (job,) = server.submit(shell("head -c 1073741824 /dev/zero"))
    assert server.outcome(job, within_s=120)["kind"] == "succeeded"
    directory = Path(server.attempt(job)["state"]["directory"])
    assert (directory / "stdout").stat().st_size == 1024 * MIB
    assert resident_mib(server) < 200


def test_a_job_that_ignores_term_is_ended_after_its_grace(server: Running) -> None:
    server.start()
    (job,) = server.submit(witness(server.top, "deaf", ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"]))
    until(lambda: server.fate(job) == "running", "it runs")
    directory = Path(server.attempt(job)["state"]["directory"])
    header = (directory / "run.sh").read_text()
    assert "argosy_grace_s=30" in header
    server.ask("POST", f"/jobs/{job}/cancel")
    outcome = server.outcome(job, within_s=90)
    assert outcome["kind"] == "cancelled"


def test_daemons_that_a_job_leaves_behind_are_ended_with_it(server: Running) -> None:
    server.start()
    marker = str(server.top / "daemon.pid")
    (job,) = server.submit(shell(f"setsid sh -c 'echo $$ > {marker}; exec sleep 600' & sleep 0.5"))
    assert server.outcome(job)["kind"] == "succeeded"
    pid = int(Path(marker).read_text())
    until(lambda: not Path(f"/proc/{pid}").exists() or " Z " in Path(f"/proc/{pid}/stat").read_text(), "it is gone")


def test_a_program_that_fills_the_disk_is_explained_in_words(server: Running, small_disk: Path) -> None:
    server.start()
    rooted(server, small_disk)
    (job,) = server.submit(shell("head -c 100000000 /dev/zero > big"))
    outcome = server.outcome(job)
    assert (outcome["kind"], outcome["signature"]) == ("failed", "disk_full")
    assert "disk was full" in outcome["explanation"]


def test_jobs_wait_while_their_place_is_full_and_go_on_when_there_is_room(server: Running, small_disk: Path) -> None:
    server.start()
    rooted(server, small_disk)
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(b"\0" * 9 * MIB)
    (job,) = server.submit(witness(server.top, "patient"))
    trouble = until(lambda: server.attempt(job)["trouble"], "the job says what keeps it")
    assert trouble["code"] == "no_room"
    assert "No space left" in trouble["message"]
    filler.unlink()
    assert server.outcome(job)["kind"] == "succeeded"
    assert runs(server.top, "patient") == 1


def test_a_root_inside_a_file_is_said_and_fails_the_job(server: Running) -> None:
    server.start()
    obstacle = server.top / "file"
    obstacle.write_text("in the way")
    rooted(server, obstacle / "root")
    (job,) = server.submit(shell("true"))
    outcome = server.outcome(job)
    assert (outcome["kind"], outcome["cause"]) == ("failed", "start_failed")
    assert "Not a directory" in outcome["explanation"]


def test_a_read_only_root_keeps_jobs_waiting_with_the_reason(server: Running, small_disk: Path) -> None:
    server.start()
    rooted(server, small_disk)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    (job,) = server.submit(shell("true"))
    trouble = until(lambda: server.attempt(job)["trouble"], "the job says what keeps it")
    assert "Read-only file system" in trouble["message"]
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert server.outcome(job)["kind"] == "succeeded"


@pytest.mark.parametrize("jump_s", [86_400.0, -86_400.0], ids=["forward", "backward"])
def test_a_clock_that_jumps_by_a_day_harms_no_job(server: Running, jump_s: float) -> None:
    offset = server.top / "offset"
    server.top.mkdir()
    offset.write_text("0")
    server.start("tests.faults.jumping_server", str(server.top), str(offset))
    jobs = server.submit(*(witness(server.top, f"j{number}", ["sleep", "2"]) for number in range(3)))
    until(lambda: server.fate(jobs[0]) == "running", "the first job runs")
    offset.write_text(str(jump_s))
    assert {server.outcome(job)["kind"] for job in jobs} == {"succeeded"}
    assert [runs(server.top, f"j{number}") for number in range(3)] == [1, 1, 1]


def test_a_job_that_goes_over_its_walltime_is_stopped_and_told_why(server: Running) -> None:
    server.start()
    (job,) = server.submit(shell("sleep 600", resources={"walltime": "2s"}))
    outcome = server.outcome(job)
    assert (outcome["kind"], outcome["cause"], outcome["retry"]) == ("failed", "walltime", "more_time")


def test_ten_megabytes_of_log_a_second_can_be_followed_to_the_last_byte(server: Running) -> None:
    server.start()
    line = "x" * 99
    script = f"i=0; while [ $i -lt 50 ]; do yes {line} | head -n 10000; i=$((i+1)); sleep 0.05; done"
    (job,) = server.submit(shell(script))
    followed = server.argosy("logs", "-f", job)
    assert followed.returncode == 0, followed.stderr
    assert len(followed.stdout) == 50 * 10_000 * 100
    assert set(followed.stdout.splitlines()) == {line.encode()}


def test_a_job_that_fits_no_more_since_limits_were_lowered_is_turned_away_and_blocks_nobody(server: Running) -> None:
    server.start()
    rooted(server, server.top / "local", running=1, cpus=2)
    first, wide, narrow = server.submit(
        witness(server.top, "first", ["sleep", "2"]),
        witness(server.top, "wide") | {"resources": {"cpus": 2}},
        witness(server.top, "narrow"),
    )
    until(lambda: server.fate(first) == "running", "the first job runs")
    rooted(server, server.top / "local", running=1, cpus=1)
    assert server.outcome(wide)["cause"] == "rejected"
    assert server.outcome(narrow)["kind"] == "succeeded"
