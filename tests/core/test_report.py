from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from argosy.core.report import Account, ReportQuery, report
from argosy.core.resources import Resources
from argosy.core.slurm import Partition, Slurm
from argosy.core.spending import Spent
from argosy.core.target import Target

ENDED = datetime(2026, 3, 31, 23, tzinfo=UTC)
TARGETS = {
    "cluster": Target(
        name="cluster",
        root="/a",
        slurm=Slurm(partitions=(Partition(name="cpu", su_per_core_hour=2.0),)),
    )
}


def account(job: str, **facts: Any) -> Account:
    given = {
        "job": job,
        "attempt": 1,
        "owner": "ada",
        "engine": "command",
        "target": "cluster",
        "fate": "succeeded",
        "started": ENDED - timedelta(hours=1),
        "ended": ENDED,
        "resources": Resources(cpus=2),
    }
    return Account.model_validate(given | facts)


def used(hours: float = 1, **facts: Any) -> Spent:
    return Spent.model_validate({"elapsed_s": hours * 3600, "cpus": 4, "partition": "cpu"} | facts)


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("user", ["ada", "bob"]),
        ("label", ["(none)", "ice"]),
        ("engine", ["command", "openmm"]),
        ("month", ["2026-03", "2026-04"]),
        ("target", ["cluster", "desk"]),
    ],
)
def test_jobs_are_added_up_by_what_was_asked_for(by: str, groups: list[str]) -> None:
    other = {"owner": "bob", "labels": {"project": "ice"}, "engine": "openmm", "target": "desk"}
    later = account("b", **other, ended=ENDED + timedelta(hours=1))
    found = report(ReportQuery.model_validate({"by": by}), [later, account("a"), account("c")], TARGETS)
    assert [line.group for line in found.lines] == groups
    assert [line.jobs for line in found.lines] == [2, 1]
    assert found.total.jobs == 3


def test_what_every_attempt_has_used_counts() -> None:
    one = account("a", attempt=2, spent={1: used(1), 2: used(2)}, fate="failed")
    line = report(ReportQuery(), [one], TARGETS).total
    assert (line.jobs, line.succeeded, line.core_hours, line.costs, line.guessed) == (1, 0, 12, {"SU": 24}, 0)


def test_where_no_books_tell_what_was_asked_for_counts_and_is_marked() -> None:
    line = report(ReportQuery(), [account("a"), account("b", started=None)], TARGETS).total
    assert (line.jobs, line.core_hours, line.guessed, line.cpu_efficiency) == (2, 2, 1, None)


def test_efficiency_is_weighted_by_what_was_held() -> None:
    busy = account("a", spent={1: used(3, cpu_s=4 * 3 * 3600, memory_mib=100, peak_memory_mib=100)})
    idle = account("b", spent={1: used(1, cpu_s=0, memory_mib=100, peak_memory_mib=0)})
    total = report(ReportQuery(), [busy, idle], TARGETS).total
    assert (total.cpu_efficiency, total.memory_efficiency) == (0.75, 0.75)


def test_units_of_different_targets_are_kept_apart() -> None:
    billed = account("b", target="gone", spent={1: used(1, billing=4)})
    total = report(ReportQuery(), [account("a", spent={1: used(1)}), billed], TARGETS).total
    assert total.costs == {"SU": 8, "billing units": 4}


def test_nothing_adds_up_to_nothing() -> None:
    found = report(ReportQuery(), [], TARGETS)
    assert (found.lines, found.total.jobs, found.total.costs) == ((), 0, {})
