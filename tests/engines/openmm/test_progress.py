"""How far a run is, from any part of its table."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.outputs import Excerpt
from argosy.engines.openmm.engine import ENGINE
from tests.engines.laboratory import whole
from tests.engines.openmm.record import recorded

RUN = recorded("production")
TABLE = RUN.outputs.text("state.csv")
STEPS = [int(line.split(",")[0]) for line in TABLE.splitlines()[1:]]


def tail(start: int, end: int) -> dict[str, Excerpt]:
    return {"state.csv": Excerpt(text=TABLE[start:end], size=end, complete=start == 0)}


def test_a_whole_table_tells_all() -> None:
    progress = ENGINE.progress(RUN.spec, {"state.csv": whole(TABLE)})
    assert progress is not None
    assert (progress.step, progress.total, progress.unit, progress.rate_unit) == (500, 500, "steps", "ns/day")
    assert progress.remaining_s == 0
    assert progress.metrics["Temperature (K)"] == float(TABLE.splitlines()[-1].split(",")[5])
    assert set(progress.metrics) == {
        "Potential energy (kJ/mol)",
        "Kinetic energy (kJ/mol)",
        "Total energy (kJ/mol)",
        "Temperature (K)",
        "Box volume (nm³)",
        "Density (g/mL)",
    }


def test_the_time_that_remains_follows_from_the_speed() -> None:
    rows = "".join(f"{step},{step / 500},-1,2,1,300,8,1,86.4\n" for step in (0, 100, 200))
    progress = ENGINE.progress(RUN.spec, {"state.csv": whole(rows)})
    assert progress is not None
    assert progress.rate == pytest.approx(86.4)
    assert progress.remaining_s == pytest.approx(300 * 2e-6 / 86.4 * 86_400)


def test_speeds_are_averaged_over_time_not_over_rows() -> None:
    rows = "0,0,-1,2,1,300,8,1,\n50,0.1,-1,2,1,300,8,1,10\n100,0.2,-1,2,1,300,8,1,30\n"
    progress = ENGINE.progress(RUN.spec, {"state.csv": whole(rows)})
    assert progress is not None
    assert progress.rate == pytest.approx(15)


@given(st.integers(0, len(TABLE)), st.integers(0, len(TABLE)))
def test_a_part_of_the_table_tells_its_last_whole_row_or_nothing(first: int, second: int) -> None:
    start, end = sorted((first, second))
    part = tail(start, end)["state.csv"].text
    progress = ENGINE.progress(RUN.spec, tail(start, end))
    ended = [line for line in part.split("\n")[0 if start == 0 else 1 : -1] if not line.startswith("#")]
    assert (None if progress is None else progress.step) == (int(ended[-1].split(",")[0]) if ended else None)


@given(st.lists(st.text(alphabet='0123456789,.-+eEnaif\n#"', max_size=60)))
def test_garbled_rows_never_give_a_number_that_is_none(lines: list[str]) -> None:
    progress = ENGINE.progress(RUN.spec, {"state.csv": whole("\n".join(lines) + "\n")})
    if progress is not None:
        numbers = [progress.step, progress.rate or 0, progress.remaining_s or 0, *progress.metrics.values()]
        assert all(math.isfinite(number) for number in numbers)


def test_a_run_without_a_box_has_no_volume() -> None:
    progress = ENGINE.progress(RUN.spec, {"state.csv": whole("50,0.1,-1,2,1,300,12\n")})
    assert progress is not None
    assert "Box volume (nm³)" not in progress.metrics
    assert progress.rate == 12


def test_before_the_first_row_nothing_is_told() -> None:
    assert ENGINE.progress(RUN.spec, {}) is None
    assert ENGINE.progress(RUN.spec, {"state.csv": Excerpt(text="", size=0)}) is None
    assert ENGINE.progress(RUN.spec, {"state.csv": whole(TABLE.splitlines()[0] + "\n")}) is None


def test_building_a_box_is_not_watched() -> None:
    assert ENGINE.watched(recorded("water-box").spec) == ()
    assert ENGINE.watched(RUN.spec) == ("state.csv",)
