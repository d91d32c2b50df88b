"""What a sync brought, for people and programs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from argosy.cli.exits import Exit
from argosy.cli.findings import lines
from argosy.cli.letters import harmless
from argosy.cli.page import Page
from argosy.cli.shown import dumped, wrapped
from argosy.core.findings import errors_among
from argosy.core.views import Synced


@dataclass(frozen=True)
class Syncings:
    """One answer for each target that was asked; the exit code tells whether one of them could not be."""

    synced: Sequence[Synced]

    @property
    def exit_code(self) -> Exit:
        """``FINDINGS`` when there are errors."""
        return Exit.FINDINGS if any(errors_among(one.findings) for one in self.synced) else Exit.SUCCEEDED

    def table(self, page: Page) -> Iterator[str]:
        """A sentence for each target, and what was found on the way below it."""
        for one in self.synced:
            yield from wrapped(_sentence(one), page)
            yield from lines(one.findings, page)

    def plain(self) -> Iterator[str]:
        """Target and id of each job that is back on the list, between tabs."""
        for one in self.synced:
            for job in one.taken:
                yield f"{harmless(one.target)}\t{job}"

    def json(self) -> Any:
        """The answers."""
        return dumped(self.synced)


def _sentence(one: Synced) -> str:
    if errors_among(one.findings):
        return f"{one.target} could not be asked."
    if not one.found:
        return f"{one.target} holds no records of jobs."
    taken, still = len(one.taken), len(one.open)
    if not taken:
        return f"{one.target} holds records of {_jobs(one.found)}; nothing new is on the list."
    goes_on = f", {still} of them still open" if still else ""
    return f"{one.target} holds records of {_jobs(one.found)}; {_jobs(taken)} came back to the list{goes_on}."


def _jobs(count: int) -> str:
    return "1 job" if count == 1 else f"{count} jobs"
