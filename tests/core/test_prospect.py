from datetime import UTC, datetime, timedelta

from argosy.core.crowd import Waits
from argosy.core.findings import error, warning
from argosy.core.prospect import Ahead, Prospect, Trial, by_start, estimates, with_room

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_what_was_asked_about_this_very_job_comes_before_what_others_did() -> None:
    trial, waits = Trial(start=NOW + 3 * HOUR, nodes="c[1-2]"), Waits(jobs=7, median_s=600, longest_s=9000)
    found = estimates(trial, Ahead(waiting=9, expected=4, latest=NOW + 5 * HOUR), waits, NOW)
    assert [one.basis for one in found] == ["test", "history", "queue"]
    assert [one.start - NOW for one in found] == [3 * HOUR, timedelta(minutes=10), 5 * HOUR]
    assert "c[1-2]" in found[0].words
    assert "7 jobs" in found[1].words
    assert "4 waiting jobs" in found[2].words


def test_a_start_in_the_past_is_now_and_nothing_known_is_no_estimate() -> None:
    (one,) = estimates(Trial(start=NOW - HOUR), Ahead(latest=NOW - HOUR), None, NOW)
    assert one.start == NOW
    assert estimates(Trial(), Ahead(waiting=3), None, NOW) == ()


def test_the_earliest_comes_first_then_the_unknown_then_what_may_not_run() -> None:
    def at(target: str, hours: float) -> Prospect:
        return Prospect(target=target, estimates=(with_room("", NOW + hours * HOUR),))

    refused = Prospect(
        target="a", findings=(error("qos", "there is no such QOS"),), estimates=(with_room("room", NOW),)
    )
    away = Prospect(target="b", trouble="it does not answer")
    warned = at("late", 2).model_copy(update={"findings": (warning("cpus", "few"),)})
    found = by_start([refused, away, Prospect(target="unknown"), warned, at("soon", 0.5)])
    assert [one.target for one in found] == ["soon", "late", "unknown", "a", "b"]
    assert [one.start for one in found[2:]] == [None, None, None]
