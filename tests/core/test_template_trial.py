from typing import Any

import pytest

from argosy.core.findings import Severity
from argosy.core.template_folder import read_template
from argosy.core.template_trial import Trial, edges, try_out

HEAD = 'name = "t"\n[command]\nargv = ["run", "{{ name | default(\'x\') }}"]\n'
FILE = '[[files]]\nsource = "in.json.j2"\n'


def trials(parameters: str, source: str, *, seed: int = 1, count: int = 5) -> tuple[Trial, ...]:
    template = read_template({"template.toml": HEAD + FILE + parameters, "in.json.j2": source})
    return try_out(template, seed=seed, count=count)


def given(found: tuple[Trial, ...], name: str) -> list[Any]:
    return [trial.given[name] for trial in found if trial.case.startswith(f"{name} = ")]


def test_bounds_are_tried() -> None:
    parameter = '[[parameters]]\nname = "n"\ntype = "integer"\ndefault = 4\nminimum = 2\nmaximum = 9\n'
    assert given(trials(parameter, "{{ n }}"), "n") == [2, 9]


def test_every_choice_and_both_of_yes_and_no_are_tried() -> None:
    parameters = """
[[parameters]]
name = "which"
type = "choice"
choices = ["a", "b", "c"]
default = "a"
[[parameters]]
name = "whether"
type = "boolean"
default = true
"""
    found = trials(parameters, '["{{ which }}", "{{ whether }}"]')
    assert given(found, "which") == ["a", "b", "c"]
    assert given(found, "whether") == [True, False]


def test_a_hidden_parameter_is_tried_where_it_is_shown() -> None:
    parameters = """
[[parameters]]
name = "ensemble"
type = "choice"
choices = ["NVT", "NPT"]
default = "NVT"
[[parameters]]
name = "pressure"
type = "float"
minimum = 1.0
maximum = 2.0
visible_when = { parameter = "ensemble", equals = "NPT" }
"""
    found = trials(parameters, "{{ pressure | tojson }}")
    shown = [trial for trial in found if trial.case.startswith("pressure")]
    assert {trial.given["ensemble"] for trial in shown} == {"NPT"}
    assert [trial.rendered.files[0].text for trial in shown if trial.rendered] == ["1.0", "2.0"]


@pytest.mark.parametrize(
    "condition",
    [
        '{ parameter = "ensemble", one_of = ["NPT", "NPAT"] }',
        '{ parameter = "steps", above = 10, below = 20 }',
        '{ parameter = "steps", at_least = 500 }',
        '{ parameter = "parts", contains = "mast" }',
        '{ parameter = "note", given = true }',
        '{ any_of = [{ parameter = "steps", above = 9 }], none_of = [{ parameter = "ensemble", equals = "NVT" }] }',
    ],
)
def test_a_hidden_parameter_is_tried_with_values_that_meet_its_condition(condition: str) -> None:
    found = trials(
        f"""
[[parameters]]
name = "ensemble"
type = "choice"
choices = ["NVT", "NPT", "NPAT"]
default = "NVT"
[[parameters]]
name = "steps"
type = "integer"
minimum = 0
maximum = 1000
default = 1
[[parameters]]
name = "parts"
type = "multi-choice"
choices = ["hull", "mast"]
required = false
[[parameters]]
name = "note"
type = "text"
required = false
[[parameters]]
name = "pressure"
type = "float"
minimum = 1.0
maximum = 2.0
visible_when = {condition}
""",
        "{{ pressure | tojson }}",
    )
    shown = [trial for trial in found if trial.case.startswith("pressure")]
    assert [trial.rendered.files[0].text for trial in shown if trial.rendered] == ["1.0", "2.0"]


def test_a_seed_gives_the_same_values_again_and_another_seed_others() -> None:
    parameter = '[[parameters]]\nname = "x"\ntype = "float"\ndefault = 0.0\nminimum = 0.0\nmaximum = 1.0\n'
    assert trials(parameter, "{{ x }}", seed=3) == trials(parameter, "{{ x }}", seed=3)
    assert trials(parameter, "{{ x }}", seed=3) != trials(parameter, "{{ x }}", seed=4)


def test_so_many_random_trials_are_made_as_were_asked_for() -> None:
    found = trials("", "1", count=7)
    assert len([trial for trial in found if trial.case.startswith("random")]) == 7
    assert found[0].case == "defaults"


def test_a_name_that_is_no_parameter_is_found() -> None:
    found = trials("", "{{ temprature }}")
    assert {finding.severity for trial in found for finding in trial.findings} == {Severity.ERROR}
    assert "temprature" in found[0].findings[0].what
    assert found[0].rendered is None


def test_text_that_breaks_the_file_is_found() -> None:
    parameter = '[[parameters]]\nname = "title"\ntype = "text"\ndefault = "plain"\n'
    careless = trials(parameter, '{"title": "{{ title }}"}')
    careful = trials(parameter, '{"title": {{ title | tojson }}}')
    assert any("does not parse" in finding.what for trial in careless for finding in trial.findings)
    assert not any(trial.findings for trial in careful)


def test_a_value_that_is_not_given_is_found() -> None:
    parameter = '[[parameters]]\nname = "note"\ntype = "text"\nrequired = false\n'
    (finding,) = trials(parameter, '["note {{ note }}"]')[0].findings
    assert finding.severity is Severity.ERROR
    assert "in.json" in finding.what
    assert trials(parameter, '["note {{ note or 1 }}"]')[0].findings == ()


def test_a_command_that_renders_to_nothing_is_found() -> None:
    template = read_template({"template.toml": 'name = "t"\n[command]\nargv = ["{{ \'\' }}"]\n'})
    assert [finding.where for finding in try_out(template, seed=1, count=0)[0].findings] == ["argv"]


def test_a_form_for_which_nothing_can_be_made_up_is_told_and_not_blamed_on_the_template() -> None:
    parameter = '[[parameters]]\nname = "code"\ntype = "text"\npattern = "[0-9]{4}-[XYZ]{3}"\n'
    (only,) = trials(parameter, '"{{ code }}"')
    assert [(finding.where, finding.severity) for finding in only.findings] == [("code", Severity.WARNING)]


@pytest.mark.parametrize(
    "described",
    [
        'type = "integer"',
        'type = "integer"\nmaximum = -5000000',
        'type = "integer"\nminimum = 1152921504606846977',
        'type = "float"\nminimum = 1e300',
        'type = "vector"\nlength = 2\nminimum = 0.0',
        'type = "multi-choice"\nchoices = ["a", "b"]',
        'type = "file"\nsuffixes = [".pdb"]',
        'type = "text"\nmaximum_length = 3',
    ],
)
def test_every_edge_is_a_value_that_the_parameter_takes(described: str) -> None:
    found = trials(f'[[parameters]]\nname = "p"\n{described}\n', "{{ p | tojson }}", count=30)
    assert len(given(found, "p")) > 0
    assert [trial for trial in found if trial.findings] == []


def test_edges_of_a_parameter_are_what_it_accepts() -> None:
    template = read_template(
        {"template.toml": HEAD + '[[parameters]]\nname = "p"\ntype = "text"\npattern = "[a-z]+"\n'}
    )
    assert edges(template.parameters[0]) == ("a", "abc", "x" * 10_000)
