"""Every template that is shipped loads, and its defaults render."""

import pytest

from argosy.core.template import Template
from argosy.engines.shipped import shipped

TEMPLATES = (*shipped("argosy.engines.namd"), *shipped("argosy.engines.openmm"))


def test_templates_are_found_by_name() -> None:
    assert [template.name for template in TEMPLATES] == sorted(template.name for template in TEMPLATES)
    assert "openmm/water-box" in {template.name for template in TEMPLATES}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_shipped_template_says_what_it_is(template: Template) -> None:
    assert template.title
    assert template.summary
    assert template.engine == template.name.split("/")[0]
    assert all(parameter.help for parameter in template.parameters)
