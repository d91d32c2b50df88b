"""The failure catalogue: signatures in logs, what they mean, and what to do. Rules are data; reading them is pure."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from argosy.core.job import RetryClass
from argosy.core.outputs import Outputs
from argosy.core.values import Value

_CONTEXT_LINES = 2
_END_CHARS = 65_536  # of each file: a table of many megabytes would hold everything up
_MAX_EXCERPT = 2_000


class FailureRule(Value):
    """One row of the catalogue.

    ``pattern`` is a regular expression that is searched in the ends of the logs, ``^`` and ``$`` standing for the ends
    of a line. With ``codes`` the rule fits only these exit codes (128 + N for signal N), and without a pattern any log.
    """

    signature: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    pattern: str
    explanation: Annotated[str, Field(min_length=1)]
    advice: Annotated[str, Field(min_length=1)]
    retry: RetryClass = RetryClass.AFTER_CHANGE
    codes: tuple[int, ...] = ()

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


def _texts(outputs: Outputs) -> Mapping[str, str]:
    named = {"stderr": outputs.stderr.text, "stdout": outputs.stdout.text}
    return named | {path: excerpt.text[-_END_CHARS:] for path, excerpt in outputs.texts.items()}


def _find(rule: FailureRule, texts: Mapping[str, str]) -> str | None:
    for text in texts.values():
        match = rule.regex.search(text)
        if match:
            return _lines_around(text, match.start())
    return None


def _lines_around(text: str, position: int) -> str:
    """A few lines around a position; of endless lines what stands near it."""
    before = text[max(position - _MAX_EXCERPT // 2, 0) : position].split("\n")
    after = text[position : position + _MAX_EXCERPT // 2].split("\n")
    return "\n".join(before[-_CONTEXT_LINES - 1 :]) + "\n".join(after[: _CONTEXT_LINES + 1])
