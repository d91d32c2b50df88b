"""Typed parameters of templates: what a user may set, in the words of the science."""

import math
import re
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BeforeValidator, Field, Strict, TypeAdapter

from argosy.core.conditions import Condition, Json, Test
from argosy.core.errors import BadInput
from argosy.core.spec import RelativePath
from argosy.core.values import Value, Whole, YesOrNo, as_whole

_RESERVED = frozenset(
    {"and", "caller", "else", "false", "if", "in", "is", "kwargs", "loop", "none", "not", "or", "self", "true"}
    | {"values", "varargs"}
)
_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_LONGEST_SHOWN = 60
_LONGEST_SHOWN_BITS = 1_000
_EXACT = 2**53
"""Above this not every whole number can be written as a floating-point number."""


def _free(name: str) -> str:
    if name in _RESERVED:
        raise ValueError(f"{name!r} means something else in templates; choose another name")
    return name


def _no_boolean(given: object) -> object:
    if isinstance(given, bool):
        raise ValueError("a number is needed, not true or false")
    return given


def _regular_expression(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as fault:
        raise ValueError(f"{pattern!r} is no regular expression: {fault}") from None
    return pattern


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=63), AfterValidator(_free)]
_Integer = Annotated[int, Strict(), BeforeValidator(as_whole), BeforeValidator(_no_boolean)]
_Finite = Annotated[float, Strict(), BeforeValidator(_no_boolean), Field(allow_inf_nan=False)]
_Choices = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]


class _Common(Value):
    """What every parameter has. ``required`` means that a value must be given when there is no default."""

    name: Name
    label: str = ""
    unit: str = ""
    group: str = ""
    help: str = ""
    required: YesOrNo = True
    visible_when: Condition | None = None

    @property
    def title(self) -> str:
        """What people see: the label with its unit."""
        return (self.label or self.name.replace("_", " ").capitalize()) + (f" ({self.unit})" if self.unit else "")


class BooleanParameter(_Common):
    """Yes or no."""

    type: Literal["boolean"]
    default: YesOrNo | None = None

    def read(self, given: object) -> bool:
        """True or False; text such as yes, no, true, off is understood."""
        if isinstance(given, bool):
            return given
        if isinstance(given, str) and given.strip().lower() in _WORDS:
            return _WORDS[given.strip().lower()]
        raise _wrong(self, given, "yes or no")

    def schema_of_value(self) -> Json:
        """A JSON boolean."""
        return {"type": "boolean"}


class IntegerParameter(_Common):
    """A whole number within bounds."""

    type: Literal["integer"]
    default: _Integer | None = None
    minimum: _Integer | None = None
    maximum: _Integer | None = None

    def read(self, given: object) -> int:
        """The whole number; text such as 1e6 counts when it is whole, and small enough to be exact."""
        number = _number(given)
        if isinstance(number, float) and number.is_integer() and abs(number) <= _EXACT:
            number = int(number)
        if not isinstance(number, int):
            raise _wrong(self, given, "a whole number")
        _within(self, number, self.minimum, self.maximum)
        return number

    def schema_of_value(self) -> Json:
        """A JSON integer with its bounds."""
        return {"type": "integer", **_bounds(self.minimum, self.maximum)}


class FloatParameter(_Common):
    """A finite number within bounds."""

    type: Literal["float"]
    default: _Finite | None = None
    minimum: _Finite | None = None
    maximum: _Finite | None = None

    def read(self, given: object) -> float:
        """The number; NaN and infinities are refused."""
        number = _finite(given)
        if number is None:
            raise _wrong(self, given, "a number")
        _within(self, number, self.minimum, self.maximum)
        return number

    def schema_of_value(self) -> Json:
        """A JSON number with its bounds."""
        return {"type": "number", **_bounds(self.minimum, self.maximum)}


