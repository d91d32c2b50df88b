"""Every command line in the pages uses commands and options that exist."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from argosy.cli.app import tree
from tests.docs.pages import REPOSITORY, blocks, commands, pages

_SHELLS = {"console", "sh"}
_INLINE = re.compile(r"`(argosy [^`\n]+)`")

Call = tuple[str, ...]


def calls(page: Path) -> list[Call]:
    """The calls of argosy on a page, as words."""
    text = page.read_text()
    shells = [
        "\n".join(command.words for command in commands(block)) if block.language == "console" else block.text
        for block in blocks(text)
        if block.language in _SHELLS
    ]
    inline = _INLINE.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [call for shell in (*shells, *inline) for call in calls_in(shell)]


def calls_in(shell: str) -> Iterator[Call]:
    """The calls of argosy in shell text, each up to where another command or a program of the user's begins."""
    lines = shlex.shlex(shell.replace("\\\n", " ").replace("\n", " ; "), posix=True, punctuation_chars=True)
    lines.whitespace_split = True
    call: list[str] = []
    for word in (*lines, ";"):
        ends = set(word) <= set("();<>|&") or word == "--"
        if call and ends:
            yield tuple(call)
            call = []
        elif call or word == "argosy":
            call.append(word)


def complaint(call: Call) -> str:
    """What is wrong with a call; nothing when all its commands and options exist."""
    words = list(call[1:])
    command: Any = tree()
    while words and hasattr(command, "get_command") and not words[0].startswith("-"):
        name = words.pop(0)
        if name.isupper():  # stands for any command
            return ""
        inner = command.get_command(None, name)
        if inner is None:
            return f"there is no command {name!r} in {' '.join(call)!r}"
        command = inner
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    given = [word.partition("=")[0] for word in words if word.startswith("-") and len(word) > 1]
    strange = [word for word in given if word not in {*known, "--help", "-h"}]
    return f"there is no {' '.join(strange)} in {' '.join(call)!r}" if strange else ""


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_command_line_can_be_typed(page: Path) -> None:
    assert [said for call in calls(page) if (said := complaint(call))] == []


@pytest.mark.parametrize(
    ("call", "wrong"),
    [
        ("argosy ls --fate failed | head", ""),
        ("argosy target edit local --set limits.running=2", ""),
        ("argosy run -- prog --strange", ""),
        ("argosy lsx", "no command 'lsx'"),
        ("argosy target burn", "no command 'burn'"),
        ("argosy ls --colour", "no --colour"),
    ],
)
def test_a_command_line_that_cannot_be_typed_is_found(call: str, wrong: str) -> None:
    (words,) = calls_in(call)
    assert (wrong in complaint(words)) if wrong else complaint(words) == ""


def test_calls_are_found_in_blocks_and_in_sentences(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "See `argosy ls`.\n\n```sh\njob=$(argosy submit x --plain)\n```\n\n```console\n$ argosy rm \\\n> a\n```\n"
    )
    assert calls(page) == [
        ("argosy", "submit", "x", "--plain"),
        ("argosy", "rm", "a"),
        ("argosy", "ls"),
    ]
