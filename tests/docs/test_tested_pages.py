"""Runs the pages that say they are tested, command by command, against a real server of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import REPOSITORY, Command, blocks, commands, pages_to_run
from tests.docs.shown import is_shown

pytestmark = [pytest.mark.infra, pytest.mark.slow]

_MARK = "@@@ page line"
_PATIENCE_S = 600


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A user with a home of its own, whose server is stopped at the end."""
    beside = Path(sys.executable).parent
    mine = {
        "ARGOSY_HOME": str(tmp_path / "argosy"),
        "PATH": f"{beside}:{os.environ['PATH']}",
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }
    yield os.environ | mine
    subprocess.run([beside / "argosy", "server", "stop"], env=os.environ | mine, check=True, capture_output=True)


@pytest.mark.parametrize("page", pages_to_run(), ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_a_page_does_what_it_says(page: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    place = tmp_path / "place"
    place.mkdir()
    found = list(blocks(page.read_text()))
    for block in found:
        if block.title:
            (place / block.title).parent.mkdir(parents=True, exist_ok=True)
            (place / block.title).write_text(block.text)
    asked = [command for block in found if block.language == "console" for command in commands(block)]
    seen = _run(asked, place, environment)
    for command in asked:
        shows = "\n".join(command.shows)
        where = f"{page.name}:{command.line}: $ {command.words}"
        assert is_shown(command.shows, seen[command.line]), (
            f"{where}\n--- the page says\n{shows}\n--- it shows\n{seen[command.line]}"
        )


def _run(asked: list[Command], place: Path, environment: dict[str, str]) -> dict[int, str]:
    """What each command shows, by its line; all run in one shell, one after the other."""
    lines = ["status=0"]
    for command in asked:
        lines += [f'status=$?; printf "%s\\n" "{_MARK} {command.line}"; (exit $status)', command.words]
    done = subprocess.run(
        ["bash", "-c", "\n".join(lines)],
        cwd=place,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    parts = done.stdout.split(f"{_MARK} ")[1:]
    return {int(number): text for number, _, text in (part.partition("\n") for part in parts)}
