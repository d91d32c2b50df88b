import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.errors import BadInput
from argosy.core.foreign.namdrunner import CONFIG, is_namdrunner, read_namdrunner
from argosy.core.foreign.taking_in import read_foreign, taken_in
from argosy.core.rendering import render
from argosy.core.template_trial import try_out
from argosy.engines.namd.engine import ENGINE

HOST = next(one for one in ENGINE.templates if one.name == "namd/config")
TEXT = """structure {{psf}}
set kelvin {{{temperature}}}
temperature {{ temperature }}
timestep {{timestep}}
if {1} {# braces that a renderer would stumble over
}
wrapAll {{wrap}}
outputName outputs/{{output_name}}
restartfreq {{restart_freq}}
{{execution_command}} {{steps}}
"""
VARIABLES: dict[str, dict[str, Any]] = {
    "psf": {"label": "Structure", "var_type": {"FileUpload": {"extensions": [".psf"]}}, "help_text": "The atoms."},
    "temperature": {"var_type": {"Number": {"min": 200.0, "max": 400.0, "default": 300.0}}},
    "timestep": {"var_type": {"Number": {"min": 1.0, "max": 4.0, "default": 2.5}}},
    "wrap": {"var_type": {"Boolean": {"default": True}}},
    "output_name": {"var_type": {"Text": {"default": "opt"}}},
    "restart_freq": {"var_type": {"Number": {"min": 100.0, "max": 1e6, "default": 1200.0}}},
    "execution_command": {"var_type": {"Text": {"default": "minimize"}}},
    "steps": {"var_type": {"Number": {"min": 100.0, "max": 1e8, "default": 4800.0}}},
}


def written(text: str = TEXT, variables: object = VARIABLES, **more: object) -> bytes:
    said = {
        "id": "vacuum_v3",
        "name": "Vacuum",
        "description": "x",
        "namd_config_template": text,
        "variables": variables,
    }
    return json.dumps({**said, **more}).encode()


def test_a_template_of_namdrunner_becomes_one_that_namd_runs() -> None:
    foreign = read_foreign(written())
    assert foreign is not None
    template, _ = taken_in(foreign, HOST)
    assert (template.name, template.version, template.title) == ("namd/vacuum", "3.0.0", "Vacuum")
    assert (template.argv, template.engine) == (HOST.argv, "namd")
    assert {"build", "program", "threads"} <= {one.name for one in template.parameters}
    assert [trial for trial in try_out(template, seed=1) if trial.findings] == []


def test_it_renders_as_namdrunner_would() -> None:
    template, _ = taken_in(read_namdrunner(written()), HOST)
    values, findings = template.read_values({"psf": "a.psf", "wrap": False})
    assert findings == ()
    (text,) = [file.text for file in render(template, values).files if file.name == CONFIG]
    expected = (
        TEXT.replace("{{psf}}", "a.psf").replace("{{{temperature}}}", "{300}").replace("{{ temperature }}", "300")
    )
    expected = expected.replace("{{timestep}}", "2.5").replace("{{wrap}}", "no").replace("{{output_name}}", "opt")
    expected = expected.replace("{{restart_freq}}", "1200").replace("{{execution_command}}", "minimize")
    assert text == expected.replace("{{steps}}", "4800")


def test_types_bounds_and_defaults_are_taken_over() -> None:
    parameters = {one.name: one for one in read_namdrunner(written()).parameters}
    assert {name: (one.type, one.default) for name, one in parameters.items()} == {
        "psf": ("file", None),
        "temperature": ("float", 300.0),
        "timestep": ("float", 2.5),
        "wrap": ("boolean", True),
        "output_name": ("text", "opt"),
        "restart_freq": ("integer", 1200),
        "execution_command": ("choice", "minimize"),
        "steps": ("integer", 4800),
    }
    assert parameters["steps"].schema_of_value() == {"type": "integer", "minimum": 100, "maximum": 100_000_000}


def test_a_marker_without_a_variable_is_asked_for_and_told() -> None:
    foreign = read_namdrunner(written(TEXT + "margin {{margin}}\n"))
    assert foreign.parameters[-1].name == "margin"
    assert any("{{margin}}" in finding.what for finding in foreign.findings)


def test_a_name_that_means_something_else_is_changed_and_told() -> None:
    foreign = read_namdrunner(
        written("{{Steps}} {{if}}", {"Steps": {"var_type": "Boolean"}, "if": {"var_type": "Text"}})
    )
    assert [one.name for one in foreign.parameters] == ["steps", "if_"]
    assert [finding.where for finding in foreign.findings] == ["steps", "if_"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"namd_config_template": ', "not valid JSON"),
        (b'{"a": 1}', "no template of NAMDRunner"),
        (b'{"namd_config_template": 3}', "no template of NAMDRunner"),
        (written(variables=[]), "variables must be an object"),
        (written(variables={"a": 3}), "variable 'a' is not described"),
        (written(variables={"a": {"var_type": {"Colour": {}}}}), "has a type that is not known"),
        (written(variables={"a": {"var_type": {"Number": {"min": "x"}}}}), "parameter a cannot be taken over"),
        (b'{"namd_config_template": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "not valid JSON"),
    ],
)
def test_what_is_none_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_namdrunner(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
kinds = st.sampled_from(["Number", "Text", "Boolean", "FileUpload", "Other"])
variables = st.dictionaries(
    st.sampled_from(["steps", "a", "B c", "if", "values", "Ü", "x-y", ""]),
    st.fixed_dictionaries({"var_type": st.dictionaries(kinds, json_values, max_size=2)}) | json_values,
    max_size=4,
)


@given(st.text('{}%# \n"steps_aB', max_size=60), variables | json_values)
def test_any_file_is_taken_in_whole_or_refused(text: str, given_variables: object) -> None:
    data = written(text, given_variables)
    assert is_namdrunner(data)
    with suppress(BadInput):
        template, _ = taken_in(read_namdrunner(data), HOST)
        for trial in try_out(template, seed=1, count=2):
            assert trial.rendered is not None or trial.findings
