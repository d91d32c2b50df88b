"""The failure catalogue: signatures in logs, what they mean, and what to do. Rules are data; reading them is pure."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cached_property

from argosy.core.job import RetryClass
from argosy.core.outputs import Outputs
from argosy.core.values import Value

_CONTEXT_LINES = 2
_MAX_EXCERPT = 2_000


class FailureRule(Value):
    """One row of the catalogue. ``pattern`` is a regular expression that is searched in the ends of the logs.

    ``benign`` rows are known to be harmless: they keep later rows from firing on the same line.
    """

    signature: str
    pattern: str
    explanation: str
    advice: str
    retry: RetryClass = RetryClass.AFTER_CHANGE
    codes: tuple[int, ...] = ()

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
    """The rules of a ``failures.toml``; raises ValueError when a row is not complete."""
    return tuple(FailureRule.model_validate(row) for row in tomllib.loads(toml).get("failure", []))


def diagnose(rules: Iterable[FailureRule], outputs: Outputs, code: int | None) -> Diagnosis | None:
    """The first rule that fits: rules in their order (specific before general), stderr before stdout before files.

    A rule with ``codes`` also fits on the exit code alone when its pattern is empty.
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
    return named | {path: excerpt.text for path, excerpt in outputs.texts.items()}


def _find(rule: FailureRule, texts: Mapping[str, str]) -> str | None:
    for text in texts.values():
        match = rule.regex.search(text)
        if match:
            return _lines_around(text, match.start())
    return None


def _lines_around(text: str, position: int) -> str:
    lines = text.splitlines()
    at = text.count("\n", 0, position)
    return "\n".join(lines[max(at - _CONTEXT_LINES, 0) : at + _CONTEXT_LINES + 1])[:_MAX_EXCERPT]
