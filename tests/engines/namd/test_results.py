"""Results of a run that was recorded: numbers with units, series over the steps, the cell."""

from argosy.core.outputs import Excerpt, Results
from argosy.engines.namd.engine import ENGINE
from tests.engines.namd.record import recorded


def results(name: str = "production") -> Results:
    run = recorded(name)
    return ENGINE.results(run.spec, run.outputs)


def test_final_values_have_units() -> None:
    found = {scalar.name: (scalar.value, scalar.unit) for scalar in results().scalars}
    assert found["temperature"] == (300.0, "K")
    assert found["total_energy"] == (-1003.0, "kcal/mol")
    assert found["pressure"] == (1.25, "bar")
    assert found["volume"] == (512_000.0, "Å³")
    assert found["speed"] == (100.0, "ns/day")
    assert found["simulated_time"] == (0.001, "ns")
    assert found["steps"] == (500, "")
    assert found["atoms"] == (33, "")
    assert found["cell_a"] == (80.0, "Å")


def test_each_quantity_is_a_series_over_the_steps() -> None:
    series = {one.name: one for one in results().series}
    assert {"total_energy", "potential_energy", "temperature", "pressure", "volume", "cell_a", "cell_c"} <= set(series)
    assert series["temperature"].x == tuple(float(step) for step in range(0, 501, 20))
    assert series["cell_a"].x == (0.0, 100.0, 200.0, 300.0, 400.0, 500.0)
    assert series["temperature"].x_label == "Step"


def test_a_minimisation_has_energies_and_no_time() -> None:
    names = {scalar.name for scalar in results("minimise").scalars}
    assert "potential_energy" in names
    assert not {"simulated_time", "speed"} & names


def test_of_many_rows_so_many_are_shown_as_anybody_can_see() -> None:
    run = recorded("production")
    title = "ETITLE: TS TOTAL TEMP\n"
    rows = "".join(f"ENERGY: {step} -1.0 300.0\n" for step in range(12_001))
    log = Excerpt(text=title + rows, size=10**9, complete=False)
    outputs = run.outputs.model_copy(update={"texts": {"namd.log": log}})
    # The first line of a part is left out, and with it the names of the columns: then there is nothing to show.
    assert ENGINE.results(run.spec, outputs).series == ()
    whole = log.model_copy(update={"text": "x\n" + title + rows})
    (energy, temperature) = ENGINE.results(run.spec, outputs.model_copy(update={"texts": {"namd.log": whole}})).series
    assert len(energy.x) <= 5_000
    assert (energy.x[0], energy.x[-1]) == (0.0, 12_000.0)
    assert temperature.label == "Temperature (4,001 of 12,001 rows, from the end of a larger log)"
