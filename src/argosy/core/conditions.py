"""When a parameter of a template counts: what other parameters must be for that. Pure."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self, cast

from pydantic import Discriminator, Field, Tag, model_validator

from argosy.core.values import Value, YesOrNo

Json = dict[str, Any]
_Name = Annotated[str, Field(min_length=1, max_length=63)]
_Plain = bool | int | float | str
_Bound = Annotated[float, Field(allow_inf_nan=False)]

_BOUNDS = {
    "at_least": ("minimum", "at least"),
    "above": ("exclusiveMinimum", "above"),
    "at_most": ("maximum", "at most"),
    "below": ("exclusiveMaximum", "below"),
}
_KINDS = ("equals", "one_of", "contains", "given", *_BOUNDS)


class Test(Value):
    """What one other parameter must be: a certain value, one of several, within bounds, or given at all.

    ``contains`` is a word that must be among those of a multi-choice. ``given`` asks whether there is a value, by hand
    or by default. A lower and an upper bound may stand together, everything else stands alone. A parameter without a
    value meets nothing but ``given = false``.
    """

    __test__ = False  # pytest must not take it for a test of ours

    parameter: _Name
    equals: _Plain | None = None
    one_of: Annotated[tuple[_Plain, ...], Field(min_length=1)] | None = None
    contains: str | None = None
    given: YesOrNo | None = None
    at_least: _Bound | None = None
    above: _Bound | None = None
    at_most: _Bound | None = None
    below: _Bound | None = None

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        said = [kind for kind in _KINDS if getattr(self, kind) is not None]
        if not said:
            raise ValueError(f"a condition on {self.parameter} must say one of {', '.join(_KINDS)}")
        one_range = set(said) <= set(_BOUNDS) and not ({"at_least", "above"} <= set(said))
        if len(said) > 1 and not (one_range and not {"at_most", "below"} <= set(said)):
            raise ValueError(f"a condition on {self.parameter} says several things at once: {', '.join(said)}")
        return self

    @property
    def tests(self) -> tuple["Test", ...]:
        """The one test that it is."""
        return (self,)

    @property
    def named(self) -> tuple[_Plain, ...]:
        """The values that it names."""
        return (*(() if self.equals is None else (self.equals,)), *(self.one_of or ()))

    @property
    def bounds(self) -> dict[str, float]:
        """The bounds that it sets, by their names."""
        return {name: bound for name in _BOUNDS if (bound := getattr(self, name)) is not None}

    @property
    def words(self) -> str:
        """What it asks of the value, to be read behind the parameter's name and "is"."""
        if self.given is not None:
            return "given" if self.given else "not given"
        if self.contains is not None:
            return f"such that it contains {self.contains!r}"
        if self.named:
            return " or ".join(repr(value) for value in self.named)
        return " and ".join(f"{_BOUNDS[name][1]} {bound:g}" for name, bound in self.bounds.items())

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether these values meet it."""
        return self.met_by(values.get(self.parameter))

    def met_by(self, value: object) -> bool:
        """Whether the parameter may have this value; None is none."""
        if self.given is not None:
            return (value is not None) == self.given
        if self.contains is not None:
            return isinstance(value, tuple | list) and self.contains in cast("tuple[Any, ...]", value)
        if self.named:
            return value is not None and value in self.named
        return isinstance(value, int | float) and not isinstance(value, bool) and self._is_within(value)

    def _is_within(self, number: float) -> bool:
        return (
            (self.at_least is None or number >= self.at_least)
            and (self.above is None or number > self.above)
            and (self.at_most is None or number <= self.at_most)
            and (self.below is None or number < self.below)
        )

    def schema_of_value(self) -> Json:
        """JSON Schema of a value that meets it."""
        if self.contains is not None:
            return {"contains": {"const": self.contains}}
        if self.named:
            return {"enum": list(self.named)}
        return {_BOUNDS[name][0]: bound for name, bound in self.bounds.items()}


class Together(Value):
    """Several tests: all of the first, at least one of the second and none of the third must hold."""

    all_of: tuple[Test, ...] = ()
    any_of: tuple[Test, ...] = ()
    none_of: tuple[Test, ...] = ()

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.tests:
            raise ValueError("a condition names a parameter, or lists tests under all_of, any_of or none_of")
        return self

    @property
    def tests(self) -> tuple[Test, ...]:
        """All tests in it."""
        return (*self.all_of, *self.any_of, *self.none_of)

    @property
    def words(self) -> str:
        """What it asks, as people say it."""
        return ", and ".join(
            [
                *(f"{test.parameter} is {test.words}" for test in self.all_of),
                *([" or ".join(f"{test.parameter} is {test.words}" for test in self.any_of)] if self.any_of else ()),
                *(f"not: {test.parameter} is {test.words}" for test in self.none_of),
            ]
        )

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether these values meet it."""
        return (
            all(test.holds(values) for test in self.all_of)
            and (not self.any_of or any(test.holds(values) for test in self.any_of))
            and not any(test.holds(values) for test in self.none_of)
        )


def _kind(given: object) -> str:
    """A condition is one test as soon as it does not list tests."""
    fields = set(cast("Mapping[str, object]", given)) if isinstance(given, Mapping) else set[str]()
    lists = isinstance(given, Together) or not fields.isdisjoint(Together.model_fields)
    return "together" if lists else "test"


Condition = Annotated[
    Annotated[Test, Tag("test")] | Annotated[Together, Tag("together")],
    Discriminator(_kind),
]


def asked_by(condition: Condition) -> Iterator[str]:
    """The names of the parameters that it asks about."""
    return (test.parameter for test in condition.tests)


def schema_of_condition(condition: Condition, defaults: Mapping[str, Any], hidden: Mapping[str, Json]) -> Json:
    """JSON Schema of the given values that meet a condition.

    ``defaults`` are values that count where none is given; ``hidden`` are the schemas under which parameters count that
    do not always.
    """
    match condition:
        case Test():
            return _schema_of_test(condition, defaults, hidden)
        case Together():
            every, some, none = (
                [_schema_of_test(test, defaults, hidden) for test in tests]
                for tests in (condition.all_of, condition.any_of, condition.none_of)
            )
            return {"allOf": [*every, *([{"anyOf": some}] if some else []), *({"not": one} for one in none)]}


def _schema_of_test(test: Test, defaults: Mapping[str, Any], hidden: Mapping[str, Json]) -> Json:
    if test.given is False:
        return {"not": _schema_of_test(Test(parameter=test.parameter, given=True), defaults, hidden)}
    met: Json = {"properties": {test.parameter: test.schema_of_value()}}
    if not test.met_by(defaults.get(test.parameter)):
        met["required"] = [test.parameter]
    return {"allOf": [hidden[test.parameter], met]} if test.parameter in hidden else met
