from datetime import UTC, datetime

from argosy.core.crowd import Crowd, PartitionNow, Waits, waited, with_history
from argosy.core.report import Account
from argosy.core.spending import Spent

ENDED = datetime(2026, 3, 4, tzinfo=UTC)


def account(*waits_s: float | None, target: str = "cluster", partition: str = "cpu") -> Account:
    runs = [Spent(elapsed_s=1, cpus=1, waited_s=wait, partition=partition) for wait in waits_s]
    spent = dict(enumerate(runs, start=1))
    return Account(
        job="j", attempt=1, owner="ada", engine="command", target=target, fate="failed", ended=ENDED, spent=spent
    )


def test_how_long_our_own_jobs_have_waited_is_told_where_enough_are_known() -> None:
    accounts = [account(10, 20), account(600), account(5, 5, partition="gpu"), account(1, 1, 1, target="other")]
    assert waited("cluster", accounts) == {"cpu": Waits(jobs=3, median_s=20, longest_s=600)}


def test_what_is_not_known_is_not_counted() -> None:
    assert waited("cluster", [account(None, None, None), account(1, 1, 1, partition=""), account()]) == {}


def test_each_partition_gets_its_own_history() -> None:
    crowd = Crowd(partitions=(PartitionNow(name="cpu"), PartitionNow(name="gpu")))
    found = with_history(crowd, "cluster", [account(10, 20, 30)])
    assert found.target == "cluster"
    assert [one.waited for one in found.partitions] == [Waits(jobs=3, median_s=20, longest_s=30), None]
