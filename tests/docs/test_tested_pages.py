"""Runs the pages that say they are tested, command by command, against a real server of their own.

In the pages the user is called ``me`` and has installed Argosy into ``argosy-env``; it keeps its things where it does
on Linux, and the commands are typed in ``tutorial``.
"""

import getpass
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.docs.pages import REPOSITORY, Block, blocks, commands, pages_to_run
from tests.docs.shown import is_shown

pytestmark = [pytest.mark.infra, pytest.mark.slow]

_MARK = "@@@ page line"
_PATIENCE_S = 600


@pytest.fixture
def me() -> Iterator[Path]:
    """A user's directory; its name is short, so that lines break as in the pages. Its server is stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="me-") as top:
        (Path(top) / "tutorial").mkdir()
        yield Path(top)
        subprocess.run(
            [Path(sys.executable).parent / "argosy", "server", "stop"],
            env=environment(Path(top)),
            check=True,
            capture_output=True,
        )


def environment(me: Path) -> dict[str, str]:
    """What the user's shell knows."""
    beside = Path(sys.executable).parent
    mine = {
        "ARGOSY_HOME": str(me / "argosy"),
        "PATH": f"{beside}:{os.environ['PATH']}",
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }
    return os.environ | mine


@pytest.mark.parametrize("page", pages_to_run(), ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_a_page_does_what_it_says(page: Path, me: Path) -> None:
    found = list(blocks(page.read_text()))
    seen = run(found, me)
    for command in (command for block in found if block.language == "console" for command in commands(block)):
        shows = "\n".join(command.shows)
        where = f"{page.name}:{command.line}: $ {command.words}"
        assert is_shown(command.shows, seen[command.line]), (
            f"{where}\n--- the page says\n{shows}\n--- it shows\n{seen[command.line]}"
        )


def run(found: Iterable[Block], me: Path) -> dict[int, str]:
    """What each command shows, by its line; all run in one shell, and files are written where the page shows them."""
    done = subprocess.run(
        ["bash", "-c", "\n".join(line for block in found for line in _typed(block, me))],
        cwd=me / "tutorial",
        env=environment(me),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    parts = _as_me(done.stdout, me).split(f"{_MARK} ")[1:]
    return {int(number): text for number, _, text in (part.partition("\n") for part in parts)}


def _typed(block: Block, me: Path) -> Iterator[str]:
    """What the user types for a block: its commands, each after a line that marks it, or the file that it shows."""
    if block.title:
        kept = me / "files" / str(block.line)
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(block.text)
        yield f"mkdir -p \"$(dirname '{block.title}')\" && cp '{kept}' '{block.title}'"
    elif block.language == "console":
        for command in commands(block):
            yield f'status=$?; printf "%s\\n" "{_MARK} {command.line}"; (exit $status)'
            yield command.words


def _as_me(shown: str, me: Path) -> str:
    """What was shown, with the names that it has in the pages."""
    names = {
        str(me / "argosy"): "/home/me/.local/share/argosy",
        str(me): "/home/me",
        str(Path(sys.executable).parent): "/home/me/argosy-env/bin",
        f" by {getpass.getuser()}": " by me",
    }
    for real, name in names.items():
        shown = shown.replace(real, name)
    return shown
