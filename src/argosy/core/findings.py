"""Findings: what a check has to say about a request before anything is sent."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from argosy.core.values import Value


class Severity(StrEnum):
    """How much a finding matters: an error stops the submission, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    SUGGESTION = "suggestion"


class Finding(Value):
    """One result of a check: where, what, why, and what to do about it."""

    severity: Severity
    where: str
    what: str
    why: str = ""
    remedy: str = ""


def error(where: str, what: str, *, why: str = "", remedy: str = "") -> Finding:
    """A finding that stops the submission."""
    return Finding(severity=Severity.ERROR, where=where, what=what, why=why, remedy=remedy)


def warning(where: str, what: str, *, why: str = "", remedy: str = "") -> Finding:
    """A finding that the user should read before the job goes out."""
    return Finding(severity=Severity.WARNING, where=where, what=what, why=why, remedy=remedy)


def suggestion(where: str, what: str, *, why: str = "", remedy: str = "") -> Finding:
    """A finding that says what may do better."""
    return Finding(severity=Severity.SUGGESTION, where=where, what=what, why=why, remedy=remedy)


def in_short(findings: Sequence[Finding]) -> str:
    """The first three findings on one line; a place is named only when the words do not begin with it."""
    said = (one.what if one.what.startswith(f"{one.where} ") else f"{one.where}: {one.what}" for one in findings[:3])
    more = f"; and {len(findings) - 3} more" if len(findings) > 3 else ""
    return "; ".join(said) + more


def errors_among(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that stop a submission."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)
