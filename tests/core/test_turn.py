"""Which of the jobs that wait go first, and what they wait for."""

from datetime import timedelta

import pytest

from argosy.core.spec import JobSpec
from argosy.core.turn import next_look, too_early, what_is_waited_for
from tests.core.cases import NOW

PARENT = "j" + "0" * 21


def spec(**fields: object) -> JobSpec:
    return JobSpec.model_validate({"name": "x", "argv": ("true",), **fields})


def test_a_job_waits_for_its_time_and_no_longer() -> None:
    asked = spec(begin=NOW)
    assert too_early(asked, NOW - timedelta(microseconds=1))
    assert not too_early(asked, NOW)
    assert not too_early(spec(), NOW)


def test_what_a_job_waits_for_is_told_until_it_is_there() -> None:
    begin = NOW + timedelta(hours=6)
    assert what_is_waited_for(spec(begin=begin), NOW) == f"waits until {begin:%Y-%m-%d %H:%M:%S} UTC"
    both = what_is_waited_for(spec(begin=begin, after=(PARENT,)), NOW)
    assert both.startswith("waits for job 00000000 and until ")
    assert what_is_waited_for(spec(begin=begin, after=(PARENT,)), begin) == "waits for job 00000000"


@pytest.mark.parametrize("far", [timedelta(seconds=3), timedelta(minutes=3), timedelta(days=300)])
def test_who_waits_for_a_time_is_looked_at_then_and_from_time_to_time_before(far: timedelta) -> None:
    looked, looks = NOW, 0
    while looked < NOW + far and looks < 200_000:
        following = next_look(NOW + far, looked)
        assert looked < following <= NOW + far
        looked, looks = following, looks + 1
    assert looked == NOW + far
