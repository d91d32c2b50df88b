"""What is written on: its width, whether it shows colours, and what time it is."""

import os
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36", "dim": "2", "bold": "1"}
FATE_COLOURS = {
    "succeeded": "green",
    "failed": "red",
    "lost": "red",
    "cancelled": "yellow",
    "running": "cyan",
    "ended": "cyan",
    "waiting": "dim",
    "draft": "dim",
}


@dataclass(frozen=True)
class Page:
    """Columns, colours, and now."""

    columns: int
    colours: bool
    now: datetime

    def paint(self, text: str, colour: str) -> str:
        """The text in a colour, if colours are shown and there is such a colour."""
        code = _COLOURS.get(colour)
        return f"\x1b[{code}m{text}\x1b[0m" if self.colours and code and text else text


def page_of(stream: TextIO) -> Page:
    """The page that a stream is: as wide as its terminal, else 80 columns; colours on terminals only."""
    return Page(columns=max(_columns(), 40), colours=_shows_colours(stream), now=datetime.now(UTC))


def is_terminal(stream: TextIO) -> bool:
    """Whether somebody looks at it."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def _columns() -> int:
    return shutil.get_terminal_size((80, 24)).columns


def _shows_colours(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return is_terminal(stream)


def tell(text: str) -> None:
    """A line of what a command was asked for, on stdout."""
    print(text)  # noqa: T201  this is where the CLI answers


def say(text: str, *, end: str = "\n") -> None:
    """A line for the person at the terminal; what is shown for other programs goes to stdout."""
    print(text, file=sys.stderr, end=end, flush=True)  # noqa: T201  this is where the CLI speaks to a person
