"""Values for templates, as hypothesis makes them up from the parameters."""

from typing import Any

from hypothesis import strategies as st

from argosy.core.parameters import (
    BooleanParameter,
    ChoiceParameter,
    FloatParameter,
    IntegerParameter,
    MultiChoiceParameter,
    Parameter,
    TextParameter,
    VectorParameter,
)
from argosy.core.template import Template
from argosy.core.template_trial import edges


def values_of(template: Template) -> st.SearchStrategy[dict[str, Any]]:
    """Values for all parameters that need one, and for any of the others."""
    needed = {one.name: value_of(one) for one in template.parameters if one.required and one.default is None}
    others = {one.name: value_of(one) for one in template.parameters if one.name not in needed}
    return st.fixed_dictionaries(needed, optional=others)


def value_of(parameter: Parameter) -> st.SearchStrategy[Any]:
    """What a user may give for a parameter."""
    match parameter:
        case BooleanParameter():
            return st.booleans()
        case IntegerParameter():
            return st.integers(parameter.minimum, parameter.maximum)
        case FloatParameter() | VectorParameter():
            return _numbers(parameter)
        case ChoiceParameter():
            return st.sampled_from(parameter.choices)
        case MultiChoiceParameter():
            return st.lists(st.sampled_from(parameter.choices), unique=True)
        case TextParameter():
            return _texts(parameter)
        case _:
            return st.sampled_from(edges(parameter))


def _numbers(parameter: FloatParameter | VectorParameter) -> st.SearchStrategy[Any]:
    one = st.floats(parameter.minimum, parameter.maximum, allow_nan=False, allow_infinity=False)
    if isinstance(parameter, FloatParameter):
        return one
    return st.lists(one, min_size=parameter.length, max_size=parameter.length)


def _texts(parameter: TextParameter) -> st.SearchStrategy[str]:
    if parameter.pattern:
        return st.from_regex(parameter.pattern, fullmatch=True)
    return st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=parameter.maximum_length)
