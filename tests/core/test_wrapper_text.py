from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from argosy.core.errors import Garbled
from argosy.core.wrapper import ExitReport, Launch, StartRecord, parse_exit, parse_start, script

START = """version=1
token=argosy-j1-1
host=node7
pid=411
pid_start=2188
program_pid=414
program_start=2190
boot_id=e88f6ad2-9a15-488b-bb43-8ff3bad48fb2
started=1795254466
complete=1
"""
EXIT = """version=1
token=argosy-j1-1
stage=program
status=3
code=3
signal=
certain=1
started=1795254466
ended=1795254476
elapsed_s=10.02
user_s=8.000000
system_s=0.25
peak_memory_kib=51200
leftover=0
cancelled=
warned=1795254470
walltime_reached=
room=
complete=1
"""


def launch(**changes: object) -> Launch:
    facts: dict[str, object] = {"token": "argosy-j1-1", "directory": "/data/jobs/j1/attempt-1", "argv": ("true",)}
    return Launch.model_validate(facts | changes)


def test_scheduler_directives_stand_directly_below_the_first_line() -> None:
    text = script(launch(directives=("#SBATCH --job-name=argosy-j1-1", "#SBATCH --ntasks=4")))
    assert text.startswith("#!/bin/sh\n#SBATCH --job-name=argosy-j1-1\n#SBATCH --ntasks=4\nargosy_version=")


def test_the_same_launch_gives_the_same_script() -> None:
    assert script(launch()) == script(launch())


def test_words_stand_quoted_in_the_header() -> None:
    text = script(launch(argv=("echo", "it's $HOME"), environment=(("WHO", "a b"),), directory="/with blank"))
    assert "set -- 'echo' 'it'\\''s $HOME'" in text
    assert "export WHO='a b'" in text
    assert "argosy_dir='/with blank'" in text


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"directory": "jobs/j1"}, "not absolute"),
        ({"directory": "/jobs\0"}, "NUL"),
        ({"argv": ()}, "at least 1"),
        ({"argv": ("",)}, "empty"),
        ({"argv": ("-rf",)}, "begins with"),
        ({"argv": ("a", "b\0")}, "NUL"),
        ({"environment": (("A-B", "1"),)}, "not a name"),
        ({"environment": (("UID", "1"),)}, "belongs to the shell"),
        ({"environment": (("argosy_token", "1"),)}, "belongs to the shell"),
        ({"directives": ("rm -rf /",)}, "not one comment line"),
        ({"directives": ("#SBATCH x\nrm -rf /",)}, "not one comment line"),
        ({"warning_signal": "KILL"}, "warning_signal"),
        ({"grace_s": -1}, "grace_s"),
        ({"walltime_s": 0}, "walltime_s"),
        ({"token": "a b"}, "token"),
    ],
)
def test_a_launch_that_cannot_work_is_refused(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        launch(**changes)


def test_a_start_record_names_both_processes_and_the_boot() -> None:
    assert parse_start(START) == StartRecord(
        version=1,
        token="argosy-j1-1",
        host="node7",
        pid=411,
        pid_start=2188,
        program_pid=414,
        program_start=2190,
        boot_id="e88f6ad2-9a15-488b-bb43-8ff3bad48fb2",
        started=datetime(2026, 11, 21, 9, 47, 46, tzinfo=UTC),
    )


def test_a_start_record_without_proc_leaves_start_times_open() -> None:
    text = START.replace("pid_start=2188", "pid_start=").replace("program_start=2190", "program_start=")
    record = parse_start(text.replace("boot_id=e88f6ad2-9a15-488b-bb43-8ff3bad48fb2", "boot_id="))
    assert (record.pid_start, record.program_start, record.boot_id) == (None, None, "")


def test_an_exit_report_tells_code_times_and_memory() -> None:
    report = parse_exit(EXIT)
    assert (report.code, report.signal, report.words) == (3, None, "exit code 3")
    assert (report.ended - report.started).total_seconds() == 10
    assert (report.elapsed_s, report.user_s, report.system_s) == (10.02, 8.0, 0.25)
    assert (report.peak_memory_kib, report.leftover) == (51200, 0)
    assert report.cancelled is None
    assert report.warned == datetime(2026, 11, 21, 9, 47, 50, tzinfo=UTC)


def test_a_signal_that_may_be_a_code_is_said_to_be_so() -> None:
    text = EXIT.replace("status=3", "status=137").replace("\ncode=3", "\ncode=").replace("signal=", "signal=9")
    assert parse_exit(text).words == "signal 9 (KILL)"
    assert parse_exit(text.replace("certain=1", "certain=0")).words == "signal 9 (KILL), or exit code 137"


def test_a_cancel_before_the_start_has_neither_code_nor_signal() -> None:
    text = EXIT.replace("status=3", "status=").replace("\ncode=3", "\ncode=").replace("stage=program", "stage=setup")
    assert parse_exit(text).words == "a cancel before its start"


def test_keys_of_a_newer_wrapper_are_ignored() -> None:
    assert parse_exit(EXIT.replace("room=", "energy_j=12")) == parse_exit(EXIT)
    assert parse_start("node=x\n" + START) == parse_start(START)


@pytest.mark.parametrize("length", range(len(START) - 1))
def test_a_start_record_cut_short_anywhere_is_garbled(length: int) -> None:
    with pytest.raises(Garbled):
        parse_start(START[:length])


@pytest.mark.parametrize("length", range(len(EXIT) - 1))
def test_an_exit_report_cut_short_anywhere_is_garbled(length: int) -> None:
    with pytest.raises(Garbled):
        parse_exit(EXIT[:length])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("code=3\n", ""),
        ("code=3", "code=three"),
        ("signal=", "signal=9"),
        ("stage=program", "stage=elsewhere"),
        ("started=1795254466", "started=yesterday"),
        ("started=1795254466", "started=-5"),
        ("started=1795254466\n", ""),
        ("leftover=0", "leftover=-1"),
        ("room=", "noise in the middle"),
        ("room=", "code=4"),
        ("version=1", "version=x"),
        ("version=1", "motd: welcome\nversion=1"),
    ],
)
def test_an_exit_report_that_contradicts_itself_is_garbled(old: str, new: str) -> None:
    with pytest.raises(Garbled, match="exit report"):
        parse_exit(EXIT.replace(old, new, 1))


@given(st.text())
def test_noise_is_garbled_and_nothing_worse(noise: str) -> None:
    for parse in (parse_start, parse_exit):
        with pytest.raises(Garbled):
            parse(noise)


@given(st.text(alphabet="=\n1c", max_size=30))
def test_noise_before_the_last_line_is_garbled_and_nothing_worse(noise: str) -> None:
    for parse in (parse_start, parse_exit):
        with pytest.raises(Garbled):
            parse(noise + "\ncomplete=1\n")


def test_a_report_survives_the_way_through_json() -> None:
    report = parse_exit(EXIT)
    assert ExitReport.model_validate_json(report.model_dump_json()) == report
