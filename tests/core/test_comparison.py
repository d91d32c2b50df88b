"""In what jobs differ, what came out of them, and how that is laid out."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.comparison import (
    MISSING,
    CompareQuery,
    Comparison,
    Line,
    Side,
    compared,
    exact,
    sheets,
    spelled,
    table,
    telling,
)
from argosy.core.job import Attempt, Cause, Closed, Failed, Job, Succeeded
from argosy.core.outputs import Results, Scalar
from argosy.core.resources import Resources
from argosy.core.spec import JobSpec, TemplateRef
from argosy.core.spending import Spent
from argosy.core.views import JobQuery
from tests.core.cases import JOB, NOW, QUEUED, SEEN

ENERGY = Scalar(name="total_energy", label="Total energy", value=-10961.25, unit="kJ/mol")
OTHER_ENERGY = Scalar(name="total_energy", label="Total energy", value=-2619.8, unit="kcal/mol")
FAILED = Failed(cause=Cause.WALLTIME, explanation="It took too long.")


def job_id(number: int) -> str:
    return f"j{number:021d}"


def side(number: int = 0, *scalars: Scalar, took_s: float | None = 90.0, **facts: Any) -> Side:
    values = facts.pop("values", None)
    template = TemplateRef(name="openmm/nvt", version="1", digest="d", values=values) if values is not None else None
    outcome, spent = facts.pop("outcome", Succeeded()), facts.pop("spent", None)
    units, unread = facts.pop("units", {}), facts.pop("unread", "")
    spec = JobSpec.model_validate({"name": f"heat-{number}", "argv": ("run",), "template": template, **facts})
    state = Closed(outcome=outcome, evidence=SEEN) if outcome else QUEUED
    return Side(
        job=Job(id=job_id(number), spec=spec, owner="ada", created=NOW, root=job_id(number)),
        attempt=Attempt(job=job_id(number), number=1, target=spec.target, state=state, due=NOW),
        started=None if took_s is None else NOW,
        ended=None if took_s is None else NOW + timedelta(seconds=took_s),
        results=Results(scalars=scalars, spent=spent),
        unread=unread,
        units=units,
    )


def lines(*sides: Side) -> dict[str, Line]:
    return {line.key: line for line in telling(compared(sides))}


def cells(*sides: Side) -> dict[str, list[str]]:
    return {key: [spelled(line, cell) for cell in line.cells] for key, line in lines(*sides).items()}


def test_of_the_parameters_only_those_are_shown_in_which_jobs_differ() -> None:
    first = side(0, values={"temperature": 300.0, "steps": 500, "seed": 9007199254740993}, units={"temperature": "K"})
    second = side(1, values={"temperature": 310.5, "steps": 500, "seed": 9007199254740992}, units={"temperature": "K"})
    found = lines(first, second)
    assert found["values.temperature"].cells == (300.0, 310.5)
    assert found["values.temperature"].unit == "K"
    assert cells(first, second)["values.temperature"] == ["300", "310.5"]
    assert cells(first, second)["values.seed"] == ["9007199254740993", "9007199254740992"]
    assert "values.steps" not in found
    assert "values.steps" in {line.key for line in compared((first, second)).lines}


def test_parameters_that_differ_far_behind_the_point_never_look_the_same() -> None:
    assert cells(side(values={"dt": 1.00000001}), side(1, values={"dt": 1.00000002}))["values.dt"] == [
        "1.00000001",
        "1.00000002",
    ]


def test_what_a_job_does_not_have_is_shown_as_missing() -> None:
    said = cells(side(0, ENERGY, values={"seed": 1}), side(1, values={}, outcome=FAILED))
    assert said["values.seed"] == ["1", MISSING]
    assert said["results.total_energy"] == ["-10961.2", MISSING]
    assert said["cause"] == [MISSING, "walltime"]
    assert said["fate"] == ["succeeded", "failed"]
    assert exact(None) == ""


def test_jobs_of_two_engines_share_what_they_both_have_and_units_are_never_mixed() -> None:
    speed = Scalar(name="speed", label="Speed", value=41.5, unit="ns/day")
    mixed = compared((side(0, ENERGY, speed, engine="openmm"), side(1, OTHER_ENERGY, speed, engine="namd")))
    results = [(line.key, line.unit, line.cells) for line in mixed.lines if line.group == "result"]
    assert results == [
        ("results.total_energy", "kJ/mol", (-10961.25, None)),
        ("results.speed", "ns/day", (41.5, 41.5)),
        ("results.total_energy", "kcal/mol", (None, -2619.8)),
    ]
    assert lines(side(engine="openmm"), side(1, engine="namd"))["engine"].cells == ("openmm", "namd")


def test_resources_are_shown_unless_all_jobs_have_what_every_job_has() -> None:
    large = side(1, resources=Resources(cpus=4, memory_mib=16_384, walltime_s=14_400), target="cluster")
    assert cells(side(0), large) | {"fate": [], "took": [], "command": []} == {
        "target": ["local", "cluster"],
        "resources.cpus": ["1", "4"],
        "resources.memory": [MISSING, "16GiB"],
        "resources.walltime": [MISSING, "4h"],
        "fate": [],
        "took": [],
        "command": [],
    }


def test_how_long_it_took_and_what_the_books_say_stand_beside_the_outcome() -> None:
    spent = Spent(elapsed_s=3600, cpus=4, cpu_s=7200, peak_memory_mib=2048)
    said = cells(side(0, took_s=0.42), side(1, took_s=3725.0, spent=spent), side(2, outcome=None, took_s=None))
    assert said["took"] == ["0.4s", "1h 02m", MISSING]
    assert said["used.core_hours"] == [MISSING, "4", MISSING]
    assert said["used.cpu_share"] == [MISSING, "50%", MISSING]
    assert said["used.peak_memory"] == [MISSING, "2GiB", MISSING]
    assert said["fate"] == ["succeeded", "succeeded", "queued"]


def test_a_label_that_a_sweep_made_of_a_value_says_nothing_more() -> None:
    def swept(number: int, temperature: str, note: str) -> Side:
        labels = {"temperature": temperature, "sweep": "s", "note": note}
        return side(number, values={"temperature": float(temperature)}, labels=labels)

    found = lines(swept(0, "300", "a"), swept(1, "310", "b"), swept(2, "300", "c"))
    assert "labels.temperature" not in found
    assert "labels.note" in found
    # A label of that name that says something else stays.
    other = lines(side(0, values={"x": 1}, labels={"x": "a"}), side(1, values={"x": 1}, labels={"x": "b"}))
    assert "labels.x" in other


def test_other_programs_get_every_cell_exactly_and_nothing_for_what_is_missing() -> None:
    found = compared((side(0, ENERGY, values={"on": True}), side(1, values={"on": False})))
    head, first, second = table(found, telling(found))
    assert head == (
        "job",
        "name",
        "values.on",
        "target",
        "resources.cpus",
        "fate",
        "took (s)",
        "results.total_energy (kJ/mol)",
    )
    assert first == (job_id(0), "heat-0", "true", "local", "1", "succeeded", "90.0", "-10961.25")
    assert second == (job_id(1), "heat-1", "false", "local", "1", "succeeded", "90.0", "")


def test_few_jobs_stand_beside_each_other_and_many_below_each_other() -> None:
    def sides(count: int) -> Comparison:
        return compared([side(number, ENERGY, values={"temperature": 300 + number}) for number in range(count)])

    few, many = sides(3), sides(30)
    (sheet,) = sheets(few, telling(few), 80)
    assert len(sheet.titles) == 4
    assert ("temperature", "300", "301", "302") in sheet.rows
    assert ("Total energy (kJ/mol)", "-10961.2", "-10961.2", "-10961.2") in sheet.rows
    first, *rest = sheets(many, telling(many), 80)
    assert first.titles[:3] == ("JOB", "NAME", "TEMPERATURE")
    assert all(len(one.rows) in {30, 31} for one in (first, *rest))  # one more where units stand below the titles
    shown = [title for one in (first, *rest) for title in one.titles[2:]]
    assert shown == [line.label.upper() for line in telling(many)]


@given(
    st.lists(st.dictionaries(st.sampled_from("abcdef"), st.text(max_size=60), max_size=6), min_size=2, max_size=12),
    st.integers(40, 200),
)
def test_every_cell_is_on_exactly_one_sheet_whatever_the_page(values: list[dict[str, str]], columns: int) -> None:
    found = compared([side(number, values=one) for number, one in enumerate(values)])
    some = sheets(found, found.lines, columns)
    beside = len(some) == 1 and some[0].titles[0] == ""
    shown = sum(len(one.titles) - 2 for one in some) if not beside else len(some[0].rows) - 1
    assert shown == len(found.lines)
    assert all(len(row) == len(one.titles) == len(one.right) for one in some for row in one.rows)


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ({}, JobQuery()),
        ({"job": (JOB,)}, None),
        ({"family": JOB, "limit": 7}, None),
        ({"job": (JOB,), "label": ("sweep=a",)}, JobQuery(label=("sweep=a",))),
        ({"engine": "namd", "limit": 7}, JobQuery(engine="namd", limit=7)),
    ],
)
def test_the_list_counts_when_it_is_narrowed_or_when_nothing_is_named(
    asked: dict[str, Any], listed: JobQuery | None
) -> None:
    assert CompareQuery(**asked).listed == listed
