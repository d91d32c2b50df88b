"""What a cleaning would take away, or has, for people and programs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from argosy.cli.exits import Exit
from argosy.cli.findings import lines
from argosy.cli.letters import cut_middle, harmless
from argosy.cli.moments import ago, exactly
from argosy.cli.page import Page
from argosy.cli.shown import Column, Rows, dumped, wrapped
from argosy.core import ids
from argosy.core.cleaning import Cleaning, Stale
from argosy.core.findings import errors_among
from argosy.core.quantities import spell_size

_WHAT = {
    "scratch": "copy in scratch",
    "files": "files of job",
    "checkpoint": "restart file of",
    "cache": "cached input",
}


@dataclass(frozen=True)
class Cleared:
    """One answer for each target; the exit code tells whether one of them could not be asked."""

    cleanings: Sequence[Cleaning]

    @property
    def exit_code(self) -> Exit:
        """``FINDINGS`` when there are errors."""
        return Exit.FINDINGS if any(errors_among(one.findings) for one in self.cleanings) else Exit.SUCCEEDED

    def table(self, page: Page) -> Iterator[str]:
        """A sentence for each target, and below it what could not be done."""
        for one in self.cleanings:
            yield from wrapped(_sentence(one), page)
            yield from lines(one.findings, page)

    def plain(self) -> Iterator[str]:
        """Target, kind, size in bytes, and path of each, between tabs."""
        for one in self.cleanings:
            for thing in one.stale:
                yield "\t".join((harmless(one.target), thing.kind, str(thing.size), harmless(thing.path)))

    def json(self) -> Any:
        """The answers."""
        return dumped(self.cleanings)


@dataclass(frozen=True)
class Planned(Cleared):
    """What would go, thing by thing."""

    def table(self, page: Page) -> Iterator[str]:
        """A line for each thing, and below them what could not be seen."""
        found = [(one, thing) for one in self.cleanings for thing in one.stale]
        total = f"{len(found)} {_things(len(found))}, {spell_size(sum(one.size for one in self.cleanings))}."
        yield from Rows(found, _COLUMNS, empty="There is nothing to clear away.", below=total).table(page)
        for one in self.cleanings:
            yield from lines(one.findings, page)


def preview(planned: Sequence[Cleaning]) -> Planned:
    """What would go."""
    return Planned(planned)


_COLUMNS = (
    Column[tuple[Cleaning, Stale]]("TARGET", lambda one, _: one[0].target, shrinks=True, cut=cut_middle),
    Column[tuple[Cleaning, Stale]]("WHAT", lambda one, _: _what(one[1])),
    Column[tuple[Cleaning, Stale]]("SIZE", lambda one, _: spell_size(one[1].size), right=True),
    Column[tuple[Cleaning, Stale]](
        "UNUSED", lambda one, page: ago(one[1].since, page.now), exact=lambda one: exactly(one[1].since), right=True
    ),
    Column[tuple[Cleaning, Stale]]("PATH", lambda one, _: one[1].path, shrinks=True, cut=cut_middle),
)


def _what(thing: Stale) -> str:
    return " ".join(filter(None, (_WHAT[thing.kind], ids.short(thing.job) if thing.job else "")))


def _things(count: int) -> str:
    return "thing" if count == 1 else "things"


def _sentence(one: Cleaning) -> str:
    if errors_among(one.findings):
        return f"{one.target} could not be asked."
    if not one.stale:
        return f"There was nothing to clear away on {one.target}."
    count = len(one.stale)
    return f"Cleared away {count} {_things(count)} on {one.target}; {spell_size(one.size)} are free again."
