"""Findings, for people and programs."""

from collections.abc import Iterator, Sequence
from typing import Any

from argosy.cli.exits import Exit
from argosy.cli.letters import harmless
from argosy.cli.page import Page
from argosy.cli.shown import Shown, Words, dumped, wrapped
from argosy.core.findings import Finding, Severity, errors_among

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.SUGGESTION: "cyan"}


class Findings:
    """What a check found; the exit code tells whether there are errors among it."""

    def __init__(self, findings: Sequence[Finding], *, value: Any = None) -> None:
        self._findings = findings
        self._value = findings if value is None else value

    @property
    def exit_code(self) -> Exit:
        """``FINDINGS`` when there are errors."""
        return Exit.FINDINGS if errors_among(self._findings) else Exit.SUCCEEDED

    def table(self, page: Page) -> Iterator[str]:
        """Each finding with its reason and its remedy below it."""
        return lines(self._findings, page)

    def plain(self) -> Iterator[str]:
        """Severity, place, what, why and remedy between tabs."""
        for found in self._findings:
            parts = (found.severity, found.where, found.what, found.why, found.remedy)
            yield "\t".join(harmless(part) for part in parts)

    def json(self) -> Any:
        """The findings."""
        return dumped(self._value)


def lines(findings: Sequence[Finding], page: Page) -> Iterator[str]:
    """Findings for people."""
    for found in findings:
        head, *rest = wrapped(f"  {found.severity} {harmless(found.where)}: {found.what}", page)
        yield head.replace(found.severity, page.paint(found.severity, _COLOURS[found.severity]), 1)
        yield from rest
        for line in (found.why, found.remedy):
            if line:
                yield from wrapped(f"    {line}", page)


def shown(findings: Sequence[Finding], good: str, *, value: Any = None) -> Shown:
    """The findings, or good news."""
    if findings:
        return Findings(findings, value=value)
    return Words(good, [] if value is None else value, bare="")
