from typing import Any

import jsonschema_rs
import pytest
from pydantic import ValidationError

from argosy.core.template import Template

ENSEMBLE = {"name": "ensemble", "type": "choice", "choices": ["NVT", "NPT"], "default": "NVT"}
PRESSURE = {"name": "pressure", "type": "float", "visible_when": {"parameter": "ensemble", "equals": "NPT"}}
BAROSTAT = {"name": "period", "type": "integer", "visible_when": {"parameter": "pressure", "equals": 1.0}}
STEPS = {"name": "steps", "type": "integer", "minimum": 1}
NOTE = {"name": "note", "type": "text", "required": False}
PARTS = {"name": "parts", "type": "multi-choice", "choices": ["hull", "mast"], "required": False}


def when(**condition: Any) -> dict[str, Any]:
    """A text that is needed when this holds."""
    return {"name": "note", "type": "text", "visible_when": condition}


def template(*parameters: dict[str, Any], **facts: Any) -> Template:
    return Template.model_validate({"name": "t", "argv": ("true",), "parameters": parameters} | facts)


def test_values_are_complete_and_typed() -> None:
    values, findings = template(STEPS, ENSEMBLE, NOTE).read_values({"steps": "1e3"})
    assert values == {"steps": 1000, "ensemble": "NVT", "note": None}
    assert findings == ()


def test_each_wrong_value_is_one_finding_on_its_parameter() -> None:
    given = {"steps": 0, "ensemble": "NVE", "stepz": 3, "note": 7}
    _, findings = template(STEPS, ENSEMBLE, NOTE).read_values(given)
    assert sorted(finding.where for finding in findings) == ["ensemble", "note", "steps", "stepz"]
    unknown = next(finding for finding in findings if finding.where == "stepz")
    assert unknown.remedy.startswith("Did you mean steps? Its parameters are: steps, ensemble, note")


def test_a_value_that_is_needed_is_asked_for() -> None:
    _, (finding,) = template(STEPS).read_values({})
    assert finding.remedy == "Give it with --set steps=VALUE."
    _, (finding,) = template({"name": "system", "type": "file"}).read_values({"system": None})
    assert finding.remedy == "Give it with --file system=PATH."


# --- Visibility ----------------------------------------------------------------------------------------------------


def test_a_parameter_that_is_hidden_is_not_asked_for_and_counts_for_nothing() -> None:
    one = template(PRESSURE, ENSEMBLE)
    assert one.read_values({}) == ({"pressure": None, "ensemble": "NVT"}, ())
    assert one.read_values({"pressure": 2})[0]["pressure"] is None
    values, _ = one.read_values({"ensemble": "NPT", "pressure": "2"})
    assert values["pressure"] == 2.0
    assert [finding.where for finding in one.read_values({"ensemble": "NPT"})[1]] == ["pressure"]


