"""Fields of nested records as people set them: ``limits.running=8``."""

import json
from collections.abc import Iterable, Mapping
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


def _value(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
