"""What commands show. A command returns one of these values; which form it takes is decided in one place.

Every value has three forms: a table for people, plain lines for other programs (tab-separated, complete, no header),
and JSON (the models of the door).
"""

import json
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest
from typing import Any, Generic, Protocol, TypeVar

from argosy.cli.exits import Exit
from argosy.cli.letters import cut_end, cut_middle, harmless, harmless_lines, padded, width
from argosy.cli.page import Page

T = TypeVar("T")

_GAP = 2
_NARROWEST = 6


class Form(StrEnum):
    """How something is written."""

    TABLE = "table"
    PLAIN = "plain"
    JSON = "json"


class Shown(Protocol):
    """Something that a command shows, and the exit code that it means."""

    @property
    def exit_code(self) -> Exit:
        """What the command leaves to the shell."""
        ...

    def table(self, page: Page) -> Iterator[str]:
        """Lines for people, no wider than the page."""
        ...

    def plain(self) -> Iterator[str]:
        """Lines for other programs."""
        ...

    def json(self) -> Any:
        """What goes into the JSON document."""
        ...


def written(shown: Shown, form: Form, page: Page) -> Iterator[str]:
    """The lines of the form that was asked for."""
    if form is Form.JSON:
        yield json.dumps(shown.json(), indent=2, ensure_ascii=False)
    elif form is Form.PLAIN:
        yield from shown.plain()
    else:
        yield from shown.table(page)


@dataclass(frozen=True)
class Column(Generic[T]):
    """One column: its title, what it says for people (``cell``) and exactly (``exact``), and how it gives way.

    ``colour`` names a colour for the cell. Columns that shrink are cut when the page is narrow; or wrapped.
    """

    title: str
    cell: Callable[[T, Page], str]
    exact: Callable[[T], str] | None = None
    colour: Callable[[T], str] | None = None
    right: bool = False
    shrinks: bool = False
    weight: int = 1
    wraps: bool = False
    cut: Callable[[str, int], str] = cut_end

    def precise(self, item: T) -> str:
        """The cell for other programs."""
        return self.exact(item) if self.exact else self.cell(item, _NOWHERE)


@dataclass(frozen=True)
class Rows(Generic[T]):
    """A list. ``empty`` is said instead of a table without rows, ``below`` under the table."""

    items: Sequence[T]
    columns: Sequence[Column[T]]
    empty: str = ""
    below: str = ""
    value: Any = None
    exit_code: Exit = Exit.SUCCEEDED

    def table(self, page: Page) -> Iterator[str]:
        """A header and one line for each item; columns that nobody fills are left out."""
        if not self.items:
            yield from wrapped(self.empty, page)
            return
        cells = [[harmless(column.cell(item, page)) for column in self.columns] for item in self.items]
        used = [place for place in range(len(self.columns)) if any(row[place] for row in cells)]
        columns = [self.columns[place] for place in used]
        cells = [[row[place] for place in used] for row in cells]
        widths = _fitted(columns, cells, page.columns)
        yield page.paint(_line(columns, [column.title for column in columns], widths), "bold")
        for item, row in zip(self.items, cells, strict=True):
            painters = [_painter(column, item, page) for column in columns]
            for line in _stacked(columns, row, widths):
                yield _line(columns, line, widths, painters)
        if self.below:
            yield from wrapped(self.below, page)

    def plain(self) -> Iterator[str]:
        """One line for each item, its cells between tabs."""
        for item in self.items:
            yield "\t".join(harmless(column.precise(item)) for column in self.columns)

    def json(self) -> Any:
        """The items, or what the answer was of which they are a part."""
        return dumped(self.items if self.value is None else self.value)


@dataclass(frozen=True)
class Facts:
    """Named facts about one thing; those without words are left out."""

    facts: Sequence[tuple[str, str]]
    value: Any
    colours: dict[str, str] = field(default_factory=dict[str, str])
    exit_code: Exit = Exit.SUCCEEDED

    def table(self, page: Page) -> Iterator[str]:
        """The names, and beside them the facts, wrapped."""
        said = [(name, words) for name, words in self.facts if words]
        indent = max((len(name) for name, _ in said), default=0) + _GAP
        for name, words in said:
            lines = [part for line in harmless_lines(words) for part in _folded(line, page.columns - indent)]
            for number, line in enumerate(lines):
                head = page.paint(padded(name, indent), "dim") if number == 0 else " " * indent
                yield head + page.paint(line, self.colours.get(name, ""))

    def plain(self) -> Iterator[str]:
        """One fact to a line: its name, a tab, its words."""
        for name, words in self.facts:
            if words:
                yield f"{name}\t{harmless(words)}"

    def json(self) -> Any:
        """The thing itself."""
        return dumped(self.value)


