"""A sweep: one submission with lists of values, of which each combination becomes a job. Pure."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Annotated, Any, cast

from pydantic import Field, JsonValue

from argosy.core.errors import BadInput
from argosy.core.spec import LONGEST_WORD, WORD_PATTERN, JobId, Word
from argosy.core.submission import Preview, Submission
from argosy.core.template import Template
from argosy.core.values import Value, YesOrNo

MOST = 10_000
"""How many jobs one sweep may have."""
LABEL = "sweep"
_SHOWN = 10
_LONGEST_LABEL = 100
_NUMBER = r"[-+]?(?:[0-9]{1,15}(?:\.[0-9]{1,15})?|\.[0-9]{1,15})"
_RANGE = re.compile(rf"({_NUMBER}):({_NUMBER})(?::({_NUMBER}))?")
_TABLES = {"resources": "resources", "environment": "environment", "env": "environment"}


class Axis(Value):
    """What is varied, and the values that it takes.

    ``key`` is a parameter of the template, or ``resources.NAME`` or ``environment.NAME``.
    """

    key: Word
    values: Annotated[tuple[JsonValue, ...], Field(min_length=1, max_length=MOST)]


class Sweep(Value):
    """What all jobs have in common, and what is varied.

    Every combination of all values is a job; ``zipped``, the first values of all are one, the second ones, and so on.
    """

    submission: Submission
    axes: Annotated[tuple[Axis, ...], Field(min_length=1, max_length=20)]
    zipped: YesOrNo = False


class SweepPreview(Value):
    """What a sweep would become: how many jobs, the values of the first ten, and the first job in full."""

    count: int
    members: tuple[dict[str, str], ...]
    first: Preview


class Swept(Value):
    """The jobs of a sweep, in the order of their values; all of them bear the label."""

    label: str
    jobs: tuple[JobId, ...]


def read_axis(words: str) -> Axis:
    """An axis from ``key=a,b,c``, ``key=1:10:2`` (from, to, step; the end counts if it is met) or ``key=[JSON list]``.

    Raises BadInput that says what is wrong with it.
    """
    key, equals, text = words.partition("=")
    if not equals or not key:
        hint = "Such as: --sweep temperature=300,310,320 or --sweep seed=1:10"
        raise BadInput(f"--sweep {words[:60]!r} is not of the form KEY=VALUES", hint=hint)
    if not re.fullmatch(WORD_PATTERN, key) or len(key) > LONGEST_WORD:
        hint = "It is a parameter of the template, or resources.NAME, or environment.NAME."
        raise BadInput(f"--sweep {key[:60]!r} is nothing that could be varied", hint=hint)
    values = tuple(_json_list(key, text) if text.startswith("[") else _values(key, text))
    if len(values) > MOST:
        raise _too_many(len(values))
    return Axis(key=key, values=values)


def count(sweep: Sweep) -> int:
    """How many jobs it has. Raises BadInput for keys given twice, uneven lists that are zipped, and too many jobs."""
    keys = [axis.key for axis in sweep.axes]
    if (twice := next((key for key in keys if keys.count(key) > 1), None)) is not None:
        raise BadInput(f"{twice} is varied twice", hint="Give all its values in one list.")
    lengths = {axis.key: len(axis.values) for axis in sweep.axes}
    if sweep.zipped and len(set(lengths.values())) > 1:
        said = ", ".join(f"{key} has {length}" for key, length in lengths.items())
        hint = "Give as many values for each, or leave --zip out for all combinations."
        raise BadInput(f"the lists are to be taken together, but {said} values", hint=hint)
    number = min(lengths.values()) if sweep.zipped else math.prod(lengths.values())
    if number > MOST:
        raise _too_many(number)
    return number


def members(sweep: Sweep, label: str) -> list[Submission]:
    """One submission for each job, numbered in its name, with the label of the sweep and one for each varied value.

    The last axis varies fastest. Raises BadInput like ``count``, ValidationError for what no submission can hold.
    """
    number, common = count(sweep), sweep.submission
    program = common.argv[0].rpartition("/")[2] if common.argv else ""
    base = common.name or _name_of(common.template) or program or LABEL
    width = len(str(number))
    return [
        _member(common, chosen, name=f"{base[: 199 - width]}-{place:0{width}}", label=label)
        for place, chosen in enumerate(_combinations(sweep), 1)
    ]


def _name_of(template: str | Template | None) -> str:
    return template.name if isinstance(template, Template) else template or ""


def shown(sweep: Sweep) -> tuple[dict[str, str], ...]:
    """The values of the first ten jobs, as words."""
    first = (chosen for _, chosen in zip(range(_SHOWN), _combinations(sweep), strict=False))
    return tuple({key: _words(value) for key, value in chosen.items()} for chosen in first)


def _combinations(sweep: Sweep) -> Iterator[dict[str, JsonValue]]:
    keys, lists = [axis.key for axis in sweep.axes], [axis.values for axis in sweep.axes]
    chosen = zip(*lists, strict=True) if sweep.zipped else product(*lists)
    return (dict(zip(keys, values, strict=True)) for values in chosen)


def _member(common: Submission, chosen: Mapping[str, JsonValue], *, name: str, label: str) -> Submission:
    tables: dict[str, dict[str, Any]] = {}
    for key, value in chosen.items():
        table, _, rest = key.partition(".")
        field, inner = (_TABLES[table], rest) if rest and table in _TABLES else ("values", key)
        tables.setdefault(field, {})[inner] = _words(value) if field == "environment" else value
    labels = {key: _line(_words(value)) for key, value in chosen.items()}
    given: dict[str, Any] = {field: getattr(common, field) for field in Submission.model_fields}
    changed = {field: {**given[field], **table} for field, table in tables.items()}
    facts = {**given, **changed, "name": name, "labels": {**labels, **common.labels, LABEL: label}}
    return Submission.model_validate(facts)


def _values(key: str, text: str) -> Iterator[str]:
    for part in text.split(","):
        if not part:
            hint = f'Write each value between commas; a text with commas: --sweep \'{key}=["a,b", "c"]\'.'
            raise BadInput(f"--sweep {key}: a value is empty in {text[:60]!r}", hint=hint)
        match = _RANGE.fullmatch(part)
        if match is None:
            yield part
        else:
            yield from _range(key, part, [Decimal(one) for one in match.groups(default="1")])


def _range(key: str, text: str, bounds: list[Decimal]) -> Iterator[str]:
    first, last, step = bounds
    if step == 0:
        raise BadInput(f"--sweep {key}: the step of {text} is 0", hint="Write FROM:TO:STEP, such as 1:10:2.")
    steps = (last - first) / step
    if steps < 0:
        hint = f"A range downwards has a step below 0: {first}:{last}:{-step}"
        raise BadInput(f"--sweep {key}: steps of {step} never lead from {first} to {last}", hint=hint)
    if steps >= MOST:
        raise _too_many(int(steps) + 1)
    for place in range(int(steps) + 1):
        yield f"{first + place * step:f}"


def _json_list(key: str, text: str) -> Iterable[JsonValue]:
    try:
        values: Any = json.loads(text)
    except (ValueError, RecursionError):
        hint = f'Such as: --sweep \'{key}=["a,b", "c"]\''
        raise BadInput(f"--sweep {key}: {text[:60]!r} begins like a JSON list but is none", hint=hint) from None
    if not values:
        raise BadInput(f"--sweep {key}: the list has no values", hint=f"Such as: --sweep {key}=1,2,3")
    return cast("list[JsonValue]", values)


def _words(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _line(text: str) -> str:
    """What a label can hold of a text."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:_LONGEST_LABEL])


def _too_many(number: int) -> BadInput:
    return BadInput(f"a sweep of {number:,} jobs is more than the {MOST:,} that one may have", hint="Divide it.")