class TextParameter(_Common):
    """Text, if wanted of a certain form."""

    type: Literal["text"]
    default: str | None = None
    pattern: Annotated[str, AfterValidator(_regular_expression)] | None = None
    multiline: YesOrNo = False
    maximum_length: Whole = Field(default=10_000, ge=1)

    def read(self, given: object) -> str:
        """The text if it has the right form and length."""
        if not isinstance(given, str):
            raise _wrong(self, given, "text")
        if len(given) > self.maximum_length:
            raise _wrong(self, given[:40] + "...", f"text of at most {self.maximum_length} characters")
        if "\0" in given:
            raise _wrong(self, given, "text without NUL characters")
        if not self.multiline and re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", given):
            raise _wrong(self, given, "text on one line, without control characters")
        if self.pattern and not re.fullmatch(self.pattern, given):
            raise _wrong(self, given, f"text of the form {self.pattern}")
        return given

    def schema_of_value(self) -> Json:
        """A JSON string with its form."""
        anchored = {"pattern": f"^(?:{self.pattern})$"} if self.pattern else {}
        return {"type": "string", "maxLength": self.maximum_length, **anchored}


class ChoiceParameter(_Common):
    """One of several words."""

    type: Literal["choice"]
    choices: _Choices
    default: str | None = None

    def read(self, given: object) -> str:
        """The choice exactly as it is written in the template."""
        if not isinstance(given, str) or given not in self.choices:
            raise _wrong(self, given, f"one of {', '.join(self.choices)}")
        return given

    def schema_of_value(self) -> Json:
        """A JSON enumeration."""
        return {"type": "string", "enum": list(self.choices)}


class MultiChoiceParameter(_Common):
    """Any of several words, each once."""

    type: Literal["multi-choice"]
    choices: _Choices
    default: tuple[str, ...] | None = None

    def read(self, given: object) -> tuple[str, ...]:
        """The chosen words in the template's order; text is split at commas."""
        words = _items(given, r"\s*,\s*")
        if words is None or any(word not in self.choices or words.count(word) > 1 for word in words):
            raise _wrong(self, given, f"some of {', '.join(self.choices)}, each once, separated by commas")
        return tuple(choice for choice in self.choices if choice in words)

    def schema_of_value(self) -> Json:
        """A JSON array of the enumeration without repetition."""
        return {"type": "array", "items": {"type": "string", "enum": list(self.choices)}, "uniqueItems": True}


class VectorParameter(_Common):
    """A fixed number of finite numbers, for example a cell edge in x, y and z."""

    type: Literal["vector"]
    length: Whole = Field(default=3, ge=1, le=1000)
    default: tuple[_Finite, ...] | None = None
    minimum: _Finite | None = None
    maximum: _Finite | None = None

    def read(self, given: object) -> tuple[float, ...]:
        """The numbers; text is split at commas or blanks."""
        items = _items(given, r"[,\s]+") or []
        numbers = tuple(number for item in items if (number := _finite(item)) is not None)
        if not len(items) == len(numbers) == self.length:
            raise _wrong(self, given, f"{self.length} numbers separated by commas")
        for number in numbers:
            _within(self, number, self.minimum, self.maximum)
        return numbers

    def schema_of_value(self) -> Json:
        """A JSON array of so many numbers."""
        item = {"type": "number", **_bounds(self.minimum, self.maximum)}
        return {"type": "array", "items": item, "minItems": self.length, "maxItems": self.length}


class FileParameter(_Common):
    """A file that the job needs; its value is the name under which it lies in the work directory.

    The file itself travels as an input with this parameter's name as its role. ``place`` fixes the name in the work
    directory; ``suffixes`` are asked of the name that the file has at the user's.
    """

    type: Literal["file"]
    default: None = None
    suffixes: tuple[str, ...] = ()
    place: RelativePath | None = None
    mutable: YesOrNo = False

    def read(self, given: object) -> str:
        """The file's name in the work directory, from the name that the user knows it by.

        An absolute path is a file that lies on the target already, and stays as it is.
        """
        if not isinstance(given, str) or not given:
            raise _wrong(self, given, "a file")
        suffixes = tuple(suffix.lower() for suffix in self.suffixes)
        if suffixes and given != self.place and not given.lower().endswith(suffixes):
            raise _wrong(self, given, f"a file ending in {' or '.join(self.suffixes)}")
        return given if given.startswith("/") else self.place or given

    def schema_of_value(self) -> Json:
        """A JSON string; windows show a file chooser for it."""
        return {"type": "string", "format": "argosy-file", "minLength": 1}


