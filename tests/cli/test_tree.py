"""The whole tree of commands."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from argosy.cli.app import SECTIONS, tree

HEAVY = ("fastapi", "sqlalchemy", "asyncssh", "textual", "uvicorn", "alembic", "starlette")
DECORATION = ("rich", "httpx", "jinja2", "plotext", "matplotlib", "pygments")
# What these write is a stream and no table: the job's own bytes, the server's log, lines as they come, help.
STREAMS = {"logs", "server run", "server logs", "help"}


def commands(group: Any = None, above: str = "") -> Iterator[tuple[str, Any]]:
    group = group or tree()
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        path = f"{above} {name}".strip()
        if hasattr(command, "list_commands"):
            yield from commands(command, path)
        else:
            yield path, command


ALL = dict(commands())


@pytest.mark.parametrize("path", ALL)
def test_every_command_and_every_option_says_what_it_does(path: str) -> None:
    command = ALL[path]
    assert command.help
    assert command.help.split("\n")[0].endswith((".", ":", "-h"))
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"{path}: {parameter.name}"


@pytest.mark.parametrize("path", sorted(set(ALL) - STREAMS))
def test_no_command_forgets_json_and_plain(path: str) -> None:
    options = {option for parameter in ALL[path].params for option in parameter.opts}
    assert {"--json", "--plain"} <= options


def test_the_list_of_commands_says_what_the_commands_say() -> None:
    listed = {name: words for section in SECTIONS.values() for name, (_, words) in section.items()}
    for name, words in listed.items():
        if name in ALL and name != "help":
            first = ALL[name].help.split("\n")[0]
            assert first.startswith(words.rstrip(".").split(",")[0]), f"{name}: {first} / {words}"


def loaded(*words: str) -> set[str]:
    """The packages that a fresh interpreter has loaded after a command."""
    code = (
        "import sys; from argosy.cli.app import run\n"
        f"run({list(words)!r}); print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {line.split(".")[0] for line in done.stderr.splitlines()}


@pytest.mark.parametrize("words", [("--help",), ("ls", "--help"), ("submit", "--help"), ("--version",)])
def test_help_loads_neither_the_house_nor_decoration(words: tuple[str, ...]) -> None:
    assert not loaded(*words) & {*HEAVY, *DECORATION}


def test_the_client_loads_neither_the_house_nor_decoration() -> None:
    code = "import sys; from argosy import Client, Job; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = done.stdout.splitlines()
    assert not {name.split(".")[0] for name in names} & {*HEAVY, *DECORATION}
    assert not [name for name in names if name.startswith(("argosy.server", "argosy.service", "argosy.store"))]


def test_help_loads_no_pydantic() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from argosy.cli.app import run; run(['--help']); print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "pydantic" not in done.stdout.split("Exit codes")[1].split()
