"""The wrapper under real shells, with real processes, signals and full disks."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from argosy.core.wrapper import ALREADY_CLAIMED, Launch, script
from tests.infra.wrapped import SHELLS, Wrapped, alive, demanded

pytestmark = pytest.mark.infra

# --- The plain way --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [0, 3, 73, 255])
def test_the_exit_code_is_reported_and_passed_on(attempt: Wrapped, code: int) -> None:
    attempt.prepare("sh", "-c", f"echo out; echo err >&2; exit {code}")
    wrapper = attempt.start()
    assert attempt.finish(wrapper) == (code, "")
    report = attempt.report()
    assert (report.stage, report.code, report.signal, report.certain, report.leftover) == (
        "program",
        code,
        None,
        True,
        0,
    )
    assert (attempt.text("stdout"), attempt.text("stderr")) == ("out\n", "err\n")
    assert attempt.record().pid == wrapper.pid
    assert report.started == attempt.record().started


def test_the_program_finds_its_directory_its_token_and_no_input(attempt: Wrapped) -> None:
    program = 'pwd; echo "$ARGOSY_TOKEN"; echo "$ARGOSY_JOB_DIR"; cat; ls -l /proc/self/fd | grep -c attempt-1'
    attempt.run("sh", "-c", program)
    directory = str(attempt.directory)
    assert attempt.text("stdout").splitlines() == [f"{directory}/work", attempt.token, directory, "1"]


def test_the_start_record_knows_both_processes_for_certain(attempt: Wrapped) -> None:
    attempt.run("sh", "-c", "cat /proc/$$/stat /proc/$PPID/stat; cat /proc/sys/kernel/random/boot_id; hostname")
    program, wrapper, boot_id, host = attempt.text("stdout").splitlines()
    record = attempt.record()
    assert [str(record.program_pid), str(record.program_start)] == [program.split()[0], program.split()[21]]
    assert [str(record.pid), str(record.pid_start)] == [wrapper.split()[0], wrapper.rpartition(") ")[2].split()[19]]
    assert (record.boot_id, record.host) == (boot_id, host)


ODD_WORDS = (
    "",
    "-n",
    "--help",
    "a b",
    "it's",
    '"',
    "$HOME `id` \\",
    "*",
    "line\nfeed\n",
    "\udcff\udc80",
    "ü",
    "#",
    "a=b",
    "~",
    "!!",
)


def test_odd_words_reach_the_program_unchanged(attempt: Wrapped) -> None:
    program = "import os, sys; sys.stdout.buffer.write(b'\\0'.join(map(os.fsencode, sys.argv[1:])))"
    report = attempt.run(sys.executable, "-S", "-c", program, *ODD_WORDS)
    assert report.code == 0, attempt.text("stderr")
    assert (attempt.directory / "stdout").read_bytes() == b"\0".join(map(os.fsencode, ODD_WORDS))


def test_odd_values_reach_the_environment_unchanged_and_touch_no_step_of_the_wrapper(attempt: Wrapped) -> None:
    environment = (("PATH", "/nowhere"), ("IFS", "/"), ("LD_PRELOAD", ""), ("dir", "it's\n\udcff"), ("HOME", ""))
    program = "import os, sys; [sys.stdout.buffer.write(os.environb[n.encode()] + b'\\0') for n in sys.argv[1:]]"
    names = [name for name, _ in environment]
    report = attempt.run(sys.executable, "-S", "-c", program, *names, environment=environment)
    assert report.code == 0, attempt.text("stderr")
    assert (attempt.directory / "stdout").read_bytes() == b"".join(
        os.fsencode(value) + b"\0" for _, value in environment
    )


def test_variables_of_the_user_reach_the_program_unchanged(attempt: Wrapped) -> None:
    attempt.prepare("sh", "-c", 'echo "$status $dir $token $host"')
    attempt.finish(attempt.start(status="a", dir="b", token="c", host="d"))
    assert attempt.text("stdout") == "a b c d\n"


@pytest.mark.parametrize("name", ["with blank", "it's", "-n", "new\nline", "$(id)", "*", "b\udcff"])
def test_any_directory_name_will_do(shell: tuple[str, ...], tmp_path: Path, name: str) -> None:
    wrapped = Wrapped(shell, tmp_path / name)
    try:
        assert wrapped.run("sh", "-c", "echo here >made").code == 0
        assert wrapped.text("work/made") == "here\n"
    finally:
        wrapped.clean_up()


def test_a_program_that_does_not_exist_is_code_127_and_named(attempt: Wrapped) -> None:
    assert attempt.run("no-such-program").code == 127
    assert "no-such-program" in attempt.text("stderr")


def test_processor_time_and_peak_memory_are_those_of_the_program(attempt: Wrapped) -> None:
    program = "import time; block = b'x' * (64 << 20); end = time.monotonic() + 1.8\nwhile time.monotonic() < end: pass"
    report = attempt.run(sys.executable, "-S", "-c", program)
    assert report.peak_memory_kib is not None
    assert 64 * 1024 <= report.peak_memory_kib < 200 * 1024
    assert report.user_s is not None
    assert report.elapsed_s is not None
    assert 0.2 < report.user_s <= report.elapsed_s
    assert 1.8 <= report.elapsed_s < 20


def test_memory_of_all_processes_of_a_job_is_added_up(attempt: Wrapped) -> None:
    one = "import time; block = b'x' * (32 << 20); time.sleep(1.8)"
    report = attempt.run("sh", "-c", f'{sys.executable} -S -c "{one}" & {sys.executable} -S -c "{one}" & wait')
    assert report.peak_memory_kib is not None
    assert report.peak_memory_kib >= 64 * 1024


def test_shellcheck_finds_nothing_in_the_script(tmp_path: Path) -> None:
    checker = demanded("shellcheck")
    script_path = tmp_path / "run.sh"
    script_path.write_text(script(Launch(token="argosy-jx-1", directory="/data", argv=("true",), path=("/opt/bin",))))
    # Why these do not apply is said at the top of wrapper.sh, which is not the top of the whole script.
    excepted = "--exclude=SC2013,SC2034,SC2317"
    done = subprocess.run([checker, "--shell=sh", excepted, script_path], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()


# --- One start ------------------------------------------------------------------------------------------------------


def test_scripts_started_at_the_same_instant_run_the_program_once(shell: tuple[str, ...], tmp_path: Path) -> None:
    for number in range(15):
        wrapped = Wrapped(shell, tmp_path / str(number))
        wrapped.prepare("sh", "-c", "echo once >>../count")
        wrappers = [wrapped.start() for _ in range(3)]
        codes = sorted(wrapped.finish(wrapper)[0] for wrapper in wrappers)
        assert codes == [0, ALREADY_CLAIMED, ALREADY_CLAIMED]
        assert wrapped.text("count") == "once\n"


def test_whoever_makes_the_claim_first_prevents_the_start(attempt: Wrapped) -> None:
    attempt.prepare("touch", "../ran")
    (attempt.directory / "claim").mkdir()
    (attempt.directory / "claim" / "taken").touch()
    assert attempt.finish(attempt.start()) == (ALREADY_CLAIMED, "")
    assert attempt.names() == ["claim", "run.sh"]


CONTEND = """
top=$1 argosy_loading=$$
. "$top/run.sh"
until [ -e "$top/go" ]; do :; done
number=0
while [ "$number" -lt 400 ]; do
    argosy_dir=$top/$number
    argosy_take 2>/dev/null && echo "$number"
    number=$((number + 1))
