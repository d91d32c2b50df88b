from datetime import UTC, datetime

import pytest

from argosy.core.checkup import Probed, findings_of, looked_at, told, whole
from argosy.core.errors import Garbled
from argosy.core.findings import Severity
from argosy.core.target import Target

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
THERE = Target.model_validate(
    {"name": "far", "transport": "ssh", "ssh": {"host": "h"}, "root": "/data/jobs", "scratch": "/scratch/jobs"}
)
EDIT = "argosy target edit far --set"

# What the probe says, and what a person is told: severity, place, words, remedy.
SAID = [
    ("missing tar", "error", "programs", "tar is not there", "Ask for them"),
    ("hashless", "error", "programs", "no sha256sum, shasum or openssl", "coreutils"),
    ("sessionless", "warning", "programs", "setsid is not there", "util-linux"),
    ("quota over by 3 GB", "warning", "root", "your quota is used up: over by 3 GB", f"{EDIT} root=PATH"),
    ("root inside /data", "error", "root", "/data/jobs cannot be made: /data is a file", f"{EDIT} root=PATH"),
    ("root inside /data/jobs", "error", "root", "/data/jobs is a file, not a directory", "Move the file"),
    (
        "scratch closed mkdir: cannot create directory '/scratch': Read-only file system",
        "error",
        "scratch",
        "/scratch/jobs cannot be written: it is on a read-only file system",
        f"{EDIT} scratch=PATH",
    ),
    ("root closed head: error writing: No space left on device", "error", "root", "is full", "Make room there"),
    ("root closed head: write error: Disk quota exceeded", "error", "root", "your quota there is used up", "du -sh"),
    ("root closed mkdir: Permission denied", "error", "root", "you may not write there", "Ask for the permission"),
    ("root closed mkdir: Stale file handle", "error", "root", "Stale file handle", "Look what lies there"),
    ("root free 2048", "warning", "root", "only 2 MiB are free at /data/jobs", "Make room"),
    ("root names 12 1000000", "warning", "root", "only 12 more files", "Remove files"),
    ("root noexec", "warning", "root", "noexec", "interpreter"),
]


@pytest.mark.parametrize(("line", "severity", "where", "what", "remedy"), SAID, ids=[row[0][:20] for row in SAID])
def test_each_thing_that_is_wrong_is_a_finding_with_a_remedy(
    line: str, severity: str, where: str, what: str, remedy: str
) -> None:
    (finding,) = findings_of(THERE, Probed((line,), NOW))
    assert (finding.severity, finding.where) == (Severity(severity), where)
    assert what in finding.what
    assert remedy in finding.remedy


@pytest.mark.parametrize(
    "line",
    [
        "root free 2000000",
        "root free -",
        "root free",
        "root names 0 0",
        "root names - -",
        "root names 50000 100000",
        f"clock {NOW.timestamp() + 59:.0f}",
        "clock ",
        "something else",
    ],
)
def test_what_is_well_or_not_known_is_no_finding(line: str) -> None:
    assert findings_of(THERE, Probed((line,), NOW)) == ()


@pytest.mark.parametrize(("ahead_s", "words"), [(3600, "1h ahead of"), (-120, "2m behind")])
def test_a_clock_that_is_wrong_is_told_with_its_difference(ahead_s: int, words: str) -> None:
    (finding,) = findings_of(THERE, Probed((f"clock {NOW.timestamp() + ahead_s:.0f}",), NOW))
    assert words in finding.what
    assert finding.severity is Severity.WARNING


def test_several_missing_programs_are_one_finding() -> None:
    (finding,) = findings_of(THERE, Probed(("missing tar", "missing grep"), NOW))
    assert finding.what == "tar, grep are not there"


def test_an_answer_that_is_cut_short_is_not_read() -> None:
    assert whole("a\nb\ncomplete\n") == ("a", "b")
    for cut in ("", "a\nb\n", "a\ncompl"):
        with pytest.raises(Garbled):
            whole(cut)


def test_a_check_says_what_it_looks_at() -> None:
    assert looked_at(THERE) == ("login", "shell", "programs", "clock", "root", "scratch", "scheduler")
    assert looked_at(Target(name="local", root="/r")) == ("shell", "programs", "clock", "root", "scheduler")


def test_a_machine_tells_where_jobs_may_lie_and_how_they_are_started() -> None:
    lines = ["host node1", "home /home/ada", "scratch ", "processors 8", "slurm login"]
    look = told("far", lines)
    assert (look.host, look.home, look.scratch, look.processors) == ("node1", "/home/ada", "", 8)
    assert (look.scheduler, look.setup) == ("slurm", (". /etc/profile",))
    assert told("far", ["home /", "scratch relative", "processors many"]).model_dump(exclude_defaults=True) == {
        "target": "far"
    }
