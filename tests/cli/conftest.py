import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from argosy.cli.app import run
from argosy.core.home import HOME_VARIABLE, Home
from tests.client.served import home, road

__all__ = ["home", "road"]


@dataclass(frozen=True)
class Ran:
    """What a command left."""

    code: int
    out: str
    err: str


Argosy = Callable[..., Ran]


@pytest.fixture
def argosy(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Argosy:
    """The command in this process, 80 columns wide, in a directory of its own, with a real server behind it."""
    monkeypatch.setenv(HOME_VARIABLE, str(home.data))
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def command(*words: str) -> Ran:
        capfdbinary.readouterr()
        monkeypatch.setattr(sys, "argv", ["argosy", *words])
        code = run(list(words))
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Ran(code, out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "surrogateescape"))

    return command
