"""How much of a queue goes in together, and which attempts of lanes are worth a look."""

from datetime import UTC, datetime, timedelta

from argosy.core.job import Attempt, Job, Running, Submitted, Trouble, Wish, Witness, said
from argosy.core.spec import Content, InputFile, JobSpec
from argosy.core.target import Target
from argosy.schedulers.process import SCHEDULER as PROCESS
from argosy.schedulers.slurm.scheduler import SCHEDULER as SLURM
from argosy.service.queueing import (
    ALL_EVERY,
    HEADS,
    QUEUED_TOGETHER,
    SENT_TOGETHER,
    STAGED_TOGETHER,
    most_together,
    near_their_turn,
    together,
)
from argosy.service.reconcile import pause_s
from argosy.service.round import Rounded
from argosy.service.station import Due, Pace

NOW = datetime(2026, 5, 1, tzinfo=UTC)
EVIDENCE = said(Witness.ARGOSY, "handed in", NOW)


def due(number: int, *, lane: str = "argosy-lane-1", **changes: object) -> Due:
    identity = f"j{number:021d}"
    job = Job(id=identity, spec=JobSpec(name="n", argv=("true",)), owner="me", created=NOW, root=identity)
    state = Submitted(directory=f"/jobs/{identity}/attempt-1", handle="1", lane=lane, evidence=EVIDENCE)
    attempt = Attempt(job=identity, number=1, target="local", state=state, due=NOW)
    return Due(job, attempt.model_copy(update=changes))


def running(number: int, lane: str = "argosy-lane-1") -> Due:
    one = due(number)
    state = Running(directory="/jobs/j/attempt-1", handle="1", lane=lane, since=NOW, evidence=EVIDENCE)
    return Due(one.job, one.attempt.model_copy(update={"state": state}))


def numbers(dues: list[Due]) -> list[int]:
    return sorted(int(one.job.id[1:]) for one in dues)


def test_all_are_looked_at_from_time_to_time() -> None:
    pace, lane = Pace(), [due(number) for number in range(HEADS * 3)]
    assert numbers(near_their_turn(pace, lane, NOW)) == list(range(HEADS * 3))
    assert len(near_their_turn(pace, lane, NOW + ALL_EVERY / 2)) == HEADS
    assert len(near_their_turn(pace, lane, NOW + ALL_EVERY)) == HEADS * 3


def test_a_clock_that_was_set_back_hides_nobody() -> None:
    pace, lane = Pace(), [due(number) for number in range(HEADS * 3)]
    near_their_turn(pace, lane, NOW)
    assert len(near_their_turn(pace, lane, NOW - timedelta(days=1))) == HEADS * 3


def test_between_those_times_the_heads_of_each_lane_are_looked_at_and_all_that_run() -> None:
    pace = Pace(looked_at_all=NOW)
    one = [running(1000), *(due(number) for number in range(HEADS * 2))]
    other = [due(500 + number, lane="argosy-other-1") for number in range(HEADS * 2)]
    seen = numbers(near_their_turn(pace, [*reversed(one), *other], NOW))
    assert seen == [*range(HEADS), *range(500, 500 + HEADS), 1000]


def test_whoever_is_in_trouble_wished_away_or_in_no_lane_is_always_looked_at() -> None:
    pace = Pace(looked_at_all=NOW)
    lane = [due(number) for number in range(HEADS)]
    trouble = Trouble(code="passed_over", message="it was handed in again", times=1, at=NOW)
    others = [due(900, trouble=trouble), due(901, wish=Wish(by="me", at=NOW)), due(902, lane="")]
    assert numbers(near_their_turn(pace, [*lane, *others], NOW)) == [*range(HEADS), 900, 901, 902]


def sending(number: int, size: int) -> Due:
    one = due(number)
    source = Content(sha256="0" * 64, size=size)
    spec = one.job.spec.model_copy(update={"inputs": (InputFile(name="in", source=source),)})
    return Due(one.job.model_copy(update={"spec": spec}), one.attempt)


def test_more_jobs_go_together_into_a_queue_than_where_each_can_begin_at_once() -> None:
    queue = [due(number) for number in range(2 * QUEUED_TOGETHER)]
    assert numbers([*together(queue, most_together(PROCESS))]) == list(range(STAGED_TOGETHER))
    assert numbers([*together(queue, most_together(SLURM))]) == list(range(QUEUED_TOGETHER))


def test_jobs_with_much_to_send_do_not_wait_for_as_many_others() -> None:
    heavy = [sending(number, SENT_TOGETHER // 300) for number in range(QUEUED_TOGETHER)]
    assert len(together(heavy, QUEUED_TOGETHER)) == 300
    heaviest = [sending(number, SENT_TOGETHER) for number in range(QUEUED_TOGETHER)]
    assert len(together(heaviest, QUEUED_TOGETHER)) == STAGED_TOGETHER


def test_there_is_no_rest_while_more_of_the_queue_can_go_in() -> None:
    target = Target(name="alpine", scheduler="slurm", root="/argosy")
    assert pause_s(target, Rounded(moved=True, live=1000, more=True)) == 0
    assert pause_s(target, Rounded(moved=True, live=1000)) == target.polling.floor_s
