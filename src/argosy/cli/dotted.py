"""Fields of nested records as people set them: ``limits.running=8``."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from argosy.cli.wanting import pairs


def with_settings(record: Mapping[str, Any], words: Iterable[str] | None) -> dict[str, Any]:
    """The record with fields set. A value is read as JSON where it is JSON, else it is text; an empty one clears.

    Raises BadInput for a word that is not KEY=VALUE.
    """
    changed = cast("dict[str, Any]", json.loads(json.dumps(record)))
    for path, text in pairs("--set", words).items():
        place = changed
        *above, last = path.split(".")
        for part in above:
            below: Any = place.get(part)
            place[part] = cast("dict[str, Any]", below) if isinstance(below, dict) else {}
            place = place[part]
        place[last] = _value(text)
    return changed


def with_fields(record: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The record with values at dotted paths; None changes nothing."""
    words = [f"{path}={json.dumps(value)}" for path, value in fields.items() if value is not None]
    return with_settings(record, words)


def as_settings(record: Mapping[str, Any], but: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What ``with_settings`` would have to set, as dotted paths with values, to make the record of ``but``."""
    for key, value in record.items():
        before = but.get(key)
        if isinstance(value, dict):
            inner = cast("dict[str, Any]", before) if isinstance(before, dict) else {}
            for path, one in as_settings(cast("dict[str, Any]", value), inner):
                yield f"{key}.{path}", one
        elif value != before and value is not None:
            yield key, value


def _value(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
