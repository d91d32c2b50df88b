import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from argosy.core.errors import BadInput
from argosy.core.parameters import PARAMETER, Parameter, property_schema

KINDS: dict[str, dict[str, Any]] = {
    "boolean": {},
    "integer": {"minimum": 1, "maximum": 10},
    "float": {"minimum": 0.5, "maximum": 2.5},
    "text": {"pattern": "[a-z]+", "maximum_length": 5},
    "choice": {"choices": ["NVT", "NPT"]},
    "multi-choice": {"choices": ["energy", "box edge", "rdf"]},
    "vector": {"length": 3, "minimum": 0.0},
    "file": {"suffixes": [".pdb"]},
}


def parameter(kind: str, **facts: Any) -> Parameter:
    given = KINDS[kind] | {"name": "it", "type": kind, "unit": "nm"} | facts
    return PARAMETER.validate_python(given)


GOOD: list[tuple[str, object, object]] = [
    ("boolean", True, True),
    ("boolean", " Yes ", True),
    ("boolean", "0", False),
    ("integer", 7, 7),
    ("integer", "7", 7),
    ("integer", " 1e1 ", 10),
    ("integer", 7.0, 7),
    ("float", 1, 1.0),
    ("float", "1.5", 1.5),
    ("float", ".5", 0.5),
    ("float", "25e-1", 2.5),
    ("text", "abc", "abc"),
    ("choice", "NPT", "NPT"),
    ("multi-choice", "rdf, energy", ("energy", "rdf")),
    ("multi-choice", "box edge,rdf", ("box edge", "rdf")),
    ("multi-choice", ["rdf"], ("rdf",)),
    ("multi-choice", "", ()),
    ("vector", "1, 2,3.5", (1.0, 2.0, 3.5)),
    ("vector", "1 2 3", (1.0, 2.0, 3.0)),
    ("vector", [1, 2.0, "3"], (1.0, 2.0, 3.0)),
    ("file", "Water.PDB", "Water.PDB"),
]
BAD: list[tuple[str, object]] = [
    *(("boolean", wrong) for wrong in (1, 0, "", "maybe", "2", 1.0, [True], {})),
    *(("integer", wrong) for wrong in (True, 1.5, "1.5", "", "seven", "0x7", "1_0", "\u0667", "nan", "inf")),
    *(("integer", wrong) for wrong in (math.nan, math.inf, 10**400, [7], 0, 11, "1e400", 1e300, "9" * 301)),
    *(("float", wrong) for wrong in (False, "", "x", "nan", "-inf", "1e999", math.nan, math.inf, 10**400, [1.0])),
    *(("float", wrong) for wrong in (0.4, 2.6, "1,5", "--1")),
    *(("text", wrong) for wrong in (3, True, "abcdef", "ABC", "a\nb", "a\0b", "", ["a"])),
    *(("choice", wrong) for wrong in ("nvt", "", 3, ["NVT"], True)),
    *(("multi-choice", wrong) for wrong in ("rdf,rdf", "other", 3, ["rdf", "rdf"], [["rdf"]], [3], {"rdf": 1})),
    *(("vector", wrong) for wrong in ("1,2", "1,2,3,4", "1,x,3", "", 1, [1, 2], [1, 2, None], [1, 2, True], "1,nan,3")),
    *(("vector", wrong) for wrong in ([1, 2, math.inf], "1,2,-3", [[1], 2, 3])),
    *(("file", wrong) for wrong in ("", 3, "water.gro", ["a.pdb"], True)),
]


@pytest.mark.parametrize(
    ("kind", "given", "read"), GOOD, ids=[f"{number}-{good[0]}" for number, good in enumerate(GOOD)]
)
def test_values_are_read_as_people_give_them(kind: str, given: object, read: object) -> None:
    value = parameter(kind).read(given)
    assert value == read
    assert type(value) is type(read)


@pytest.mark.parametrize(("kind", "wrong"), BAD, ids=[f"{number}-{bad[0]}" for number, bad in enumerate(BAD)])
def test_a_wrong_value_is_refused_with_what_is_wanted(kind: str, wrong: object) -> None:
    with pytest.raises(BadInput, match=r"it = .* will not do") as refusal:
        parameter(kind).read(wrong)
    assert refusal.value.hint.startswith("It must be ")
    assert len(refusal.value.message) < 120


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_has_wrong_values_to_refuse(kind: str) -> None:
    assert any(wrong[0] == kind for wrong in BAD)
    assert any(good[0] == kind for good in GOOD)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda one: st.lists(one, max_size=4),
)


@given(st.sampled_from(list(KINDS)), anything)
def test_whatever_is_accepted_is_accepted_again_as_it_was_read(kind: str, given: object) -> None:
    one = parameter(kind)
    try:
        read = one.read(given)
    except BadInput:
        return
    assert one.read(read) == read


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("integer", {"default": True}),
        ("integer", {"minimum": False}),
        ("integer", {"default": 1.5}),
        ("float", {"default": math.nan}),
        ("float", {"maximum": math.inf}),
        ("float", {"default": "x"}),
        ("boolean", {"default": "perhaps"}),
        ("text", {"pattern": "(["}),
        ("text", {"maximum_length": 0}),
        ("choice", {"choices": []}),
        ("choice", {"choices": [""]}),
        ("multi-choice", {"choices": []}),
        ("vector", {"length": 0}),
        ("vector", {"default": [1, True, 3]}),
        ("file", {"default": "a.pdb"}),
        ("file", {"place": "../a.pdb"}),
        ("file", {"place": "/a.pdb"}),
        ("integer", {"steps": 3}),
        ("integer", {"name": "Steps"}),
        ("integer", {"name": "not"}),
        ("integer", {"name": "values"}),
        ("wish", {}),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(kind: str, facts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PARAMETER.validate_python(KINDS.get(kind, {}) | {"name": "it", "type": kind} | facts)


def test_a_file_lies_where_its_parameter_says() -> None:
    placed = parameter("file", place="start.pdb")
    assert placed.read("water.pdb") == "start.pdb"
    assert placed.read("start.pdb") == "start.pdb"
    with pytest.raises(BadInput, match=r"water\.gro"):
        placed.read("water.gro")


def test_a_file_that_lies_on_the_target_keeps_its_path() -> None:
    assert parameter("file", place="start.pdb").read("/data/water.pdb") == "/data/water.pdb"


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_form_finds_all_that_it_needs_in_the_schema(kind: str) -> None:
    schema = property_schema(parameter(kind, group="Box", help="How wide.", label="Edge"))
    assert (schema["title"], schema["description"]) == ("Edge (nm)", "How wide.")
    assert schema["x-argosy"] == {"type": kind, "group": "Box", "unit": "nm"}
    assert schema["type"] in {"boolean", "integer", "number", "string", "array"}


def test_a_schema_carries_bounds_forms_choices_and_defaults() -> None:
    whole = property_schema(parameter("integer", default=3))
    assert (whole["minimum"], whole["maximum"], whole["default"]) == (1, 10, 3)
    assert property_schema(parameter("text"))["pattern"] == "^(?:[a-z]+)$"
    assert property_schema(parameter("choice"))["enum"] == ["NVT", "NPT"]
    assert property_schema(parameter("vector"))["minItems"] == 3
    shown = parameter("float", visible_when={"parameter": "other", "equals": "NPT"})
    assert property_schema(shown)["x-argosy"]["visible_when"] == {"parameter": "other", "equals": "NPT"}
