"""Jinja2 for texts that strangers write: they may format values, and nothing that they say takes long or much memory.

Jinja2's own sandbox keeps a template from Python. This one bounds it as well: no text, list or number grows beyond what
a job needs, and all loops and calls of one rendering have a budget together.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from types import ModuleType
from typing import Any, cast

from jinja2 import StrictUndefined, Template, nodes, pass_context
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.filters import FILTERS
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

MAX_CHARS = 16 * 1024 * 1024
"""The largest text that a template may make."""
MAX_TURNS = 500_000
"""How many turns all loops of one rendering may take together; a call counts as ten."""

_MAX_ITEMS = 100_000
_MAX_BITS = 4_096
_MAX_INDENT = 100
_MAX_PLACES = 300
_MAX_SPLIT_CHARS = 1_000_000
_TURNS_PER_CALL = 10
_JINJA: Mapping[str, Callable[..., Any]] = cast("Any", FILTERS)
_BUDGET = " turns left"  # no template can say this name
_FILTERS = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "int", "items", "last",
    "length", "lower", "map", "max", "min", "reject", "rejectattr", "reverse", "select",
    "selectattr", "sort", "title", "trim", "unique", "upper", "wordcount",
)  # fmt: skip
_METHODS: Mapping[type[object], frozenset[str]] = {
    str: frozenset(
        {"capitalize", "count", "endswith", "find", "format", "isalnum", "isalpha", "isdigit", "join", "lower"}
        | {"lstrip", "removeprefix", "removesuffix", "replace", "rsplit", "rstrip", "split", "splitlines"}
        | {"startswith", "strip", "title", "upper"},
    ),
    dict: frozenset({"get", "items", "keys", "values"}),
    list: frozenset({"count", "index"}),
    tuple: frozenset({"count", "index"}),
    float: frozenset({"is_integer"}),
}


# --- The environment -------------------------------------------------------------------------------------------------


class Budget:
    """What is left of the turns of one rendering."""

    def __init__(self) -> None:
        self.turns = MAX_TURNS

    def take(self, turns: int = 1) -> None:
        """Use up turns; raises SecurityError when there are not so many left."""
        self.turns -= turns
        if self.turns < 0:
            raise SecurityError(f"its loops and calls take more than {MAX_TURNS} turns")


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox with bounds. ``render`` is the one way to use it."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def call(self, context: Context, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what a template may call, within the budget."""
        context[_BUDGET].take(_TURNS_PER_CALL)
        _check_method(called, args)
        return super().call(context, called, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Calculate, unless the result would be too large."""
        _BOUNDS[operator](left, right)
        return super().call_binop(context, operator, left, right)

    @staticmethod
    def concat(parts: Iterable[str]) -> str:
        """The texts of a block, a macro or the whole, one after the other."""
        return _joined(parts)


def render(text: str, values: Mapping[str, Any], budget: Budget) -> str:
    """The text with its values; raises what Jinja2 and Python raise, and SecurityError when it leaves its bounds."""
    return _compiled(text).render({**values, "values": dict(values), _BUDGET: budget})


@lru_cache(maxsize=512)
def _compiled(text: str) -> Template:
    """Compiled once: a sweep renders the same texts a thousand times."""
    sandbox = _sandbox()
    return sandbox.from_string(_Counted().visit(sandbox.parse(text)))


@lru_cache(maxsize=1)
def _sandbox() -> BoundedEnvironment:
    sandbox = BoundedEnvironment(
        undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False, finalize=_shown
    )
    sandbox.globals = cast("Any", dict(_GLOBALS))
    sandbox.filters = cast("Any", {name: _JINJA[name] for name in _FILTERS} | dict(_OWN_FILTERS))
    return sandbox


class _Counted(NodeTransformer):
    """Puts loops on the budget, and gives ``~`` its bound, which Jinja2 has no door for."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 -- the name that Jinja2 calls
        if node.recursive:
            raise SecurityError(f"line {node.lineno}: a recursive loop is not available in templates")
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "_turns", [], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 -- the name that Jinja2 calls
        self.generic_visit(node)
        parts = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(parts, "_concat", [], [], None, None, lineno=node.lineno)


# --- How large -------------------------------------------------------------------------------------------------------


def _refuse_above(limit: int, size: int, what: str = "characters") -> None:
    if size > limit:
        raise SecurityError(f"it would make something of more than {limit} {what}")


def _shown(value: Any) -> Any:
    """What ``{{ ... }}`` puts out: nobody wants the word None in an input file."""
    if value is None:
        raise UndefinedError("this value was not given; ask 'if NAME is not none', or write 'NAME or VALUE'")
    return _measured(value)


def _measured(value: Any) -> Any:
    """The value, if it can be written out within the bounds."""
    _size(value)
    return value


def _size(value: Any) -> int:
    """About how many characters a value has when it is written out."""
    total = looked_at = 0
    waiting = [value]
    while waiting:
        one = waiting.pop()
        looked_at += 1
        if isinstance(one, dict):
            waiting += [*cast("dict[Any, Any]", one), *cast("dict[Any, Any]", one).values()]
        elif isinstance(one, list | tuple):
            waiting += cast("list[Any]", one)
        else:
            total += len(one) if isinstance(one, str) else 1
        _refuse_above(MAX_CHARS, total)
        _refuse_above(_MAX_ITEMS, max(looked_at, len(waiting)), "items")
    return total


def _refuse_long_sum(left: Any, right: Any) -> None:
    if isinstance(left, str | list | tuple) and isinstance(right, str | list | tuple):
        limit = MAX_CHARS if isinstance(left, str) else _MAX_ITEMS
        _refuse_above(limit, len(cast("str", left)) + len(cast("str", right)))


def _refuse_large_product(left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int):
        _refuse_above(_MAX_BITS, left.bit_length() + right.bit_length(), "bits")
    for many, times in ((left, right), (right, left)):
        if isinstance(many, str | list | tuple) and isinstance(times, int):
            limit = MAX_CHARS if isinstance(many, str) else _MAX_ITEMS
            _refuse_above(limit, len(cast("str", many)) * times)


def _refuse_large_power(left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int):
        _refuse_above(_MAX_BITS, left.bit_length() * right, "bits")


def _refuse_wide_percent(left: Any, right: Any) -> None:
    if isinstance(left, str):
        _refuse_wide(left, re.findall(r"%[^A-Za-z%]*", left), (right,))


def _refuse_wide_braces(text: str, arguments: tuple[Any, ...]) -> None:
    _refuse_wide(text, re.findall(r"\{[^}]*", text.replace("{{", "")), arguments)


def _refuse_wide(text: str, fields: list[str], arguments: tuple[Any, ...]) -> None:
    if any(re.search(r"[0-9]{4}|\*|.\{", field) for field in fields):
        raise SecurityError("a number of at most three digits must say how wide a field of a format is")
    _refuse_above(MAX_CHARS, len(text) + len(fields) * (1_000 + _size(arguments)))


_BOUNDS: Mapping[str, Callable[[Any, Any], None]] = {
    "+": _refuse_long_sum,
    "*": _refuse_large_product,
    "**": _refuse_large_power,
    "%": _refuse_wide_percent,
}


# --- What may be called ----------------------------------------------------------------------------------------------


def _check_method(called: Any, arguments: tuple[Any, ...]) -> None:
    method: object = getattr(called, "__wrapped__", called)  # Jinja2 wraps str.format
    owner: object = getattr(method, "__self__", None)
    name: str = getattr(method, "__name__", "")
    if owner is None or isinstance(owner, LoopContext | ModuleType):
        return
    if name not in _METHODS.get(type(owner), ()):
        raise SecurityError(f"the method {name}() of a {type(owner).__name__} is not available in templates")
    if isinstance(owner, str):
        _check_text_method(owner, name, arguments)


def _check_text_method(text: str, name: str, arguments: tuple[Any, ...]) -> None:
    if name == "format":
        _refuse_wide_braces(text, arguments)
    elif name == "join":
        _joined(*arguments, separator=text)
    elif name == "replace":
        _replaced(text, *arguments)
    elif "split" in name:
        _refuse_above(_MAX_SPLIT_CHARS, len(text))


def _joined(parts: Iterable[Any], separator: str = "") -> str:
    """Texts, one after the other; their length is known before they are put together."""
    taken: list[str] = []
    length = 0
    for part in parts:
        taken.append(part if isinstance(part, str) else str(_shown(part)))
        length += len(taken[-1]) + len(separator)
        _refuse_above(MAX_CHARS, length)
    return separator.join(taken)


def _replaced(text: Any, old: Any, new: Any, count: int | None = None) -> str:
    whole, old, new = str(_measured(text)), str(old), str(new)
    _refuse_above(MAX_CHARS, len(whole) + (whole.count(old) * len(new)))
    return whole.replace(old, new, -1 if count is None else count)


# --- Globals and filters ---------------------------------------------------------------------------------------------


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    _refuse_above(_MAX_ITEMS, len(numbers), "numbers")
    return numbers


@pass_context
def _turns(context: Context, items: Iterable[Any]) -> Iterator[Any]:
    budget: Budget = context[_BUDGET]
    for item in items:
        budget.take()
        yield item


def _text(value: Any) -> str:
    return str(_measured(value))


def _list(items: Iterable[Any]) -> list[Any]:
    taken = list(islice(items, _MAX_ITEMS + 1))
    _refuse_above(_MAX_ITEMS, len(taken), "items")
    return taken


def _round(number: float, places: int = 0) -> float:
    _refuse_above(_MAX_PLACES, abs(places), "decimal places")
    return round(number, places)


def _round_filter(number: float, precision: int = 0, method: str = "common") -> float:
    _refuse_above(_MAX_PLACES, abs(precision), "decimal places")
    return _JINJA["round"](number, precision, method)


def _format(text: str, *arguments: Any, **named: Any) -> str:
    _refuse_wide_percent(text, (*arguments, *named.values()))
    return _JINJA["format"](text, *arguments, **named)


def _indent(text: str, width: int | str = 4, *first_blank: bool, **named: bool) -> str:
    margin = len(width) if isinstance(width, str) else width
    _refuse_above(_MAX_INDENT, margin)
    _refuse_above(MAX_CHARS, len(text) + margin * (text.count("\n") + 1))
    return _JINJA["indent"](text, width, *first_blank, **named)


def _to_json(value: Any, indent: int | None = None) -> str:
    _refuse_above(_MAX_INDENT, indent or 0)
    return json.dumps(_measured(value), indent=indent, ensure_ascii=False, allow_nan=False)


def _sum(numbers: Iterable[float]) -> float:
    return sum(number + 0 for number in numbers)  # texts and lists are refused here


_GLOBALS: Mapping[str, Any] = {
    "range": _range,
    "zip": zip,
    "enumerate": enumerate,
    "min": min,
    "max": max,
    "round": _round,
}
_OWN_FILTERS: Mapping[str, Any] = {
    "_turns": _turns,
    "_concat": _joined,
    "format": _format,
    "indent": _indent,
    "join": _joined,
    "list": _list,
    "replace": _replaced,
    "round": _round_filter,
    "string": _text,
    "sum": _sum,
    "tojson": _to_json,
}
