"""How many jobs are handed in after a limit was met."""

from datetime import UTC, datetime, timedelta

from argosy.core.allowances import ENOUGH, PROBE_S, Allowances
from argosy.core.slurm import SlurmWishes

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GPU, CPU = SlurmWishes(qos="gpu"), SlurmWishes(qos="cpu")


def full() -> Allowances:
    allowances = Allowances()
    allowances.refused(GPU, "no more of yours", "wait", NOW)
    return allowances


def test_without_a_limit_all_go() -> None:
    assert Allowances().within([GPU] * 3, NOW) == [0, 1, 2]


def test_after_a_refusal_none_of_that_kind_go_and_others_do() -> None:
    assert full().within([GPU, CPU, GPU], NOW) == [1]


def test_jobs_at_a_limit_of_their_kind_take_no_place_of_others() -> None:
    queue = [*[GPU] * 300, CPU, CPU]
    assert full().within(queue, NOW, most=2) == [300, 301]
    assert full().within(queue, NOW, most=1) == [300]
    opened = full()
    opened.opened(1)
    assert opened.within(queue, NOW, most=3) == [0, 300, 301]


def test_the_limits_that_hold_are_told_by_kind() -> None:
    assert Allowances().limits(NOW) == {}
    assert full().limits(NOW) == {GPU: 0}
    assert full().limits(NOW + timedelta(seconds=PROBE_S + 1)) == {GPU: 1}


def test_as_many_go_as_have_ended() -> None:
    allowances = full()
    allowances.opened(2)
    assert allowances.within([GPU] * 5, NOW) == [0, 1]


def test_five_limits_that_are_reached_at_once_let_all_jobs_through_and_none_waits_for_those_of_another_limit() -> None:
    """Each user may have a few jobs in the queue; some of each end in every round, of the last one all at once."""
    kinds = [SlurmWishes(account=f"user{number}") for number in range(5)]
    most = {kind: 2 + 3 * number for number, kind in enumerate(kinds)}
    queue = [kind for kind in kinds for _ in range(60)]
    there, rounds, refusals = dict.fromkeys(kinds, 0), 0, 0
    allowances, done = Allowances(), dict.fromkeys(kinds, 0)
    while queue or any(there.values()):
        rounds += 1
        now = NOW + timedelta(seconds=2 * rounds)
        asked = [queue[place] for place in allowances.within(queue, now, most=50)]
        for kind in dict.fromkeys(asked):
            count = asked.count(kind)
            room = most[kind] - there[kind]
            if count > room:
                refusals += 1
                allowances.refused(kind, "job submit limit", "wait", now)
            else:
                allowances.taken(kind, count)
            there[kind] += min(count, room)
            for _ in range(min(count, room)):
                queue.remove(kind)
        assert all(there[kind] <= most[kind] for kind in kinds)
        ended = {kind: (there[kind] + 1) // 2 for kind in kinds}
        for kind, count in ended.items():
            there[kind] -= count
            done[kind] += count
        allowances.opened(sum(ended.values()))
        assert rounds < 500
    assert set(done.values()) == {60}
    assert refusals < rounds * len(kinds)


def test_one_is_tried_after_a_while_although_none_has_ended() -> None:
    assert full().within([GPU] * 5, NOW + timedelta(seconds=PROBE_S + 1)) == [0]
    assert full().within([GPU] * 5, NOW - timedelta(hours=1)) == [0], "a clock that was set back must not bar the way"


def test_when_all_were_taken_twice_as_many_go_next_until_nothing_is_left_of_the_limit() -> None:
    allowances, asked = full(), 1
    allowances.opened(1)
    while GPU in allowances:
        allowances.taken(GPU, asked)
        if GPU in allowances:
            assert allowances.tries(GPU, NOW) == 2 * asked
            asked *= 2
    assert 2 * asked > ENOUGH
