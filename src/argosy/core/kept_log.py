"""What a job wrote to stdout and stderr, as it is kept at home when the job closes. Pure.

Streams that are small are kept whole, of others the beginning and the end, with a line between that says what is
missing. One document holds both: a line of JSON, then their bytes.
"""

import json
from datetime import datetime

from pydantic import ValidationError

from argosy.core.parcel import Piece
from argosy.core.values import Moment, Value

HEAD_BYTES = 16_384
"""How much of the beginning of a stream is kept, where its end is not all of it."""


class KeptLog(Value):
    """Both streams of an attempt, and when they were read."""

    read: Moment
    stdout: bytes = b""
    stderr: bytes = b""


def ends_of(tail: Piece | None, head: Piece | None = None) -> bytes:
    """A stream from its end, and from its beginning where the end is not all; nothing for one that is not there."""
    if tail is None:
        return b""
    first = head.data[: tail.start] if head else b""
    left_out = tail.start - len(first)
    note = f"\n[argosy: {left_out:,} bytes are left out here]\n" if left_out else ""
    return first + note.encode() + tail.data


def written(log: KeptLog) -> bytes:
    """The document."""
    head = {"version": 1, "read": log.read.isoformat(), "stdout": len(log.stdout), "stderr": len(log.stderr)}
    return json.dumps(head).encode() + b"\n" + log.stdout + log.stderr


def read_kept_log(document: bytes) -> KeptLog | None:
    """The log again; None for what is no such document, or is not whole."""
    line, end, streams = document.partition(b"\n")
    try:
        head = json.loads(line)
        read, first, second = datetime.fromisoformat(head["read"]), int(head["stdout"]), int(head["stderr"])
        if not end or len(streams) != first + second or min(first, second) < 0:
            return None
        return KeptLog(read=read, stdout=streams[:first], stderr=streams[first:])
    except (ValueError, TypeError, KeyError, RecursionError, ValidationError):
        return None
