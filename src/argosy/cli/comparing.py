"""Jobs side by side, as they are shown."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from argosy.cli.exits import Exit
from argosy.cli.letters import cut_end, cut_middle, harmless, width
from argosy.cli.page import FATE_COLOURS, Page
from argosy.cli.shown import Column, Rows, dumped, wrapped
from argosy.core import ids
from argosy.core.comparison import WIDEST, Comparison, Line, Sheet, exact, sheets, table

_Row = tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """A comparison: those of its lines that are shown."""

    found: Comparison
    lines: Sequence[Line]
    exit_code: Exit = Exit.SUCCEEDED

    def table(self, page: Page) -> Iterator[str]:
        """Jobs beside each other, or below each other in as many tables as it takes; and what is not known."""
        for number, sheet in enumerate(sheets(self.found, self.lines, page.columns, _width)):
            if number:
                yield ""
            yield from _rows(sheet).table(page)
        for note in _notes(self.found):
            yield from wrapped(note, page)

    def plain(self) -> Iterator[str]:
        """A line for each thing: its key, its unit, and the cell of each job; the first one names the jobs."""
        yield "\t".join(("job", "", *(job.id for job in self.found.jobs)))
        for line in self.lines:
            yield "\t".join(map(harmless, (line.key, line.unit, *map(exact, line.cells))))

    def json(self) -> Any:
        """The whole comparison."""
        return dumped(self.found)


def csv_lines(found: Comparison, lines: Sequence[Line]) -> list[str]:
    """A head, and a row for each job."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table(found, lines))
    return text.getvalue().splitlines()


def _rows(sheet: Sheet) -> Rows[_Row]:
    return Rows(sheet.rows, [_column(sheet, place) for place in range(len(sheet.titles))])


def _column(sheet: Sheet, place: int) -> Column[_Row]:
    return Column(
        cut_end(harmless(sheet.titles[place]), WIDEST),
        lambda row, _: row[place],
        colour=lambda row: FATE_COLOURS.get(row[place], ""),
        right=sheet.right[place],
        shrinks=True,
        cut=cut_middle,
    )


def _notes(found: Comparison) -> Iterator[str]:
    unread: dict[str, list[str]] = {}
    for job in found.jobs:
        if job.unread:
            unread.setdefault(job.unread, []).append(ids.short(job.id))
    for why, jobs in unread.items():
        yield f"The results of {', '.join(jobs)} are not known: {why}"
    if not found.complete:
        yield "There are more: use a larger --limit, or narrower conditions."


def _width(text: str) -> int:
    return width(harmless(text))
