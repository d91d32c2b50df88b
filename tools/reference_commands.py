"""The page of the reference about the command line: every command with its words and options, from the tree itself."""

import re
from collections.abc import Iterator
from typing import Any

from argosy.cli.app import SECTIONS, tree
from tools.markdown import code, page, table

_INTRODUCTION = (
    "`argosy COMMAND --help` says the same in the terminal. JOB is the id of a job, the beginning of its short id (the "
    "last eight characters), its name, or `last`. Lists are written as tables, with `--json` as JSON and with "
    "`--plain` as lines with tabs between their fields. [Exit codes](exit-codes.md) are the same for all commands."
)


def commands() -> str:
    """The page of all commands."""
    parts: list[str] = []
    group = tree()
    for title, section in SECTIONS.items():
        parts.append(f"## {title}")
        for name in section:
            for path, command in _within(name, group.get_command(None, name)):
                parts += _described(path, command)
    return page("Commands", _INTRODUCTION, *parts)


def _within(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "list_commands"):
        yield path, command
        return
    for name in command.list_commands(None):
        yield from _within(f"{path} {name}", command.get_command(None, name))


def _described(path: str, command: Any) -> Iterator[str]:
    yield f"### argosy {path}"
    yield f"```text\nargosy {path} {_usage(command)}\n```"
    yield str(command.help)
    rows = [(code(_words(one)), _told(one)) for one in command.params if not _is_form(one)]
    if rows:
        yield table(("word or option", "means"), rows)


def _usage(command: Any) -> str:
    arguments = [one.metavar or one.name.upper() for one in command.params if one.param_type_name == "argument"]
    return " ".join(["[OPTIONS]", *arguments])


def _words(one: Any) -> str:
    if one.param_type_name == "argument":
        return one.metavar or one.name.upper()
    words = ", ".join((*one.opts, *one.secondary_opts))
    return words if one.is_flag else f"{words} {one.metavar or 'VALUE'}"


def _told(one: Any) -> str:
    words = re.sub(r"\s+", " ", one.help or "")
    default = one.default
    # Paths are said as on the author's machine; a flag's default is what its absence means anyway.
    if default in {None, False, True} or not isinstance(default, int | str):
        return words
    return f"{words} Default: {code(default)}."


def _is_form(one: Any) -> bool:
    return bool({"--json", "--plain"} & set(one.opts)) and one.help.startswith("Write")
