"""What ``sbatch --test-only`` and ``squeue --start`` say. The texts are those of a real cluster."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.command import Answer
from argosy.core.errors import Denied, Garbled, Unreachable
from argosy.core.prospect import Ahead, Trial
from argosy.schedulers.slurm.scheduler import SCHEDULER
from tests.schedulers.slurm.telling import said

NOW_S = 1_795_203_600
NOW = datetime.fromtimestamp(NOW_S, UTC)
PLAN = "sbatch: Job 20 to start at 2026-11-20T19:41:21 using 1 processors on nodes c1 in partition compute"


def answer(name: str, *lines: str, code: int = 0, zone_h: int = 0) -> Answer:
    local = (NOW + timedelta(hours=zone_h)).replace(tzinfo=None).isoformat()
    head = [f"now {NOW_S}", f"local {local}", f"section {name} {code} {len(lines)}"]
    return said([*head, *(f"said {line}" for line in lines), "complete 0"])


def tried(*lines: str, code: int = 0, zone_h: int = 0) -> Trial:
    return SCHEDULER.parse_test_only(answer("test", *lines, code=code, zone_h=zone_h))


def test_the_time_is_that_of_the_clusters_own_zone() -> None:
    start = datetime(2026, 11, 20, 19, 41, 21, tzinfo=UTC)
    assert tried("a banner", PLAN) == Trial(start=start, nodes="c1", partition="compute", cpus=1)
    assert tried(PLAN, zone_h=-7).start == start + timedelta(hours=7)


def test_a_time_in_seconds_needs_no_zone() -> None:
    plan = f"sbatch: Job 7 to start at {NOW_S + 60} using 64 processors on nodes g[1-2] in partition gpu"
    found = tried(plan, zone_h=9)
    assert (found.start, found.nodes, found.cpus) == (NOW + timedelta(minutes=1), "g[1-2]", 64)


def test_a_refusal_is_told_as_that_of_a_real_submission() -> None:
    found = tried("allocation failure: Invalid qos specification", code=1)
    assert found.start is None
    assert found.refusal is not None
    assert "QOS" in found.refusal.explanation


def test_nobody_to_ask_is_no_refusal() -> None:
    with pytest.raises(Unreachable):
        tried("sbatch: error: Unable to contact slurm controller (connect failure)", code=1)
    with pytest.raises(Denied):
        tried("sh: 1: sbatch: not found", code=127)
    with pytest.raises(Garbled):
        tried("nothing that is known")


def test_those_that_wait_are_counted_and_the_latest_expected_start_is_kept() -> None:
    lines = ("N/A|", "2026-11-20T19:00:00|", f"{NOW_S + 7200}|", f"{NOW_S + 60}|", "4294967295|", "a banner")
    found = SCHEDULER.parse_ahead(answer("ahead", *lines), NOW)
    assert found == Ahead(waiting=5, expected=2, latest=NOW + timedelta(hours=2))
    with pytest.raises(Unreachable):
        SCHEDULER.parse_ahead(answer("ahead", "slurm_load_jobs error: Socket timed out", code=1), NOW)


@given(st.lists(st.text(max_size=80), max_size=4), st.integers(0, 255), st.integers(0, 60))
def test_no_words_break_the_readers(lines: list[str], code: int, cut: int) -> None:
    lines = [" ".join(line.splitlines()) for line in (*lines, PLAN[:cut])]
    with suppress(Unreachable, Denied, Garbled):
        assert isinstance(tried(*lines, code=code), Trial)
    with suppress(Unreachable, Denied, Garbled):
        assert SCHEDULER.parse_ahead(answer("ahead", *lines, code=code), NOW).waiting <= len(lines)
