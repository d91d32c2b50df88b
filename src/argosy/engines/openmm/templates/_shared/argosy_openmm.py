"""What every OpenMM run of Argosy shares: settings in, a verdict out.

A run reads `settings.json`, works in the current folder, and ends with `summary.json` and one of these exit codes:

    0   finished; `summary.json` says "completed": true
    1   something nobody foresaw, such as a full disk
    2   the input is wrong: a missing file, files that do not belong together, an impossible setting
    3   the simulation became unstable
    4   the chosen compute platform does not work on this machine
    75  stopped on request after writing a checkpoint; start it again in this folder and it goes on

It needs OpenMM 8.2 or newer and works without Argosy: `python run.py`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openmm

if TYPE_CHECKING:
    from collections.abc import Callable

SETTINGS = Path("settings.json")
SUMMARY = Path("summary.json")


class RunEnded(Exception):
    """The run ends here, unfinished, for a reason that its user can act on."""

    exit_code = 1
    status = "failed"


class InputWrong(RunEnded):
    """The settings or the files cannot be used."""

    exit_code = 2


class Unstable(RunEnded):
    """The energy or the coordinates are no longer physical."""

    exit_code = 3


class NoPlatform(RunEnded):
    """This machine cannot compute the way that was asked for."""

    exit_code = 4


class StoppedEarly(RunEnded):
    """A signal asked the run to stop. It can be continued."""

    exit_code = 75
    status = "stopped"


class Settings(dict):
    """The content of `settings.json`; a missing key is explained."""

    def __missing__(self, key: str) -> Any:
        raise InputWrong(f"{SETTINGS} lacks the setting '{key}'")


class Summary:
    """The facts of a run, kept in `summary.json`. The file is always whole, even after a crash."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._facts: dict[str, Any] = {
            "completed": False,
            "status": "running",
            "openmm_version": openmm.version.short_version,
        }

    def note(self, **facts: Any) -> None:
        """Remember facts; they reach the disk with the next `write`."""
        self._facts.update(facts)

    def write(self, status: str) -> None:
        """Put all facts on disk. `completed` is true for the status "completed" and no other."""
        self.note(completed=status == "completed", status=status, wall_time_s=round(time.monotonic() - self._began, 3))
        write_atomically(SUMMARY, json.dumps(self._facts, indent=2) + "\n")


def run(main: Callable[[Settings, Summary], None]) -> int:
    """Do the work of `main` and return the exit code. `summary.json` is written whatever happens."""
    summary = Summary()
    try:
        main(read_settings(), summary)
    except RunEnded as end:
        return give_up(summary, str(end), end.status, end.exit_code)
    except OSError as error:
        return give_up(summary, f"could not read or write a file: {error}", "failed", 1)
    except BaseException:
        summary.write("failed")
        raise
    summary.write("completed")
    say("finished")
    return 0


def give_up(summary: Summary, reason: str, status: str, exit_code: int) -> int:
    """Say why on stderr, record it, and return `exit_code`."""
    print(f"{'stopped' if status == 'stopped' else 'error'}: {reason}", file=sys.stderr, flush=True)
    summary.note(reason=reason)
    try:
        summary.write(status)
    except OSError as error:
        print(f"error: could not write {SUMMARY}: {error}", file=sys.stderr, flush=True)
    return exit_code


def read_settings() -> Settings:
    """Return what `settings.json` holds."""
    try:
        return Settings(json.loads(read_text(str(SETTINGS), "the settings")))
    except ValueError as error:
        raise InputWrong(f"{SETTINGS} is not valid JSON: {error}") from None


def read_text(name: str, what: str) -> str:
    """Return the text of a file; `what` names its purpose for the error message."""
    try:
        return Path(name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputWrong(f"{what}: there is no file '{name}' in {Path.cwd()}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputWrong(f"{what}: the file '{name}' cannot be read: {error}") from None


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace `path` by `content`. A reader, or a run after a crash, finds the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.new")
    data = content.encode() if isinstance(content, str) else content
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def say(line: str) -> None:
    """Print a line that is seen at once, also through a pipe."""
    print(line, flush=True)
