"""Tables as TOML, for files that people read and change. Reading is ``tomllib``'s. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DELETE = "\x7f"


def toml(table: Mapping[str, Any]) -> str:
    """The table as a TOML document that ``tomllib`` reads back as the same table.

    Values are texts, numbers, true and false, lists of those, tables, and lists of tables. TOML has nothing for None:
    keys with None are left out. Single values come first, tables behind them, so that each stands where it belongs.
    """
    return "".join(f"{line}\n" for line in _lines(table, ())).lstrip("\n")


def _lines(table: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[str]:
    held = {key: value for key, value in table.items() if value is not None}
    for key, value in held.items():
        if not _is_below(value):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in held.items():
        if _is_below(value):
            yield from _below((*above, key), value)


def _below(path: tuple[str, ...], value: Any) -> Iterator[str]:
    name = ".".join(map(_key, path))
    alone = isinstance(value, Mapping)
    tables = cast("Sequence[Mapping[str, Any]]", (value,) if alone else value)
    for table in tables:
        yield ""
        yield f"[{name}]" if alone else f"[[{name}]]"
        yield from _lines(table, path)


def _is_below(value: Any) -> bool:
    """Whether it gets a header of its own: a table, or a list of nothing but tables."""
    if isinstance(value, Mapping):
        return True
    return (
        isinstance(value, list | tuple)
        and len(_items(value)) > 0
        and all(isinstance(one, Mapping) for one in _items(value))
    )


def _items(value: Any) -> Sequence[Any]:
    return cast("Sequence[Any]", value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case float():
            return repr(value)
        case int():
            return str(value)
        case list() | tuple():
            return _list([_value(one) for one in _items(value)])
        case _:
            raise TypeError(f"{type(value).__name__} has no place in a TOML file")


def _list(items: Sequence[str]) -> str:
    """On one line; a long one with a line for each item."""
    short = f"[{', '.join(items)}]"
    return short if len(short) <= 100 else "[\n" + "".join(f"    {item},\n" for item in items) + "]"


def _text(text: str) -> str:
    """A basic string; JSON's escapes are TOML's too, but for one character."""
    return json.dumps(text, ensure_ascii=False).replace(_DELETE, "\\u007f")
