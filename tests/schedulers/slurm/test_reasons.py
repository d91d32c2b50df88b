import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.schedulers.slurm.reasons import REASONS, reason_of, why_pending


@pytest.mark.parametrize(
    ("reason", "words", "wants"),
    [
        ("Priority", "more urgent jobs", "wait"),
        ("Resources", "as soon as", "wait"),
        ("Dependency", "another job", "wait"),
        ("DependencyNeverSatisfied", "never start", "never"),
        ("BeginTime", "time to begin", "wait"),
        ("JobArrayTaskLimit", "array", "wait"),
        ("QOSMaxJobsPerUserLimit", "your own", "wait"),
        ("QOSMaxCpuPerUserLimit", "your own", "wait"),
        ("AssocMaxJobsLimit", "your own", "wait"),
        ("MaxCpuPerAccount", "your own", "wait"),
        ("QOSGrpCpuLimit", "its group", "wait"),
        ("AssocGrpNodeLimit", "its group", "wait"),
        ("AssocGrpCPUMinutesLimit", "used up", "user"),
        ("QOSGrpBillingMinutes", "used up", "user"),
        ("QOSUsageThreshold", "used up", "user"),
        ("AssocGrpCPURunMinutesLimit", "shorter walltime", "wait"),
        ("QOSGrpGRESRunMinutes", "shorter walltime", "wait"),
        ("QOSMaxCpuPerJobLimit", "one job may not", "never"),
        ("AssocMaxWallDurationPerJobLimit", "one job may not", "never"),
        ("QOSMinCpuNotSatisfied", "one job may not", "never"),
        ("QOSMaxMemoryPerNode", "one job may not", "never"),
        ("MaxMemPerLimit", "one job may not", "never"),
        ("PartitionTimeLimit", "more time", "never"),
        ("PartitionNodeLimit", "nodes", "never"),
        ("BadConstraints", "no node", "never"),
        ("InvalidQOS", "QOS", "never"),
        ("InvalidAccount", "account", "never"),
        ("ReservationDeleted", "deleted", "never"),
        ("Reservation", "reservation to begin", "wait"),
        ("ReqNodeNotAvail, UnavailableNodes:c[1-4]", "down, drained", "wait"),
        ("ReqNodeNotAvail, Reserved for maintenance", "maintenance", "wait"),
        (
            "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions",
            "down, drained",
            "wait",
        ),
        ("PartitionDown", "closed", "wait"),
        ("JobHeldUser", "argosy release", "user"),
        ("JobHeldAdmin", "administrator", "user"),
        ("launch failed requeued held", "failed starts", "user"),
        ("job requeued in held state", "failed starts", "user"),
        ("Licenses", "license", "wait"),
        ("Prolog", "made ready", "wait"),
    ],
)
def test_a_reason_is_told_in_plain_words_with_slurms_own_behind_it(reason: str, words: str, wants: str) -> None:
    told = why_pending(reason)
    assert words in told
    assert told.endswith(f"({reason})")
    row = reason_of(reason)
    assert row is not None
    assert row.wants == wants
    assert why_pending(f"({reason})") == told


@pytest.mark.parametrize("reason", ["", "None", "(None)", " "])
def test_before_slurm_has_looked_there_is_nothing_to_tell(reason: str) -> None:
    assert why_pending(reason) == ""


def test_a_reason_of_tomorrow_is_told_as_it_stands() -> None:
    assert why_pending("WaitingForTheMoon") == "Slurm says WaitingForTheMoon"


@given(st.text(max_size=2000))
def test_no_reason_makes_a_line_that_cannot_be_shown(reason: str) -> None:
    assert len(why_pending(reason)) < 500


def test_no_row_hides_another() -> None:
    assert len({row.pattern for row in REASONS}) == len(REASONS)
