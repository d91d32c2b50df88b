import os
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from argosy.contracts import Order
from argosy.core.command import Answer, Command
from argosy.core.errors import Unreachable
from argosy.core.job import Cause
from argosy.core.names import spell
from argosy.core.sighting import Launched, Presence, Sighting
from argosy.schedulers import process
from argosy.schedulers.process import SCHEDULER
from argosy.transports.local import Local
from tests.contracts.scheduler_suite import SchedulerSuite, Yard, reported
from tests.contracts.surroundings import Noted

SHELLS = {"dash": ("dash",), "bash": ("bash",), "bash as sh": ("bash", "--posix"), "busybox": ("busybox", "sh")}
BOOT = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
HOST = Path("/proc/sys/kernel/hostname").read_text().strip()
LONG_DEAD = 4_000_000
"""Close to the largest process id of Linux."""


def put(path: str, text: str) -> None:
    Path(path).write_text(text)


def move(old: Path, new: Path) -> None:
    old.rename(new)


def claim(order: Order) -> None:
    Path(order.directory, "claim").mkdir()
    put(f"{order.directory}/claim/taken", "")


def stat_of(pid: int | str) -> list[str]:
    """The fields of a process after its name: its state first."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()


def sleeping(program: str | Path) -> subprocess.Popen[bytes]:
    """A process with the name of this program, once it has it."""
    process = subprocess.Popen([program, "600"])
    while Path(f"/proc/{process.pid}/comm").read_text() != f"{Path(program).name}\n":
        time.sleep(0.001)
    return process


def zombie() -> subprocess.Popen[bytes]:
    """A process that is over and not buried yet."""
    process = subprocess.Popen(["true"])
    while stat_of(process.pid)[0] != "Z":
        time.sleep(0.001)
    return process


class HereYard(Yard):
    """Jobs as processes of this machine, managed by one of its shells."""

    def __init__(self, shell: tuple[str, ...], place: Path) -> None:
        super().__init__(SCHEDULER, Local("local", datetime.now(UTC), Noted()), spell(os.fsencode(place)))
        self.shell = shell
        self.place = place

    async def run(self, command: Command) -> Answer:
        argv = (*self.shell, *command.argv[1:]) if command.argv[0] == "sh" else command.argv
        answer = await super().run(command.model_copy(update={"argv": argv}))
        assert answer.stderr == b""
        return answer

    async def names(self, order: Order) -> list[str]:
        """The files of an attempt."""
        return [entry.path for entry in await self.transport.files(order.directory)]

    def clean_up(self) -> None:
        """Nothing of a failed test stays behind."""
        for start in self.place.glob("**/attempt-1/start"):
            facts = dict(line.partition("=")[::2] for line in start.read_text("utf-8", "replace").splitlines())
            for pid in (facts.get("pid", ""), facts.get("program_pid", "")):
                if belongs(pid, start.parent):
                    os.kill(int(pid), signal.SIGKILL)


def belongs(pid: str, directory: Path) -> bool:
    """Whether a process is one of this attempt: its wrapper has the directory as a word, its program as a variable."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes() + b"\0" + Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    mine = {os.fsencode(directory / "run.sh"), b"ARGOSY_JOB_DIR=" + os.fsencode(directory)}
    return not mine.isdisjoint(words.split(b"\0"))


