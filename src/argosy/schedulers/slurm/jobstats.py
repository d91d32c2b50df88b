"""What a site's own gathering of figures says, where it writes them into the books: a packed table in the comment."""

import binascii
import json
import zlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any, cast

_MARK = "JS1:"
_LARGEST = 1 << 20
_GZIP = 31


def gpu_share(comment: str) -> float | None:
    """How busy the GPUs of a job were, between 0 and 1, on average over all of them; None where it does not say."""
    shares = list(_shares(_table(comment)))
    return sum(shares) / len(shares) if shares else None


def _table(comment: str) -> Mapping[str, Any]:
    if not comment.startswith(_MARK):
        return {}
    try:
        text = zlib.decompressobj(_GZIP).decompress(b64decode(comment[len(_MARK) :]), _LARGEST)
        return _mapping(json.loads(text))
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return {}


def _shares(table: Mapping[str, Any]) -> Iterator[float]:
    for node in _mapping(table.get("nodes")).values():
        for percent in _mapping(_mapping(node).get("gpu_utilization")).values():
            if isinstance(percent, int | float) and 0 <= percent <= 100:
                yield percent / 100


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