done
"""


def test_shells_of_all_kinds_that_contend_for_claims_get_each_one_once(tmp_path: Path) -> None:
    Wrapped(SHELLS["dash"], tmp_path).prepare("true")
    for number in range(400):
        (tmp_path / str(number) / "claim").mkdir(parents=True)
    commands = [(*shell, "-c", CONTEND, "contender", str(tmp_path)) for shell in SHELLS.values() if demanded(shell[0])]
    contenders = [subprocess.Popen(command, stdout=subprocess.PIPE) for command in commands * 2]
    (tmp_path / "go").touch()
    taken = [line for contender in contenders for line in contender.communicate()[0].split()]
    assert sorted(map(int, taken)) == list(range(400))


def test_whoever_finds_the_directory_of_the_claim_without_a_claim_makes_it(attempt: Wrapped) -> None:
    attempt.prepare("true")
    (attempt.directory / "claim").mkdir()
    assert attempt.finish(attempt.start()) == (0, "")
    assert (attempt.directory / "claim" / "taken").exists()


# --- Cancel, warning, walltime --------------------------------------------------------------------------------------


def test_term_reaches_the_program_which_may_end_in_its_own_way(attempt: Wrapped) -> None:
    attempt.prepare("sh", "-c", 'trap "echo bye; exit 5" TERM; echo ready; while :; do sleep 0.05; done')
    wrapper = attempt.start()
    attempt.await_text("stdout", "ready")
    wrapper.send_signal(signal.SIGTERM)
    assert attempt.finish(wrapper)[0] == 5
    report = attempt.report()
    assert report.code == 5
    assert report.cancelled is not None
    assert attempt.text("stdout") == "ready\nbye\n"


def test_term_reaches_the_whole_group(attempt: Wrapped) -> None:
    attempt.prepare("sh", "-c", "sleep 300 & echo $! >../child; wait")
    wrapper = attempt.start()
    attempt.await_text("child", "\n")
    wrapper.send_signal(signal.SIGTERM)
    attempt.finish(wrapper)
    report = attempt.report()
    assert (report.signal, report.certain) == (15, True)
    assert not alive(int(attempt.text("child")))


def test_a_program_that_ignores_term_is_killed_after_its_grace(attempt: Wrapped) -> None:
    program = (
        'trap "" TERM; setsid sh -c "echo \\$\\$ >../escaped; sleep 300" & echo ready; while :; do sleep 0.1; done'
    )
    attempt.prepare("sh", "-c", program, grace_s=1)
    wrapper = attempt.start()
    attempt.await_text("stdout", "ready")
    attempt.await_text("escaped", "\n")
    wrapper.send_signal(signal.SIGTERM)
    attempt.finish(wrapper)
    report = attempt.report()
    assert (report.signal, report.certain) == (9, True)
    assert report.cancelled is not None
    assert not alive(int(attempt.text("escaped")))


def test_a_suspended_program_can_be_cancelled_in_good_order(attempt: Wrapped) -> None:
    attempt.prepare("sh", "-c", 'trap "echo bye; exit 5" TERM; echo ready; while :; do sleep 0.05; done')
    wrapper = attempt.start()
    attempt.await_text("stdout", "ready")
    os.kill(attempt.record().program_pid, signal.SIGSTOP)
    wrapper.send_signal(signal.SIGTERM)
    attempt.finish(wrapper)
    assert attempt.report().code == 5


def test_a_cancel_at_any_moment_leaves_either_nothing_or_a_report(shell: tuple[str, ...], tmp_path: Path) -> None:
    for number in range(25):
        wrapped = Wrapped(shell, tmp_path / str(number))
        wrapped.prepare("sleep", "60", grace_s=2)
        wrapper = wrapped.start()
        time.sleep(number / 2000)
        wrapper.send_signal(signal.SIGTERM)
        wrapped.finish(wrapper)
        if (wrapped.directory / "claim" / "taken").exists():
            report = wrapped.report()
            assert report.cancelled is not None
            assert report.status in {143, None}
        if wrapped.text("start"):
            assert not alive(wrapped.record().program_pid)


@pytest.mark.parametrize("name", ["USR1", "USR2", "TERM", "INT"])
def test_a_warning_is_passed_on_as_the_signal_that_the_job_asks_for(attempt: Wrapped, name: str) -> None:
    if (
        name == "INT"
        and subprocess.run(["env", "--default-signal=INT", "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("this machine's env cannot undo an ignored INT")
    attempt.prepare(
        "sh", "-c", f'trap "echo warned; exit 0" {name}; echo ready; while :; do sleep 0.05; done', warning_signal=name
    )
    wrapper = attempt.start()
    attempt.await_text("stdout", "ready")
    wrapper.send_signal(signal.SIGUSR1)
    attempt.finish(wrapper)
    report = attempt.report()
    assert attempt.text("stdout") == "ready\nwarned\n"
    assert (report.code, report.cancelled) == (0, None)
    assert report.warned is not None


@pytest.mark.parametrize(
    "unwanted", [signal.SIGUSR1, signal.SIGUSR2, signal.SIGXCPU, signal.SIGHUP, signal.SIGALRM, signal.SIGPIPE]
)
def test_signals_that_nobody_asked_for_end_no_job(attempt: Wrapped, unwanted: signal.Signals) -> None:
    attempt.prepare("sh", "-c", "echo ready; until [ -e go ]; do sleep 0.05; done; exit 4")
    wrapper = attempt.start()
    attempt.await_text("stdout", "ready")
    for _ in range(3):
        wrapper.send_signal(unwanted)
    (attempt.directory / "work/go").touch()
    attempt.finish(wrapper)
    report = attempt.report()
    assert (report.code, report.cancelled, report.walltime_reached) == (4, None, None)
    assert (report.warned is not None) == (unwanted in {signal.SIGUSR1, signal.SIGUSR2, signal.SIGXCPU})


def test_the_walltime_is_held_where_no_scheduler_holds_it(attempt: Wrapped) -> None:
    report = attempt.run("sh", "-c", 'trap "echo bye; exit 7" TERM; while :; do sleep 0.05; done', walltime_s=2)
    assert report.code == 7
    assert report.walltime_reached is not None
    assert 2 <= (report.walltime_reached - report.started).total_seconds() < 15
    assert report.cancelled is None


def test_a_walltime_that_was_changed_while_it_waited_stands_for_the_first_one(attempt: Wrapped) -> None:
    attempt.prepare("sh", "-c", 'trap "exit 7" TERM; while :; do sleep 0.05; done', walltime_s=3600)
    (attempt.directory / "walltime").write_text("1\n")
    attempt.finish(attempt.start())
    report = attempt.report()
    assert (report.code, report.walltime_reached is None) == (7, False)


@pytest.mark.parametrize("text", ["", "\n", "soon\n", "-1\n", "0\n"])
def test_a_changed_walltime_that_is_no_number_means_nothing(attempt: Wrapped, text: str) -> None:
    attempt.prepare("true", walltime_s=3600)
    (attempt.directory / "walltime").write_text(text)
    attempt.finish(attempt.start())
    assert (attempt.report().code, attempt.report().walltime_reached) == (0, None)


def test_a_scheduler_that_gives_more_by_the_end_of_the_walltime_is_believed(attempt: Wrapped) -> None:
    report = attempt.run("sleep", "4", walltime_s=1, ask_walltime=("echo", "3600"))
    assert (report.code, report.walltime_reached) == (0, None)


@pytest.mark.parametrize("said", ["echo 60", "echo soon", "echo 9999; exit 3"])
def test_a_scheduler_that_gives_no_more_changes_nothing(attempt: Wrapped, said: str) -> None:
    report = attempt.run("sleep", "300", walltime_s=1, ask_walltime=("sh", "-c", said))
    assert (report.signal, report.walltime_reached is not None) == (15, True)


def test_a_program_within_its_walltime_is_left_alone(attempt: Wrapped) -> None:
    report = attempt.run("sleep", "1.2", walltime_s=30)
    assert (report.code, report.walltime_reached) == (0, None)


def test_a_program_can_be_cancelled_on_a_machine_without_setsid(attempt: Wrapped, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "mkdir", "date", "mv", "sleep", "grep", "env", "uname", "cat"):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    attempt.shell = (shutil.which(attempt.shell[0]) or "sh", *attempt.shell[1:])
    attempt.prepare("sh", "-c", "echo ready; exec sleep 300")
    wrapper = attempt.start(PATH=str(tools))
    attempt.await_text("stdout", "ready")
    wrapper.send_signal(signal.SIGTERM)
    attempt.finish(wrapper)
    assert attempt.report().signal == 15


# --- The environment of the target ----------------------------------------------------------------------------------


def test_the_prologue_prepares_the_environment_in_bash_where_there_is_one(attempt: Wrapped, tmp_path: Path) -> None:
    (tmp_path / "setvars.sh").write_text('[ $# -eq 0 ] && export CODE_ROOT="/opt/the code"\n')
    prologue = (f"source '{tmp_path}/setvars.sh'", "false || true", "if [[ -n $CODE_ROOT ]]", "then x=1; fi")
    report = attempt.run("sh", "-c", 'echo "$CODE_ROOT" "$1"; exit 9', "sh", "it's", prologue=prologue)
    assert (report.stage, report.code) == ("program", 9), attempt.text("stderr")
    assert attempt.text("stdout") == "/opt/the code it's\n"


@pytest.mark.parametrize(
    "line", ["module_that_is_missing load x", "exit 0", "false", "if true; then", "set -u; echo $NOT_SET"]
)
def test_a_prologue_that_fails_stops_the_job_and_shows_why(attempt: Wrapped, line: str) -> None:
    report = attempt.run("touch", "../ran", prologue=(line, "echo not reached"))
    assert report.stage == "prologue"
    assert report.code != 0
    assert "the program was not started" in attempt.text("stderr")
    assert not (attempt.directory / "ran").exists()
    if line.startswith("module"):
        assert "module_that_is_missing" in attempt.text("stderr")


def test_a_slow_prologue_can_be_cancelled(attempt: Wrapped) -> None:
    attempt.prepare("touch", "../ran", prologue=("echo ready", "sleep 300"))
    wrapper = attempt.start()
    attempt.await_text("stdout", "ready")
    wrapper.send_signal(signal.SIGTERM)
    attempt.finish(wrapper)
    assert attempt.report().cancelled is not None
    assert not (attempt.directory / "ran").exists()
