"""The documentation as the tests read it: its pages, and the fenced blocks in them.

A page with the comment ``<!-- tested -->`` is run from top to bottom: a block whose fence has a title is a file that is
written, and in a ``console`` block the lines after ``$ `` are commands and the others are what they show.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
TESTED = "<!-- tested -->"

_FENCE = re.compile(r"^( *)```(\w*)([^\n`]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its title if it has one, its text, and the line on which it begins."""

    language: str
    title: str
    text: str
    line: int


@dataclass(frozen=True)
class Command:
    """A command of a console block, with the lines that it is said to show."""

    words: str
    shows: tuple[str, ...]
    line: int


def pages() -> list[Path]:
    """All pages that people read."""
    tops = [REPOSITORY / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")]
    return [*tops, *sorted((REPOSITORY / "docs").rglob("*.md"))]


def pages_to_run() -> list[Path]:
    """The pages whose commands are run."""
    return [page for page in pages() if TESTED in page.read_text()]


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page."""
    for match in _FENCE.finditer(text):
        indent, language, options, body = match.groups()
        title = _TITLE.search(options)
        lines = (line.removeprefix(indent) for line in body.splitlines())
        yield Block(
            language, title[1] if title else "", "\n".join(lines) + "\n", text.count("\n", 0, match.start()) + 1
        )


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block; a line that ends in a backslash, or follows ``> ``, goes on the same command."""
    words: list[str] = []
    shows: list[str] = []
    begun = block.line
    for number, line in enumerate(block.text.splitlines(), start=block.line + 1):
        if line.startswith("$ "):
            if words:
                yield Command("\n".join(words), tuple(shows), begun)
            words, shows, begun = [line[2:]], [], number
        elif line.startswith("> ") and not shows and words:
            words.append(line[2:])
        else:
            shows.append(line)
    if words:
        yield Command("\n".join(words), tuple(shows), begun)