@pytest.fixture(params=SHELLS)
async def yard(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[HereYard]:
    yard = HereYard(SHELLS[request.param], tmp_path)
    yield yard
    yard.clean_up()


class TestProcess(SchedulerSuite):
    pass


# --- Killed from outside -------------------------------------------------------------------------------------------


def start_of(seen: Sighting) -> tuple[int, int]:
    assert seen.start is not None
    return seen.start.pid, seen.start.program_pid


async def test_with_program_and_wrapper_killed_it_is_over_for_certain_and_without_a_cause(yard: HereYard) -> None:
    order = await yard.begun("sleep", "600")
    wrapper, program = start_of((await yard.look(order))[0])
    os.kill(wrapper, signal.SIGKILL)
    os.kill(program, signal.SIGKILL)
    seen = await yard.until(order, lambda seen: seen.presence is Presence.OVER)
    assert (seen.conclusive, seen.report, seen.cause, seen.claimed) == (True, None, None, True)
    assert "killed" in seen.words


async def test_with_its_wrapper_killed_the_program_runs_on_and_is_seen(yard: HereYard) -> None:
    order = await yard.begun("sleep", "600")
    wrapper, program = start_of((await yard.look(order))[0])
    os.kill(wrapper, signal.SIGKILL)
    seen = await yard.until(order, lambda seen: "wrapper" in seen.words)
    assert (seen.presence, seen.conclusive) == (Presence.RUNNING, True)
    os.kill(program, signal.SIGKILL)
    assert (await yard.until(order, lambda seen: seen.presence is Presence.OVER)).conclusive


async def test_a_killed_program_is_reported_by_its_wrapper(yard: HereYard) -> None:
    order = await yard.begun("sleep", "600")
    os.kill(start_of((await yard.look(order))[0])[1], signal.SIGKILL)
    report = (await yard.until(order, reported)).report
    assert report is not None
    assert report.signal == 9


async def test_an_orphan_that_ignores_the_first_word_is_killed_by_the_second(yard: HereYard) -> None:
    order = await yard.begun("sh", "-c", 'trap "" TERM; echo ready; while :; do sleep 0.1; done')
    await yard.said(order, "ready")
    os.kill(start_of((await yard.look(order))[0])[0], signal.SIGKILL)
    await yard.until(order, lambda seen: "wrapper" in seen.words)
    assert await yard.cancel(order) == {order.token}
    assert (await yard.look(order))[0].presence is Presence.RUNNING
    assert await yard.cancel(order) == {order.token}
    assert (await yard.until(order, lambda seen: seen.presence is Presence.OVER)).report is None


async def test_a_program_that_is_a_zombie_is_dead(yard: HereYard) -> None:
    over = zombie()
    (seen,) = await yard.look(await recorded(yard, pid=LONG_DEAD, program_pid=over.pid))
    over.wait()
    assert (seen.presence, seen.conclusive) == (Presence.OVER, True)


# --- Records from elsewhere and from before ------------------------------------------------------------------------


async def recorded(yard: HereYard, *, exit_report: str = "", ending: str = "\n", **facts: Any) -> Order:
    """An attempt with these records, as a wrapper would have left them."""
    order = await yard.order("true")
    given = {"version": 1, "token": order.token, "host": HOST, "pid": LONG_DEAD, "pid_start": "", "boot_id": BOOT}
    given |= {"program_pid": LONG_DEAD, "program_start": "", "started": 1_700_000_000} | facts | {"complete": 1}
    record = "\n".join(f"{key}={value}" for key, value in given.items()) + ending
    claim(order)
    put(f"{order.directory}/start", record)
    if exit_report:
        put(f"{order.directory}/exit", exit_report.replace("TOKEN", order.token))
    return order


def self_started() -> str:
    """The tick at which this process began."""
    return stat_of("self")[19]


async def test_after_a_restart_of_the_machine_it_is_over_and_the_machine_is_to_blame(yard: HereYard) -> None:
    (seen,) = await yard.look(await recorded(yard, boot_id="another", pid=os.getpid(), pid_start=self_started()))
    assert (seen.presence, seen.conclusive, seen.cause) == (Presence.OVER, True, Cause.NODE_FAILURE)


async def test_on_another_machine_that_shares_the_directory_it_is_believed_to_run(yard: HereYard) -> None:
    (seen,) = await yard.look(await recorded(yard, boot_id="another", host="other"))
    assert (seen.presence, seen.conclusive) == (Presence.RUNNING, False)
    (seen,) = await yard.look(await recorded(yard, boot_id="", host="other"))
    assert (seen.presence, seen.conclusive) == (Presence.RUNNING, False)


async def test_a_new_name_of_the_machine_changes_nothing_for_what_runs(yard: HereYard) -> None:
    (seen,) = await yard.look(await recorded(yard, host="old-name", pid=os.getpid(), pid_start=self_started()))
    assert (seen.presence, seen.conclusive) == (Presence.RUNNING, True)


async def test_a_new_name_of_the_machine_makes_an_end_less_certain(yard: HereYard) -> None:
    (seen,) = await yard.look(await recorded(yard, host="old-name"))
    assert (seen.presence, seen.conclusive) == (Presence.OVER, False)


async def test_a_process_id_that_was_given_out_again_is_somebody_else(yard: HereYard) -> None:
    (same,) = await yard.look(await recorded(yard, pid=os.getpid(), pid_start=self_started()))
    (other,) = await yard.look(await recorded(yard, pid=os.getpid(), pid_start=int(self_started()) - 1))
    assert (same.presence, other.presence) == (Presence.RUNNING, Presence.OVER)


@pytest.mark.parametrize("name", ["a b", "a) b", "x\ny", ") R 1 1"])
async def test_a_program_may_have_any_name(yard: HereYard, name: str) -> None:
    sleeper = sleeping(shutil.copy("/bin/sleep", yard.place / name))
    order = await recorded(yard, program_pid=sleeper.pid, program_start=stat_of(sleeper.pid)[19])
    (alive,) = await yard.look(order)
    sleeper.kill()
    sleeper.wait()
    (dead,) = await yard.look(order)
    assert (alive.presence, dead.presence) == (Presence.RUNNING, Presence.OVER)


async def test_no_text_in_a_record_is_taken_for_a_process(yard: HereYard) -> None:
    (seen,) = await yard.look(await recorded(yard, pid="-1", program_pid="1; echo complete 1"))
    assert (seen.presence, seen.start) == (Presence.OVER, None)
    assert "start record" in seen.words


# --- Damaged records -----------------------------------------------------------------------------------------------

REPORT = "version=1\ntoken=TOKEN\nstage=program\nstatus=3\ncode=3\nstarted=1700000000\nended=1700000009\ncomplete=1"


@pytest.mark.parametrize("ending", ["", "\n", "\n\n"])
async def test_records_are_read_with_or_without_a_last_newline(yard: HereYard, ending: str) -> None:
    order = await recorded(yard, exit_report=REPORT + ending, ending=ending)
    (seen,) = await yard.look(order)
    assert seen.start is not None
    assert seen.report is not None
    assert (seen.start.token, seen.report.code) == (order.token, 3)


@pytest.mark.parametrize("report", ["version=1\ncomp", "\0\xff", "complete 1\nend x", " ", "x" * 100_000, "\\x41%s\n"])
async def test_a_damaged_report_is_told_and_hides_nothing_of_the_others(yard: HereYard, report: str) -> None:
    damaged, good = await recorded(yard, exit_report=report), await recorded(yard, exit_report=REPORT)
    seen, other = await yard.look(damaged, good)
    assert (seen.report, seen.presence, seen.conclusive) == (None, Presence.OVER, True)
    assert "exit report" in seen.words
    assert other.report is not None


async def test_a_report_of_another_attempt_is_not_believed(yard: HereYard) -> None:
    (seen,) = await yard.look(await recorded(yard, exit_report=REPORT.replace("TOKEN", "argosy-other-1")))
    assert seen.report is None
    assert "argosy-other-1" in seen.words


@pytest.mark.parametrize("text", ["", "version=1\npid=1\n", "garbage"])
async def test_a_damaged_start_record_proves_no_end(yard: HereYard, text: str) -> None:
    order = await recorded(yard)
    put(f"{order.directory}/start", text)
    (seen,) = await yard.look(order)
    assert (seen.presence, seen.conclusive, seen.claimed) == (Presence.OVER, False, True)


async def test_a_claim_without_a_start_record_proves_no_end(yard: HereYard) -> None:
    order = await yard.order("true")
    claim(order)
    (seen,) = await yard.look(order)
    assert (seen.presence, seen.conclusive, seen.cause) == (Presence.OVER, False, None)
    assert await yard.cancel(order) == frozenset()


async def test_a_wrapper_that_could_not_begin_says_why(yard: HereYard) -> None:
    order = await yard.order("true")
    claim(order)
    put(f"{order.directory}/launch", "a warning\nargosy: no room for the exit report\n")
    (seen,) = await yard.look(order)
    assert (seen.presence, seen.conclusive, seen.cause) == (Presence.OVER, True, Cause.START_FAILED)
    assert seen.words == "its start failed: no room for the exit report"


# --- File systems --------------------------------------------------------------------------------------------------


async def test_jobs_below_a_file_system_that_is_not_mounted_are_not_gone(yard: HereYard) -> None:
    order = await yard.begun("sleep", "600")
    jobs, away = yard.place / "jobs", yard.place / "away"
    move(jobs, away)
    with pytest.raises(Unreachable, match="cannot be seen") as unreachable:
        await yard.look(order)
    assert "mounted" in unreachable.value.hint
    assert await yard.forbid(order) == frozenset()
    move(away, jobs)
    assert (await yard.look(order))[0].presence is Presence.RUNNING
    await yard.cancel(order)
    await yard.until(order, reported)


async def test_an_empty_directory_for_jobs_lets_go_of_what_was_removed_for_good(yard: HereYard) -> None:
    order = await yard.order("true")
    await yard.run(Command(argv=("sh", "-c", 'rm -r "$1"; mkdir "$1"', "sh", f"{yard.root}/jobs")))
    (seen,) = await yard.look(order)
    assert not seen.directory_exists


@pytest.mark.faults
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
async def test_on_a_disk_without_room_for_the_mark_nothing_is_said_to_be_forbidden(yard: HereYard) -> None:
    """A directory can still be made where not even an empty file can."""
    order, other = await yard.order("true"), await yard.order("true")
    await yard.run(Command(argv=("mount", "-t", "tmpfs", "-o", "nr_inodes=2", "tmpfs", order.directory)))
    try:
        assert await yard.forbid(order, other) == {other.token}
        assert await yard.names(order) == []
    finally:
        await yard.run(Command(argv=("umount", "-l", order.directory)))


# --- As a whole ----------------------------------------------------------------------------------------------------


async def test_the_launch_outlives_the_shell_and_the_call(yard: HereYard) -> None:
    order = await yard.order("sh", "-c", "sleep 0.3; echo done")
    began = time.monotonic()
    (launched,) = (await yard.submit(order)).values()
    assert isinstance(launched, Launched)
    assert "exit" not in await yard.names(order)
    await yard.until(order, reported)
    assert time.monotonic() - began >= 0.3
    assert await yard.text(order, "stdout") == "done\n"


async def test_a_thousand_attempts_are_listed_by_one_shell_without_a_fork(yard: HereYard) -> None:
    kinds = [await recorded(yard, pid=os.getpid(), pid_start=self_started()), await recorded(yard)]
    kinds += [await recorded(yard, exit_report=REPORT), await yard.order("true")]
    orders = kinds * 250
    watched = yard.watched(*orders)
    before = os.times()
    began = time.monotonic()
    answer = await yard.run(SCHEDULER.list(watched))
    took_s = time.monotonic() - began
    after = os.times()
    blocks = answer.stdout.count(b"\nend ")
    assert blocks == 1000
    processor_s = after.children_user + after.children_system - before.children_user - before.children_system
    assert processor_s < 10, f"{processor_s:.2f} s of processor time, {took_s:.2f} s in all"


@pytest.mark.parametrize("text", [process._PROGRAM, process._HERE.joinpath("lane.sh").read_text("utf-8")])
def test_the_shell_programs_are_clean(text: str) -> None:
    checked = subprocess.run(["shellcheck", "--shell=sh", "-"], input=text, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")
