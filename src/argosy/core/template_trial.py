"""Trying a template out: values made up at every edge and at random, rendered, and what is wrong then. Pure."""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from argosy.core.conditions import Test, Together
from argosy.core.errors import BadInput
from argosy.core.findings import Finding, error, warning
from argosy.core.parameters import (
    BooleanParameter,
    ChoiceParameter,
    FileParameter,
    FloatParameter,
    IntegerParameter,
    MultiChoiceParameter,
    Parameter,
    TextParameter,
    VectorParameter,
)
from argosy.core.rendering import Rendered, render
from argosy.core.template import Template
from argosy.core.values import Value

_FAR = 1_000_000
_LONG = 100_000
_TEXTS = ("a", "A", "1", "abc", "a b", "", 'it\'s "quoted" \\ {{ a }} # é', "two\nlines")
_PARSERS: Mapping[str, Callable[[str], object]] = {".json": json.loads, ".toml": tomllib.loads}


class Trial(Value):
    """One set of values and what became of it. ``case`` tells what is special; ``rendered`` is None on failure."""

    case: str
    given: dict[str, Any]
    rendered: Rendered | None = None
    findings: tuple[Finding, ...] = ()


def try_out(template: Template, *, seed: int, count: int = 20) -> tuple[Trial, ...]:
    """A trial with the defaults, one for each edge of each parameter, and ``count`` at random, fixed by the seed.

    Edges are the bounds, each choice, both yes and no, and texts that need quoting. A parameter that counts only with
    certain values of others is tried with such values. When no value can be made up for a parameter that needs
    one, the only trial says so.
    """
    stuck = [parameter for parameter in template.parameters if _needs_value(parameter) and not edges(parameter)]
    if stuck:
        remedy = "Give it a default of that form."
        findings = [warning(one.name, "no value of its form can be made up", remedy=remedy) for one in stuck]
        return (Trial(case="defaults", given={}, findings=tuple(findings)),)
    return tuple(_trial(template, case, given) for case, given in _cases(template, seed, count))


def edges(parameter: Parameter) -> tuple[Any, ...]:
    """Values at the edges of what a parameter accepts; empty when none can be made up."""
    return tuple(value for value in _candidates(parameter) if _accepts(parameter, value))


