"""A template survives being written down, packed and read again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.template import Template
from argosy.core.template_archive import packed, unpacked
from argosy.core.template_difference import difference
from argosy.core.template_folder import DESCRIPTION, read_template
from argosy.core.template_writing import folder_of
from argosy.engines.namd.engine import ENGINE as NAMD
from argosy.engines.openmm.engine import ENGINE as OPENMM

SHIPPED = (*NAMD.templates, *OPENMM.templates)

lines = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40)
names = st.sampled_from(["in.conf", "in.j2", "in.j2.text", DESCRIPTION, "files/in.conf", "a/b.txt", "run.sh"])
files = st.fixed_dictionaries({"name": names, "text": lines, "rendered": st.booleans(), "executable": st.booleans()})


@pytest.mark.parametrize("template", SHIPPED, ids=lambda template: template.name)
def test_each_shipped_template_is_the_same_after_a_journey(template: Template) -> None:
    assert read_template(unpacked(packed(folder_of(template)))) == template


@given(
    st.lists(files, max_size=5, unique_by=lambda file: file["name"]),
    lines,
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(1, 10**6),
)
def test_any_template_is_the_same_after_a_journey(
    given_files: list[dict[str, Any]], text: str, number: float, seconds: int
) -> None:
    names = {file["name"] for file in given_files}
    clashing = any(other.startswith(f"{name}/") for name in names for other in names)
    parameters = [
        {"name": "number", "type": "float", "default": number, "minimum": min(number, 0.0)},
        {"name": "words", "type": "text", "default": text, "multiline": True},
        {"name": "edge", "type": "vector", "default": (number, 0.0, 1.0)},
        {"name": "which", "type": "choice", "choices": ("a", text or "b"), "default": "a"},
        {
            "name": "shown",
            "type": "boolean",
            "required": False,
            "visible_when": {"parameter": "which", "equals": "a"},
        },
    ]
    template = Template.model_validate(
        {
            "name": "a/b",
            "version": "1.2",
            "targets": ("cluster",),
            "argv": ("run", text),
            "environment": {"A": text},
            "resources": {"walltime_s": seconds, "memory_mib": 3000},
            "grace_s": seconds,
            "parameters": parameters,
            "files": [] if clashing else given_files,
        }
    )
    assert read_template(unpacked(packed(folder_of(template)))) == template


def test_equal_templates_have_no_difference_and_a_changed_number_is_one_line() -> None:
    template = SHIPPED[0]
    assert difference(template, template) == ""
    told = difference(template, template.model_copy(update={"version": "2.0.0"}))
    changed = [line for line in told.splitlines() if line.startswith(("+", "-")) and line[:3] not in {"+++", "---"}]
    assert changed == [f'-version = "{template.version}"', '+version = "2.0.0"']
