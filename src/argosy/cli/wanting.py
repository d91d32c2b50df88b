"""What the options of ``run`` and ``submit`` mean, as fields of a submission."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from argosy.client.finding import identity
from argosy.client.road import Road
from argosy.core.errors import BadInput
from argosy.core.job import FATES, OUTCOMES, OutcomeName
from argosy.core.quantities import parse_duration_s

_LONGEST_NAME = 200
_HOW_TIMES_ARE_WRITTEN = "Write it like 30m, 12h, 2d, 2026-03-01 or '2026-03-01 14:30'."
Text = TypeVar("Text", str, str | None)


def pairs(option: str, given: Iterable[str] | None) -> dict[str, str]:
    """``key=value`` words as a table; raises BadInput for a word without ``=`` and for a key given twice."""
    table: dict[str, str] = {}
    for word in given or ():
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise BadInput(
                f"{option} {word!r} is not of the form KEY=VALUE", hint=f"Such as: {option} {word or 'key'}=1"
            )
        if key in table:
            raise BadInput(f"{option} {key}=... is given twice")
        table[key] = value
    return table


def job_name(given: str | None) -> str | None:
    """The name, if it will do; raises BadInput for one that would break lists and terminals."""
    if given is not None and (not given.isprintable() or not given or len(given) > _LONGEST_NAME):
        words = f"{given[:60]!r} cannot be the name of a job"
        raise BadInput(words, hint=f"A name is one line of 1 to {_LONGEST_NAME} characters without control characters.")
    return given


def resources(**asked: int | str | None) -> dict[str, int | str]:
    """Those that were asked for."""
    return {word: amount for word, amount in asked.items() if amount is not None}


def tables(
    *,
    env: Iterable[str] | None = None,
    label: Iterable[str] | None = None,
    slurm: Iterable[str] | None = None,
    retry: Iterable[str] | None = None,
    **others: Any,
) -> dict[str, Any]:
    """The tables of a submission that are given word by word, beside other fields, which stay as they are."""
    return {
        "environment": pairs("--env", env),
        "labels": pairs("--label", label),
        "retry": pairs("--retry", retry),
        "slurm": {
            word: _plain(value) if word in _NOT_TEXT else value for word, value in pairs("--slurm", slurm).items()
        },
        **others,
    }


_NOT_TEXT = frozenset({"exclusive", "extra"})
"""What Slurm is told by true or false, and by a list; all else is text, even where it is a number."""


def _plain(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return [text] if text.startswith("-") else text


def said(**fields: Any) -> dict[str, Any]:
    """The fields that somebody has set; the others keep the defaults of a submission."""
    # False by itself: 0 equals it, and somebody may have said 0.
    return {
        name: value
        for name, value in fields.items()
        if value is not None and value is not False and value not in ({}, (), [])
    }


def merged(first: Mapping[str, Any], then: Mapping[str, Any]) -> dict[str, Any]:
    """What the command line says beside, and over, what a job file says; tables are merged key by key."""
    result = dict(first)
    for key, value in then.items():
        below = result.get(key)
        result[key] = {**below, **value} if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def meant(road: Road, words: Iterable[str] | None) -> tuple[str, ...]:
    """The full ids of the jobs that are meant."""
    return tuple(identity(road, word) for word in words or ())


def known_fates(given: Iterable[str]) -> tuple[str, ...]:
    """The states and outcomes; raises BadInput for a word that is none."""
    wanted = tuple(given)
    for one in wanted:
        if one not in FATES:
            raise BadInput(f"{one!r} is no fate of a job", hint=f"The fates are: {', '.join(FATES)}.")
    return wanted


def ends(given: Iterable[str]) -> tuple[OutcomeName, ...]:
    """The outcomes; raises BadInput for a word that is none."""
    wanted = tuple(given)
    for one in wanted:
        if one not in OUTCOMES:
            raise BadInput(f"{one!r} is no outcome of a job", hint=f"The outcomes are: {', '.join(OUTCOMES)}.")
    return tuple(one for one in OUTCOMES if one in wanted)


def conditions(
    *,
    fate: Iterable[str] | None,
    target: str | None,
    engine: str | None,
    label: Iterable[str] | None,
    since: str | None,
    before: str | None,
) -> dict[str, Any]:
    """The conditions of a list that somebody has given.

    Raises BadInput for an unknown fate, for what is no time, and for empty words, which mean nothing or everything.
    """
    now = datetime.now(UTC)
    return said(
        fate=known_fates(fate or ()),
        target=filled("--target", target),
        engine=filled("--engine", engine),
        label=tuple(filled("--label", one) for one in label or ()),
        since=None if since is None else moment(since, now),
        before=None if before is None else moment(before, now),
    )


def filled(option: str, text: Text) -> Text:
    """The same; raises BadInput when it is there and empty, as where a script's variable was not set."""
    if text is not None and not text.strip():
        raise BadInput(f"{option} is empty", hint="Leave it out, or write something behind it.")
    return text


def moment(text: str, now: datetime) -> datetime:
    """``2d`` (ago), ``2026-03-01`` or ``2026-03-01 14:30`` as a time; without a zone it is meant here."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return now - _long(text)
    try:
        return (read if read.tzinfo else read.astimezone()).astimezone(UTC)
    except (ValueError, OverflowError):  # in the first or last hours of the calendar
        raise BadInput(f"{text!r} is beyond the calendar", hint=_HOW_TIMES_ARE_WRITTEN) from None


def beginning(text: str | None, now: datetime | None = None) -> datetime | None:
    """``6h`` (from now), ``2026-12-01`` or ``2026-12-01T08:00`` as a time to come; without a zone it is meant here."""
    if text is None:
        return None
    now = now or datetime.now(UTC)
    found = moment(text, now)
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return now + (now - found)
    return found


def turn(
    road: Road, after: Iterable[str] | None, *, retries: int | None, priority: int | None, begin: str | None
) -> dict[str, Any]:
    """What says when the turn of a job comes."""
    found = {"after": meant(road, after), "begin": beginning(begin)}
    return {**found, "retries": retries, "priority": priority}


def _long(text: str) -> Any:
    from datetime import timedelta

    try:
        return timedelta(seconds=parse_duration_s(text))
    except BadInput:
        raise BadInput(f"{text!r} is neither a time nor a span of time", hint=_HOW_TIMES_ARE_WRITTEN) from None
