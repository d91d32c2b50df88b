"""The failure catalogue: signatures in logs, what they mean, and what to do. Rules are data; reading them is pure."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, JsonValue, model_validator

from argosy.core.job import RetryClass
from argosy.core.outputs import Excerpt, Outputs
from argosy.core.values import Value

_CONTEXT_LINES = 2
_END_CHARS = 65_536  # of each file: a table of many megabytes would hold everything up
_MAX_EXCERPT = 2_000
_LINE_CHARS = 500
_COMPLAINS = re.compile(
    r"\b(error|fatal|fail(ed|ure|s)?|exception|abort(ed|ing)?|cannot|could ?n[o']t|unable|denied|not found|invalid|"
    r"illegal|missing|killed|segfault|panic|refused|timed? ?out|nan)\b",
    re.IGNORECASE,
)

Counted = Literal["nodes", "tasks", "cpus", "gpus"]


class Fix(Value):
    """What is changed in a request so that a further try has a chance.

    ``factors`` multiply what was asked for: ``memory_mib``, ``walltime_s``, or a number among the template's values.
    ``at_least`` are resources of which so many are needed. ``values`` and ``environment`` are set as they stand. With
    ``go_on`` the job goes on from what it left, if it can.
    """

    go_on: bool = False
    factors: dict[str, Annotated[float, Field(gt=0, le=100)]] = Field(default_factory=dict)
    at_least: dict[Counted, Annotated[int, Field(ge=1)]] = Field(default_factory=dict[Counted, int])
    values: dict[str, JsonValue] = Field(default_factory=dict)
    environment: dict[str, str] = Field(default_factory=dict)


class FailureRule(Value):
    """One row of the catalogue. ``fix`` is the change that helps, where one is known.

    ``pattern`` is a regular expression that is searched in the ends of the logs, ``^`` and ``$`` standing for the ends
    of a line. With ``codes`` the rule fits only these exit codes (128 + N for signal N), and without a pattern any log.
    """

    signature: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    pattern: str
    explanation: Annotated[str, Field(min_length=1)]
    advice: Annotated[str, Field(min_length=1)]
    retry: RetryClass = RetryClass.AFTER_CHANGE
    codes: tuple[int, ...] = ()
    fix: Fix | None = None

    @model_validator(mode="after")
    def _can_fit(self) -> Self:
        if not self.pattern and not self.codes:
            msg = f"rule {self.signature} would fit everything: it needs a pattern or codes"
            raise ValueError(msg)
        try:
            re.compile(self.pattern)
        except re.error as fault:
            raise ValueError(f"the pattern of rule {self.signature} is no regular expression: {fault}") from None
        return self

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern, line by line."""
        return re.compile(self.pattern, re.MULTILINE)


class Diagnosis(Value):
    """A rule that fits, and the lines that it fits on."""

    signature: str
    explanation: str
    advice: str
    excerpt: str
    retry: RetryClass


def read_rules(toml: str) -> tuple[FailureRule, ...]:
    """The rules of a ``failures.toml``, in its order; raises ValueError when it is no TOML or a row will not do."""
    return tuple(FailureRule.model_validate(row) for row in tomllib.loads(toml).get("failure", []))


def diagnose(rules: Iterable[FailureRule], outputs: Outputs, code: int | None) -> Diagnosis | None:
    """The first rule that fits: rules in their order (specific before general), stderr before stdout before files.

    ``code`` is the exit code as a shell shows it (128 + N for signal N), None when there is no report.
    """
    texts = _texts(outputs)
    for rule in rules:
        if rule.codes and code not in rule.codes:
            continue
        found = _find(rule, texts) if rule.pattern else ""
        if found is not None:
            return Diagnosis(
                signature=rule.signature,
                explanation=rule.explanation,
                advice=rule.advice,
                excerpt=found,
                retry=rule.retry,
            )
    return None


class Clue(Value):
    """Lines of a file that tell. ``line`` is the number of the one that fits, from 1; None when the file was cut."""

    where: str
    line: int | None = None
    text: str


def clue(rule: FailureRule, outputs: Outputs) -> Clue | None:
    """Where a rule fits, with a few lines around; None for a rule that goes by the exit code alone."""
    for where, excerpt in _named(outputs):
        text = excerpt.text[-_END_CHARS:]
        match = rule.regex.search(text) if rule.pattern else None
        if match:
            return _clue(where, excerpt, len(excerpt.text) - len(text) + match.start())
    return None


def telling(outputs: Outputs, most: int = 8) -> tuple[Clue, ...]:
    """The lines that say most of a failure that no rule knows: those that complain, else the last ones."""
    found = [_Said(where, excerpt, start, line) for where, excerpt in _named(outputs) for start, line in _ends(excerpt)]
    complaints = [one for one in found if _COMPLAINS.search(one.line)]
    chosen = complaints[:most] or [one for one in found if one.line.strip()][-most // 2 :]
    return tuple(_clue(one.where, one.excerpt, one.start, around=0) for one in chosen)


class _Said(NamedTuple):
    where: str
    excerpt: Excerpt
    start: int
    line: str


def _named(outputs: Outputs) -> list[tuple[str, Excerpt]]:
    """What was read, in the order in which it is believed."""
    return [("stderr", outputs.stderr), ("stdout", outputs.stdout), *outputs.texts.items()]


def _ends(excerpt: Excerpt) -> list[tuple[int, str]]:
    """The last lines of a text, each with the place where it begins."""
    first = max(len(excerpt.text) - _END_CHARS, 0)
    lines: list[tuple[int, str]] = []
    for line in excerpt.text[first:].split("\n"):
        lines.append((first, line[:_LINE_CHARS]))
        first += len(line) + 1
    return lines


def _clue(where: str, excerpt: Excerpt, position: int, around: int = _CONTEXT_LINES) -> Clue:
    number = excerpt.text.count("\n", 0, position) + 1 if excerpt.complete else None
    return Clue(where=where, line=number, text=_lines_around(excerpt.text, position, around))


def _texts(outputs: Outputs) -> Mapping[str, str]:
    named = {"stderr": outputs.stderr.text, "stdout": outputs.stdout.text}
    return named | {path: excerpt.text[-_END_CHARS:] for path, excerpt in outputs.texts.items()}


def _find(rule: FailureRule, texts: Mapping[str, str]) -> str | None:
    for text in texts.values():
        match = rule.regex.search(text)
        if match:
            return _lines_around(text, match.start())
    return None


def _lines_around(text: str, position: int, around: int = _CONTEXT_LINES) -> str:
    """A few lines around a position; of endless lines what stands near it."""
    before = text[max(position - _MAX_EXCERPT // 2, 0) : position].split("\n")
    after = text[position : position + _MAX_EXCERPT // 2].split("\n")
    return "\n".join(before[-around - 1 :]) + "\n".join(after[: around + 1])