def _cases(template: Template, seed: int, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    plain = {parameter.name: edges(parameter)[0] for parameter in template.parameters if _needs_value(parameter)}
    yield "defaults", plain
    for parameter in template.parameters:
        for edge in edges(parameter):
            yield f"{parameter.name} = {edge!r}", plain | _shown(template, parameter) | {parameter.name: edge}
    chance = Random(seed)  # noqa: S311 - nothing here is secret, and a seed must give the same values again
    for number in range(1, count + 1):
        yield f"random values {number} of seed {seed}", plain | _at_random(template, chance)


def _needs_value(parameter: Parameter) -> bool:
    return parameter.required and parameter.default is None


def _shown(template: Template, parameter: Parameter) -> dict[str, Any]:
    """The values of other parameters that make this one visible, as far as some can be made up."""
    match parameter.visible_when:
        case None:
            return {}
        case Test() as test:
            wanted = ((test, True),)
        case Together(all_of=every, any_of=some, none_of=none):
            wanted = (*((test, True) for test in (*every, *some[:1])), *((test, False) for test in none))
    values: dict[str, Any] = {}
    for test, meets in wanted:
        asked = template.parameter(test.parameter)
        if asked is not None and not (asked.name in values and test.met_by(values[asked.name]) == meets):
            values |= _shown(template, asked) | _witness(asked, test, meets=meets)
    return values


def _witness(parameter: Parameter, test: Test, *, meets: bool) -> dict[str, Any]:
    """A value of the parameter with which the test comes out so."""
    own = () if parameter.default is None else (parameter.default,)
    bounds = test.bounds.values()
    near = [bound + step for bound in bounds for step in (0, 1, -1)] + ([sum(bounds) / 2] if len(bounds) == 2 else [])
    words = () if test.contains is None else ((test.contains,),)
    for value in (*own, *test.named, *words, *near, *edges(parameter)):
        if _accepts(parameter, value) and test.met_by(parameter.read(value)) == meets:
            return {parameter.name: value}
    return {}


def _at_random(template: Template, chance: Random) -> dict[str, Any]:
    chosen = [parameter for parameter in template.parameters if _needs_value(parameter) or chance.random() < 0.8]
    values = {parameter.name: _random_value(parameter, chance) for parameter in chosen if edges(parameter)}
    return {name: value for name, value in values.items() if value is not None}


def _random_value(parameter: Parameter, chance: Random) -> Any:
    match parameter:
        case IntegerParameter():
            return chance.randint(*_whole_range(parameter))
        case FloatParameter():
            return chance.uniform(*_range(parameter))
        case VectorParameter():
            return [chance.uniform(*_range(parameter)) for _ in range(parameter.length)]
        case MultiChoiceParameter():
            return chance.sample(parameter.choices, chance.randint(0, len(parameter.choices)))
        case _:
            return chance.choice(edges(parameter))


def _candidates(parameter: Parameter) -> tuple[Any, ...]:
    match parameter:
        case BooleanParameter():
            return (True, False)
        case IntegerParameter() | FloatParameter() | VectorParameter():
            return _numbers(parameter)
        case ChoiceParameter():
            return parameter.choices
        case MultiChoiceParameter():
            return ((), *((choice,) for choice in parameter.choices), parameter.choices)
        case TextParameter():
            own = () if parameter.default is None else (parameter.default,)
            return (*own, *_TEXTS, "x" * min(parameter.maximum_length, _LONG))
        case FileParameter():
            return (parameter.place or f"{parameter.name}{parameter.suffixes[0] if parameter.suffixes else ''}",)


def _numbers(parameter: IntegerParameter | FloatParameter | VectorParameter) -> tuple[Any, ...]:
    match parameter:
        case IntegerParameter():
            return tuple(dict.fromkeys((*_whole_range(parameter), 0, 1)))
        case FloatParameter():
            return tuple(dict.fromkeys((*_range(parameter), 0.0, 1e-7)))
        case VectorParameter():
            return tuple((bound,) * parameter.length for bound in _range(parameter))


def _range(parameter: FloatParameter | VectorParameter | IntegerParameter) -> tuple[float, float]:
    low, high = parameter.minimum, parameter.maximum
    if low is None:
        low = -_FAR if high is None else min(-_FAR, high - _FAR)
    return low, max(_FAR, low + _FAR) if high is None else high


def _whole_range(parameter: IntegerParameter) -> tuple[int, int]:
    low, high = _range(parameter)
    return int(low), int(high)


def _accepts(parameter: Parameter, value: Any) -> bool:
    try:
        parameter.read(value)
    except BadInput:
        return False
    return True


def _trial(template: Template, case: str, given: dict[str, Any]) -> Trial:
    values, findings = template.read_values(given)
    if findings:
        return Trial(case=case, given=given, findings=findings)
    try:
        rendered = render(template, values)
    except BadInput as refusal:
        return Trial(case=case, given=given, findings=(error("template", refusal.message, remedy=refusal.hint),))
    return Trial(case=case, given=given, rendered=rendered, findings=tuple(_faults(template, rendered)))


def _faults(template: Template, rendered: Rendered) -> Iterator[Finding]:
    if not rendered.argv:
        yield error("argv", "the command has no words left", remedy="At least one word must not render to nothing.")
    made = {file.name for file in template.files if file.rendered}
    for file in rendered.files:
        if file.name in made:
            yield from _faults_of_text(file.name, file.text)


def _faults_of_text(name: str, text: str) -> Iterator[Finding]:
    parse = _PARSERS.get(name[name.rfind(".") :] if "." in name else "")
    if parse is None:
        return
    try:
        parse(text)
    except ValueError as fault:
        remedy = "Write values with the filter tojson: {{ name | tojson }}."
        yield error(name, f"what is rendered does not parse: {fault}", remedy=remedy)
