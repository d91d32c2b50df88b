"""Numbers, series and tables from what runs left."""

import math
from statistics import fmean, pstdev

import pytest

from argosy.core.outputs import Excerpt, Outputs, Results, Series
from argosy.engines.openmm.engine import ENGINE
from argosy.engines.openmm.results import MOST_POINTS
from tests.engines.laboratory import whole
from tests.engines.openmm.record import recorded

HEADER = '#"Step","Time (ps)","Potential Energy (kJ/mole)"\n'


def table(rows: int) -> str:
    return HEADER + "".join(f"{50 * n},{n / 10:.10g},{n},2,1,300,8,1,99\n" for n in range(rows))


def results(text: str, *, complete: bool = True) -> Results:
    excerpt = Excerpt(text=text, size=len(text), complete=complete)
    return ENGINE.results(recorded("nvt").spec, Outputs(texts={"state.csv": excerpt}))


def potential(found: Results) -> Series:
    return next(series for series in found.series if series.name == "potential_energy")


def test_dynamics_gives_a_series_for_each_quantity_with_units_over_time() -> None:
    run = recorded("production")
    found = ENGINE.results(run.spec, run.outputs)
    assert {series.name: series.unit for series in found.series} == {
        "potential_energy": "kJ/mol",
        "kinetic_energy": "kJ/mol",
        "total_energy": "kJ/mol",
        "temperature": "K",
        "volume": "nm³",
        "density": "g/mL",
        "speed": "ns/day",
    }
    assert {(series.x_label, series.x_unit) for series in found.series} == {("Time", "ps")}
    assert potential(found).x == pytest.approx([row / 10 for row in range(11)])
    assert potential(found).label == "Potential energy"


def test_scalars_are_those_of_the_summary() -> None:
    run = recorded("production")
    scalars = {scalar.name: (scalar.value, scalar.unit) for scalar in ENGINE.results(run.spec, run.outputs).scalars}
    assert scalars["simulated_time"] == (1.0, "ps")
    assert scalars["steps"] == (500, "")
    assert scalars["atoms"] == (255, "")
    assert scalars["volume"][1] == "nm³"
    assert scalars["speed"][1] == "ns/day"


def test_a_box_gives_what_was_built() -> None:
    run = recorded("water-box")
    found = ENGINE.results(run.spec, run.outputs)
    scalars = {scalar.name: scalar.value for scalar in found.scalars}
    assert scalars["waters"] * 3 == scalars["atoms"] == 255
    assert 0.8 < scalars["density"] < 1.1
    assert found.series == found.tables == ()


def test_the_table_holds_final_values_means_and_deviations() -> None:
    (found,) = results(table(4)).tables
    assert found.columns == ("quantity", "unit", "final", "mean", "deviation")
    assert found.rows[0] == ("Potential energy", "kJ/mol", 3.0, fmean(range(4)), pytest.approx(pstdev(range(4))))


@pytest.mark.parametrize("rows", [MOST_POINTS - 1, MOST_POINTS])
def test_a_series_that_is_short_enough_is_left_whole(rows: int) -> None:
    found = potential(results(table(rows)))
    assert len(found.y) == rows
    assert found.label == "Potential energy"


@pytest.mark.parametrize("rows", [MOST_POINTS + 1, 12_345, 100_000])
def test_a_long_series_is_thinned_out_and_says_so(rows: int) -> None:
    found = potential(results(table(rows)))
    assert MOST_POINTS / 2 <= len(found.y) <= MOST_POINTS
    assert (found.y[0], found.y[-1]) == (0, rows - 1)
    steps = {round(after - before) for before, after in zip(found.y[:-1], found.y[1:-1], strict=False)}
    assert len(steps) == 1
    assert found.label == f"Potential energy (one in {steps.pop()} of {rows:,} rows)"


def test_only_the_end_of_a_table_is_named_as_such() -> None:
    text = table(20)
    found = potential(results(text[len(HEADER) + 3 :], complete=False))
    assert found.y == tuple(range(1, 20))
    assert found.label == "Potential energy (from the end of a larger state.csv)"


@pytest.mark.parametrize("wrong", ["nan", "inf", "-inf", "1e999", "", "abc", "1e300"])
def test_what_is_no_number_is_left_out(wrong: str) -> None:
    found = results(f"0,0,-5,2,1,300,8,1,\n50,0.1,{wrong},2,1,300,8,1,9\n100,0.2,-7,2,1,300,8,1,9\n")
    assert potential(found).y == (-5.0, -7.0)
    assert all(math.isfinite(value) for series in found.series for value in (*series.x, *series.y))


def test_nothing_gives_nothing() -> None:
    assert ENGINE.results(recorded("nvt").spec, Outputs()) == Results()


def test_a_table_and_a_summary_are_read_apart() -> None:
    run = recorded("nvt")
    only_table = Outputs(texts={"state.csv": run.outputs.texts["state.csv"], "summary.json": whole('{"completed": tr')})
    found = ENGINE.results(run.spec, only_table)
    assert found.scalars == ()
    assert found.series