def test_a_hidden_parameter_hides_those_that_depend_on_it_in_any_order() -> None:
    for order in ((BAROSTAT, PRESSURE, ENSEMBLE), (ENSEMBLE, BAROSTAT, PRESSURE), (PRESSURE, BAROSTAT, ENSEMBLE)):
        one = template(*order)
        values, findings = one.read_values({"ensemble": "NPT", "pressure": 1, "period": 25})
        assert (values["period"], findings) == (25, ())
        values, _ = one.read_values({"ensemble": "NVT", "pressure": 1, "period": 25})
        assert values["period"] is None


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ([STEPS, STEPS], "declared twice"),
        ([PRESSURE], "which does not exist"),
        ([ENSEMBLE, PRESSURE | {"visible_when": {"parameter": "ensemble", "equals": "NVE"}}], "which it never is"),
        ([ENSEMBLE, PRESSURE | {"visible_when": {"parameter": "ensemble", "equals": True}}], "which it never is"),
        ([STEPS, NOTE | {"visible_when": {"parameter": "steps", "equals": 0}}], "which it never is"),
        ([STEPS | {"visible_when": {"parameter": "steps", "equals": 3}}], "circle"),
        (
            [
                STEPS | {"visible_when": {"parameter": "note", "equals": "x"}},
                NOTE | {"visible_when": {"parameter": "steps", "equals": 3}},
            ],
            "circle",
        ),
        ([STEPS, when(parameter="steps", at_most=0)], "being at most 0, which it never is"),
        ([STEPS, when(parameter="steps", above=5, below=4)], "which it never is"),
        ([ENSEMBLE, when(parameter="ensemble", at_least=1)], "which it never is"),
        ([ENSEMBLE, when(parameter="ensemble", one_of=["NVT", "NVE"])], "'NVT' or 'NVE', which it never is"),
        ([ENSEMBLE, when(parameter="ensemble", contains="NVT")], "which it never is"),
        ([PARTS, when(parameter="parts", contains="wing")], "which it never is"),
        ([PARTS, when(any_of=[{"parameter": "sails", "given": True}])], "which does not exist"),
        ([when(none_of=[{"parameter": "note", "given": True}])], "circle"),
        ([STEPS, when(parameter="steps")], "must say one of equals"),
        ([STEPS, when(parameter="steps", equals=1, at_least=1)], "several things at once: equals, at_least"),
        ([STEPS, when(parameter="steps", above=1, at_least=1)], "several things at once"),
        ([STEPS, when(all_of=[])], "lists tests under all_of"),
        ([STEPS | {"default": 0}], "default of parameter steps"),
        ([ENSEMBLE | {"default": "NVE"}], "default of parameter ensemble"),
        ([{"name": "edge", "type": "vector", "length": 3, "default": [1, 2]}], "default of parameter edge"),
    ],
)
def test_a_template_that_contradicts_itself_is_refused(parameters: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        template(*parameters)


@pytest.mark.parametrize(
    "facts",
    [
        {"files": ({"name": "a", "text": ""}, {"name": "a", "text": "x"})},
        {"files": ({"name": "../a", "text": ""},)},
        {"argv": ()},
        {"version": "one"},
        {"warning_signal": "KILL"},
        {"grace_s": "soon"},
        {"name": "my template"},
    ],
)
def test_facts_that_cannot_be_are_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        template(**facts)


STEPS_OR_TWO = {**STEPS, "default": 2}
NPT = {"parameter": "ensemble", "equals": "NPT"}
LONG = {"parameter": "steps", "at_least": 1000}


@pytest.mark.parametrize(
    ("condition", "values", "holds"),
    [
        ({"parameter": "ensemble", "one_of": ["NPT", "NVT"]}, {}, True),
        ({"parameter": "ensemble", "one_of": ["NPT"]}, {}, False),
        (LONG, {"steps": 1000}, True),
        (LONG, {}, False),
        ({"parameter": "steps", "above": 2, "below": 4}, {"steps": 3}, True),
        ({"parameter": "steps", "above": 2, "below": 4}, {"steps": 4}, False),
        ({"parameter": "steps", "at_most": 2}, {}, True),
        ({"parameter": "parts", "contains": "mast"}, {"parts": ["hull", "mast"]}, True),
        ({"parameter": "parts", "contains": "mast"}, {"parts": ["hull"]}, False),
        ({"parameter": "parts", "contains": "mast"}, {}, False),
        ({"parameter": "parts", "given": True}, {"parts": ["hull"]}, True),
        ({"parameter": "parts", "given": False}, {}, True),
        ({"parameter": "steps", "given": False}, {}, False),
        ({"all_of": [NPT, LONG]}, {"ensemble": "NPT", "steps": 5000}, True),
        ({"all_of": [NPT, LONG]}, {"ensemble": "NPT"}, False),
        ({"any_of": [NPT, LONG]}, {"steps": 5000}, True),
        ({"any_of": [NPT, LONG]}, {}, False),
        ({"none_of": [NPT]}, {}, True),
        ({"any_of": [NPT, LONG], "none_of": [{"parameter": "parts", "given": True}]}, {"ensemble": "NPT"}, True),
        (
            {"any_of": [NPT, LONG], "none_of": [{"parameter": "parts", "given": True}]},
            {"ensemble": "NPT", "parts": ["hull"]},
            False,
        ),
    ],
)
def test_a_condition_says_when_a_parameter_counts_and_the_schema_says_the_same(
    condition: dict[str, Any], values: dict[str, Any], *, holds: bool
) -> None:
    one = template(STEPS_OR_TWO, ENSEMBLE, PARTS, when(**condition))
    _, findings = one.read_values(values)
    assert [finding.where for finding in findings] == (["note"] if holds else [])
    form = jsonschema_rs.validator_for(one.schema_of_values())
    assert form.is_valid(values) != holds
    assert form.is_valid(values | {"note": "x"})
    assert one.read_values(values | {"note": "x"})[0]["note"] == ("x" if holds else None)


def test_the_schema_does_not_ask_for_what_a_hidden_parameter_would_show() -> None:
    depth = {"name": "depth", "type": "integer", "visible_when": {"parameter": "pressure", "above": 0}}
    form = jsonschema_rs.validator_for(template(ENSEMBLE, PRESSURE, depth).schema_of_values())
    assert form.is_valid({"ensemble": "NVT", "pressure": 1.0})
    assert not form.is_valid({"ensemble": "NPT", "pressure": 1.0})
    assert form.is_valid({"ensemble": "NPT", "pressure": 1.0, "depth": 3})


# --- Schema and digest ---------------------------------------------------------------------------------------------


def test_the_schema_accepts_what_the_template_accepts() -> None:
    one = template(STEPS, ENSEMBLE, NOTE, PRESSURE)
    schema = one.schema_of_values()
    jsonschema_rs.meta.validate(schema)
    form = jsonschema_rs.validator_for(schema)
    assert form.is_valid({"steps": 5, "ensemble": "NPT", "pressure": 1.5})
    assert not form.is_valid({"steps": 0})
    assert not form.is_valid({"ensemble": "NVT"})
    assert not form.is_valid({"steps": 5, "stepz": 1})


def test_the_digest_is_of_everything_that_could_change_a_job() -> None:
    digests = {
        template(STEPS).digest,
        template(STEPS | {"maximum": 9}).digest,
        template(STEPS, argv=("false",)).digest,
        template(STEPS, files=({"name": "a", "text": "x"},)).digest,
    }
    assert len(digests) == 4
    assert template(STEPS).digest in digests
