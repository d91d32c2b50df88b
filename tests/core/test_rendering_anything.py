"""Whatever stands in a template: it renders or is refused in words, soon, and nothing of Python comes out of it."""

import time
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from argosy.core.errors import BadInput
from argosy.core.rendering import render
from argosy.core.template import Template
from tests.fuzz.template_pieces import ESCAPED, PIECES, VALUES

UNBEARABLE_S = 60.0


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_any_template_renders_or_is_refused_and_shows_nothing_of_python(text: str) -> None:
    began = time.monotonic()
    template = Template.model_validate({"name": "t", "argv": ("true",), "files": ({"name": "a.txt", "text": text},)})
    with suppress(BadInput):
        (file,) = render(template, VALUES).files
        outside = file.text
        assert not [word for word in ESCAPED if word in outside and word not in text]
    assert time.monotonic() - began < UNBEARABLE_S


@given(st.sampled_from(PIECES), st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
def test_any_expression_renders_or_is_refused_and_shows_nothing_of_python(first: str, rest: str) -> None:
    template = Template.model_validate({"name": "t", "argv": ("run", f"{{{{ {first}{rest} }}}}")})
    with suppress(BadInput):
        shown = " ".join(render(template, VALUES).argv)
        assert not [word for word in ESCAPED if word in shown]