Parameter = Annotated[
    BooleanParameter
    | IntegerParameter
    | FloatParameter
    | TextParameter
    | ChoiceParameter
    | MultiChoiceParameter
    | VectorParameter
    | FileParameter,
    Field(discriminator="type"),
]
PARAMETER: TypeAdapter[Parameter] = TypeAdapter(Parameter)


def is_visible(parameter: Parameter, values: dict[str, Any]) -> bool:
    """Whether a parameter counts, given the values of the others."""
    condition = parameter.visible_when
    return condition is None or condition.holds(values)


def can_meet(parameter: Parameter, test: Test) -> bool:
    """Whether there is a value of the parameter that meets the test; each value that the test names must be one."""
    if test.given is not None:
        return True
    if test.contains is not None:
        return isinstance(parameter, MultiChoiceParameter) and test.contains in parameter.choices
    if test.named:
        return all(_is_its_own(parameter, value) for value in test.named)
    if not isinstance(parameter, IntegerParameter | FloatParameter):
        return False
    low = [one for one in (parameter.minimum, test.at_least, test.above) if one is not None]
    high = [one for one in (parameter.maximum, test.at_most, test.below) if one is not None]
    ends = [end for end in (max(low, default=None), min(high, default=None)) if end is not None]
    return len(ends) < 2 or ends[0] < ends[1] or (ends[0] == ends[1] and test.met_by(ends[0]))


def _is_its_own(parameter: Parameter, value: object) -> bool:
    try:
        return parameter.read(value) == value
    except BadInput:
        return False


def property_schema(parameter: Parameter) -> Json:
    """JSON Schema of one property, with what a form needs beside it under ``x-argosy``."""
    extra: Json = {"type": parameter.type, "group": parameter.group, "unit": parameter.unit}
    if parameter.visible_when:
        extra["visible_when"] = parameter.visible_when.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    described = {
        "title": parameter.title,
        "description": parameter.help,
        **parameter.schema_of_value(),
        "x-argosy": extra,
    }
    if parameter.default is not None:
        described["default"] = parameter.default
    return described


def _wrong(parameter: _Common, given: object, wanted: str) -> BadInput:
    unit = f" in {parameter.unit}" if parameter.unit else ""
    shown = _shown(given)
    hint = f"{parameter.title.split(' (')[0]} must be {wanted}{unit}."
    return BadInput(f"{parameter.name} = {shown} will not do", hint=hint)


def _shown(given: object) -> str:
    if isinstance(given, int) and given.bit_length() > _LONGEST_SHOWN_BITS:
        return "a number of hundreds of digits"
    shown = repr(given)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}..."


def _number(given: object) -> int | float | None:
    if isinstance(given, bool):
        return None
    if isinstance(given, str):
        return _number_in_text(given.strip())
    if isinstance(given, float):
        return given if math.isfinite(given) else None
    return given if isinstance(given, int) and given.bit_length() <= _LONGEST_SHOWN_BITS else None


def _finite(given: object) -> float | None:
    number = _number(given)
    return None if number is None else float(number)


def _number_in_text(text: str) -> int | float | None:
    if re.fullmatch(r"[+-]?[0-9]{1,300}", text):
        return int(text)
    if re.fullmatch(r"[+-]?([0-9]{1,300}\.?[0-9]{0,300}|\.[0-9]{1,300})([eE][+-]?[0-9]{1,3})?", text):
        number = float(text)
        return number if math.isfinite(number) else None
    return None


def _items(given: object, separator: str) -> list[object] | None:
    if isinstance(given, str):
        return [part for part in re.split(separator, given.strip()) if part]
    return list(cast("list[object]", given)) if isinstance(given, list | tuple) else None


def _within(parameter: _Common, number: float, minimum: float | None, maximum: float | None) -> None:
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        low = "" if minimum is None else f"at least {minimum}"
        high = "" if maximum is None else f"at most {maximum}"
        raise _wrong(parameter, number, " and ".join(part for part in (low, high) if part))


def _bounds(minimum: float | None, maximum: float | None) -> Json:
    return {word: bound for word, bound in (("minimum", minimum), ("maximum", maximum)) if bound is not None}
