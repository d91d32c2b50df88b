"""What the wrapper does when programs, wrappers and disks fail. Real processes, real kill -9, real full disks."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from argosy.core.quoting import quote
from argosy.core.wrapper import COULD_NOT_RUN
from tests.infra.wrapped import Wrapped, alive, until

pytestmark = [pytest.mark.infra, pytest.mark.faults]


def fill(place: Path) -> None:
    """Leave not one free block on a file system."""
    with (place / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(b"x" * 4096) == 4096:
            pass
    assert os.statvfs(place).f_bavail == 0


# --- What outlives the program --------------------------------------------------------------------------------------


@pytest.mark.parametrize("long_enough_to_search_everywhere", ["", "sleep 2.1;"])
def test_daemons_are_ended_with_the_program_and_counted(
    attempt: Wrapped, long_enough_to_search_everywhere: str
) -> None:
    program = (
        'sleep 300 & echo $! >../inside; setsid sh -c "echo \\$\\$ >../escaped; exec sleep 300" & '
        "env -i /bin/sleep 300 & echo $! >../nameless; while [ ! -s ../escaped ]; do sleep 0.01; done; "
    )
    report = attempt.run("sh", "-c", program + long_enough_to_search_everywhere)
    assert (report.code, report.leftover) == (0, 3)
    for name in ("inside", "escaped", "nameless"):
        assert not alive(int(attempt.text(name)))


def test_a_daemon_that_ignores_term_is_killed(attempt: Wrapped) -> None:
    daemon = 'trap "" TERM; echo $$ >../pid; while :; do sleep 0.1; done'
    program = f"setsid sh -c {quote(daemon)} & while [ ! -s ../pid ]; do sleep 0.01; done"
    report = attempt.run("sh", "-c", program)
    assert report.code == 0
    assert report.leftover is not None
    assert report.leftover >= 1
    assert not alive(int(attempt.text("pid")))


def test_the_processes_of_another_attempt_are_left_alone(shell: tuple[str, ...], tmp_path: Path) -> None:
    first, tenth = Wrapped(shell, tmp_path / "1"), Wrapped(shell, tmp_path / "10")
    try:
        tenth.prepare("sleep", "300", token=f"{first.token}0")
        tenth.start()
        other = tenth.record().program_pid
        assert first.run("sleep", "2.1").leftover == 0
        assert alive(other)
    finally:
        first.clean_up()
        tenth.clean_up()


# --- Kill -9 --------------------------------------------------------------------------------------------------------


def test_a_killed_program_is_reported_with_its_signal(attempt: Wrapped) -> None:
    attempt.prepare("sh", "-c", "echo ready; exec sleep 300")
    wrapper = attempt.start()
    attempt.await_text("stdout", "ready")
    os.kill(attempt.record().program_pid, signal.SIGKILL)
    assert attempt.finish(wrapper)[0] == 137
    report = attempt.report()
    assert (report.code, report.signal, report.certain, report.cancelled) == (None, 9, True, None)


def test_exit_137_is_told_from_signal_9_or_said_to_be_uncertain(attempt: Wrapped) -> None:
    report = attempt.run("sh", "-c", "exit 137")
    if attempt.shell == ("bash",):
        assert (report.signal, report.certain, report.words) == (9, False, "signal 9 (KILL), or exit code 137")
    else:
        assert (report.code, report.certain) == (137, True)


def test_a_killed_wrapper_leaves_no_report_but_a_program_that_can_be_recognised(attempt: Wrapped) -> None:
    attempt.prepare("sleep", "300")
    wrapper = attempt.start()
    record = attempt.record()
    wrapper.kill()
    attempt.finish(wrapper)
    assert not alive(record.pid)
    fields = Path(f"/proc/{record.program_pid}/stat").read_text().rpartition(") ")[2].split()
    assert int(fields[19]) == record.program_start
    assert record.boot_id == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    os.kill(record.program_pid, signal.SIGKILL)
    until(lambda: not alive(record.program_pid), "the end of the program")
    assert not (attempt.directory / "exit").exists()


def test_a_wrapper_killed_at_any_moment_never_leaves_half_a_record(shell: tuple[str, ...], tmp_path: Path) -> None:
    for number in range(25):
        wrapped = Wrapped(shell, tmp_path / str(number))
        wrapped.prepare("true")
        wrapper = wrapped.start()
        time.sleep(number / 1500)
        wrapper.kill()
        wrapped.finish(wrapper)
        if wrapped.text("exit"):
            assert wrapped.report().code == 0
        if wrapped.text("start"):
            assert wrapped.record().pid == wrapper.pid


# --- Disks and directories ------------------------------------------------------------------------------------------


def test_the_report_is_written_although_the_disk_has_filled_up(shell: tuple[str, ...], small_disk: Path) -> None:
    wrapped = Wrapped(shell, small_disk / "attempt-1")
    wrapped.prepare("sh", "-c", "until [ -e /dev/shm/argosy-go ] || [ -e go ]; do sleep 0.02; done; echo lost; exit 6")
    wrapper = wrapped.start()
    wrapped.record()
    fill(small_disk)
    (wrapped.directory / "work/go").touch()
    wrapped.finish(wrapper)
    report = wrapped.report()
    assert (report.stage, report.code, report.leftover) == ("program", 6, 0)
    assert report.user_s is not None


def test_a_disk_that_is_full_before_the_start_is_said_and_nothing_runs(
    shell: tuple[str, ...], small_disk: Path
) -> None:
    wrapped = Wrapped(shell, small_disk / "attempt-1")
    wrapped.prepare("touch", "../ran")
    fill(small_disk)
    code, stderr = wrapped.finish(wrapped.start())
    assert code == COULD_NOT_RUN
    assert "no room for the exit report" in stderr
    assert not (wrapped.directory / "ran").exists()


def test_a_disk_with_room_for_the_report_alone_says_that_nothing_was_started(
    shell: tuple[str, ...], small_disk: Path
) -> None:
    wrapped = Wrapped(shell, small_disk / "attempt-1")
    wrapped.prepare("touch", "../ran")
    (small_disk / "room").write_bytes(b"x")
    fill(small_disk)
    (small_disk / "room").unlink()
    wrapped.finish(wrapped.start())
    assert wrapped.report().stage == "setup"
    assert not (wrapped.directory / "ran").exists()
    assert not (wrapped.directory / "start").exists()


def test_a_read_only_directory_is_said_and_nothing_runs(shell: tuple[str, ...], small_disk: Path) -> None:
    wrapped = Wrapped(shell, small_disk / "attempt-1")
    wrapped.prepare("touch", "/dev/null")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    code, stderr = wrapped.finish(wrapped.start())
    assert code == COULD_NOT_RUN
    assert "read-only" in stderr.lower()
    assert wrapped.names() == ["run.sh"]


def test_a_directory_that_vanishes_is_said_and_nothing_hangs(attempt: Wrapped) -> None:
    attempt.prepare("sh", "-c", 'rm -rf "$ARGOSY_JOB_DIR"')
    code, stderr = attempt.finish(attempt.start())
    assert code == COULD_NOT_RUN
    assert "no exit report can be written" in stderr


def test_streams_that_cannot_be_opened_leave_a_report_that_nothing_was_started(attempt: Wrapped) -> None:
    attempt.prepare("true")
    (attempt.directory / "stdout").mkdir()
    attempt.finish(attempt.start())
    report = attempt.report()
    assert (report.stage, report.code == 0) == ("setup", False)