@dataclass(frozen=True)
class Words:
    """A few lines of text. ``bare`` is what other programs want to read of it, by default the same."""

    text: str
    value: Any
    bare: str | None = None
    exit_code: Exit = Exit.SUCCEEDED

    def table(self, page: Page) -> Iterator[str]:
        """The lines, wrapped."""
        yield from wrapped(self.text, page)

    def plain(self) -> Iterator[str]:
        """The bare words."""
        yield from harmless_lines(self.text if self.bare is None else self.bare)

    def json(self) -> Any:
        """The thing that the words are about."""
        return dumped(self.value)


@dataclass(frozen=True)
class Verbatim:
    """Text that is shown line for line, under a title: files, scripts, plots."""

    title: str
    text: str
    value: Any = None
    exit_code: Exit = Exit.SUCCEEDED

    def table(self, page: Page) -> Iterator[str]:
        """A rule with the title, then the lines as they are."""
        if self.title:
            rule = f"── {harmless(self.title)} "
            yield page.paint(rule + "─" * max(page.columns - width(rule), 2), "dim")
        yield from harmless_lines(self.text)

    def plain(self) -> Iterator[str]:
        """The lines as they are."""
        yield from harmless_lines(self.text)

    def json(self) -> Any:
        """The text, unless there is something better."""
        return dumped(self.value) if self.value is not None else self.text


@dataclass(frozen=True)
class Several:
    """Parts, one below the other."""

    parts: Sequence[Shown]
    value: Any
    exit_code: Exit = Exit.SUCCEEDED

    def table(self, page: Page) -> Iterator[str]:
        """The parts with an empty line between them."""
        for number, part in enumerate(self.parts):
            if number:
                yield ""
            yield from part.table(page)

    def plain(self) -> Iterator[str]:
        """The lines of all parts."""
        for part in self.parts:
            yield from part.plain()

    def json(self) -> Any:
        """The one thing that the parts show."""
        return dumped(self.value)


def dumped(value: Any) -> Any:
    """A value as JSON knows it: models by their fields, with times in ISO 8601."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple):
        return [dumped(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {str(key): dumped(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return value


def wrapped(text: str, page: Page) -> Iterator[str]:
    """The lines of a text, no wider than the page; lines that are indented stay so."""
    for line in harmless_lines(text):
        yield from _folded(line, page.columns)


def _folded(line: str, columns: int) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    lines = textwrap.wrap(
        line, max(columns, 20), subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )
    return lines or [""]


def _fitted(columns: Sequence[Column[Any]], cells: Sequence[Sequence[str]], room: int) -> list[int]:
    """The width of each column so that a line fits; the widest for its weight gives way first."""
    widths = [max(width(column.title), *(width(row[place]) for row in cells)) for place, column in enumerate(columns)]
    least = [max(_NARROWEST, width(column.title)) for column in columns]
    too_much = sum(widths) + _GAP * (len(widths) - 1) - room
    while too_much > 0:
        yielding = [place for place, column in enumerate(columns) if column.shrinks and widths[place] > least[place]]
        if not yielding:
            break
        widths[max(yielding, key=lambda place: widths[place] / columns[place].weight)] -= 1
        too_much -= 1
    return widths


def _stacked(columns: Sequence[Column[Any]], row: Sequence[str], widths: Sequence[int]) -> Iterator[list[str]]:
    """The lines of one row: more than one when a cell wraps."""
    parts = [
        textwrap.wrap(text, widths[place], break_on_hyphens=False) or [""] if columns[place].wraps else [text]
        for place, text in enumerate(row)
    ]
    yield from map(list, zip_longest(*parts, fillvalue=""))


def _line(
    columns: Sequence[Column[Any]],
    row: Sequence[str],
    widths: Sequence[int],
    painters: Sequence[Callable[[str], str]] = (),
) -> str:
    parts: list[str] = []
    for place, (column, text, columns_wide) in enumerate(zip(columns, row, widths, strict=True)):
        part = padded(column.cut(text, columns_wide), columns_wide, right=column.right)
        parts.append(painters[place](part) if painters else part)
    return (" " * _GAP).join(parts).rstrip()


def _painter(column: Column[T], item: T, page: Page) -> Callable[[str], str]:
    colour = column.colour(item) if column.colour else ""
    return lambda text: page.paint(text, colour)


def _nowhere() -> Page:
    from datetime import UTC, datetime

    return Page(columns=10_000, colours=False, now=datetime.fromtimestamp(0, UTC))


_NOWHERE = _nowhere()
NAME_CUT = cut_middle
