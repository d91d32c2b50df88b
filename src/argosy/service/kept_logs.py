"""The ends of stdout and stderr, kept at home when a job closes, so that they are there when its target is not.

They are kept for every target alike. What a look at the end of a job has read anyway is written into one small file,
which takes a fraction of a millisecond; only for streams that are longer is there one more look, together for all jobs
that close together.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from argosy.contracts import Glance, Glanced, Transport
from argosy.core import layout
from argosy.core.errors import TargetError
from argosy.core.home import Home
from argosy.core.job import Attempt
from argosy.core.kept_log import HEAD_BYTES, KeptLog, ends_of, read_kept_log, written

_log = logging.getLogger("argosy.logs")


@dataclass(frozen=True)
class Seen:
    """An attempt, its directory, and what was seen there."""

    attempt: Attempt
    directory: str
    glanced: Glanced


async def keep(home: Home, transport: Transport, seen: Sequence[Seen], now: datetime) -> None:
    """Keep the streams of these attempts, in place of what was kept of them before. What has none is left out.

    Trouble with the target or the disk leaves less kept, or nothing; it is in the server's log, and delays nobody.
    """
    some = [one for one in seen if one.glanced.tails]
    heads = await _heads(transport, [one for one in some if any(tail.start for tail in one.glanced.tails.values())])
    logs = [(one.attempt, _log_of(one.glanced, heads.get(one.attempt.token, Glanced()), now)) for one in some]
    if logs:
        await asyncio.to_thread(_write, home, logs)


async def kept(home: Home, attempt: Attempt) -> KeptLog | None:
    """What is kept of an attempt."""
    return await asyncio.to_thread(_read, home.kept_log(attempt.job, attempt.number))


async def _heads(transport: Transport, some: Sequence[Seen]) -> dict[str, Glanced]:
    streams = (layout.STDOUT, layout.STDERR)
    glances = [Glance(directory=one.directory, tails=streams, tail_bytes=HEAD_BYTES, from_start=True) for one in some]
    try:
        answers = await transport.glance(glances) if glances else ()
    except TargetError as trouble:
        _log.warning("the beginnings of long outputs are not kept: %s", trouble.message)
        return {}
    return {one.attempt.token: answer for one, answer in zip(some, answers, strict=True)}


def _log_of(tails: Glanced, heads: Glanced, now: datetime) -> KeptLog:
    ends = {name: ends_of(tails.tails.get(name), heads.tails.get(name)) for name in (layout.STDOUT, layout.STDERR)}
    return KeptLog(read=now, stdout=ends[layout.STDOUT], stderr=ends[layout.STDERR])


def _write(home: Home, logs: Sequence[tuple[Attempt, KeptLog]]) -> None:
    for attempt, log in logs:
        path = home.kept_log(attempt.job, attempt.number)
        try:
            _put(path, written(log))
        except OSError as trouble:
            _log.warning("job %s: its output is not kept here: %s", attempt.job, trouble)


def _put(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _read(path: Path) -> KeptLog | None:
    try:
        return read_kept_log(path.read_bytes())
    except OSError:
        return None
