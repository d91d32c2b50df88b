from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.errors import BadInput
from argosy.core.foreign.crystal_tui import is_crystal_tui, read_crystal_tui
from argosy.core.foreign.taking_in import taken_in
from argosy.core.rendering import render
from argosy.core.template_trial import try_out

WHOLE = """name: "Energy of MgO"
version: "1.2"
description: "A single energy"
tags: ["basic", "scf"]
parameters:
  heading: {type: string, default: "MgO", required: true, description: "What it is"}
  grid: {type: integer, default: 8, min: 1, max: 32}
  tolerance: {type: float, default: 1.0e-8, min: 1.0e-12, max: 1.0e-4}
  basis: {type: select, options: [sto-3g, {label: Larger, value: 6-31g}], default: sto-3g}
  spin: {type: boolean, default: false}
  moment: {type: float, default: 1.5, depends_on: spin}
  limit: {type: float}
input_template: |
  {{ heading }}
  12 {{ basis }}
  SHRINK {{ grid }}
  {% if spin %}SPIN {{ moment }}{% endif %}
  {% if limit %}LIMIT {{ limit }}{% endif %}
"""
SEVERAL = """name: Two
dft_code: vasp
parameters:
  cutoff: {type: float, default: 400}
files: {INCAR: incar, KPOINTS: points}
incar: |
  ENCUT = {{ cutoff }}
points: |
  automatic
"""


def test_a_template_of_crystal_tui_becomes_one_that_renders_the_same() -> None:
    template, findings = taken_in(read_crystal_tui(WHOLE.encode()), None)
    assert (template.name, template.version, template.purpose) == ("crystal/energy-of-mgo", "1.2", "scf")
    values, wrong = template.read_values({"spin": True})
    assert wrong == ()
    texts = {file.name: file.text for file in render(template, values).files}
    assert texts["INPUT"] == "MgO\n12 sto-3g\nSHRINK 8\nSPIN 1.5\n\n"
    assert texts["run.sh"].endswith("exec crystal <INPUT\n")
    assert [finding.where for finding in findings] == ["program"]
    assert [trial for trial in try_out(template, seed=1) if trial.findings] == []


def test_what_depends_on_something_is_shown_only_then() -> None:
    parameters = {one.name: one for one in read_crystal_tui(WHOLE.encode()).parameters}
    condition = parameters["moment"].visible_when
    assert condition is not None
    assert (condition.parameter, condition.equals) == ("spin", True)
    assert parameters["limit"].required is False


def test_one_for_several_files_makes_all_of_them() -> None:
    template, _ = taken_in(read_crystal_tui(SEVERAL.encode()), None)
    assert [file.name for file in template.files] == ["INCAR", "KPOINTS", "run.sh"]
    assert template.name == "vasp/two"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("parameters: [", "not valid YAML"),
        ("parameters: {}\n{% for x in y %}\ninput_template: a", "not valid YAML"),
        ("input_template: 3", "the text 'input_template' of the file 'INPUT' is missing"),
        ("- parameters:", "not a table"),
        ("workflow: {nodes: []}", "a workflow of several jobs"),
        ("parameters: 3\ninput_template: a", "parameters must be a table"),
        ("parameters: {a: 3}\ninput_template: a", "parameter 'a' must be a table"),
        ("parameters: {a: {type: colour}}\ninput_template: a", "unknown type 'colour'"),
        ("parameters: {A b: {type: integer}}\ninput_template: a", "cannot be called so"),
        ("files: {../x: t}\nt: a\nparameters: {}", "no name for a file"),
        ("parameters: {a: &x {type: integer}, b: *x}\ninput_template: a", "refers to another place"),
        ("parameters: !!python/object/apply:os.system [id]\ninput_template: a", "not valid YAML"),
        ("parameters: " + "[" * 5000, "not valid YAML"),
    ],
)
def test_what_cannot_be_taken_over_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_crystal_tui(text.encode())


def test_a_default_that_will_not_do_is_left_out_and_told() -> None:
    text = "parameters: {n: {type: integer, default: many}, c: {type: select, options: [a], default: b}}\n"
    foreign = read_crystal_tui(f"{text}input_template: hi".encode())
    assert [one.default for one in foreign.parameters] == [None, None]
    assert [finding.where for finding in foreign.findings] == ["n", "c"]


@given(st.text("abnparmetsiut_l:{}[]|-&*!%\"' \n0159.", max_size=120))
def test_any_text_is_taken_in_whole_or_refused(tail: str) -> None:
    for text in (f"input_template: |\n  x\n{tail}", f"parameters:\n  a: {tail}\ninput_template: x", tail):
        is_crystal_tui(text.encode())
        with suppress(BadInput):
            taken_in(read_crystal_tui(text.encode()), None)
