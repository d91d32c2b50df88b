"""What needs the database while no server runs. The server's own program does it; here it is only called."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from argosy.core.errors import ArgosyError, ServerError


def restore(backup: Path) -> str | None:
    """The backup is the database now; returns where the one before is kept. No server may run."""
    return _done("restore", backup).get("kept")


def check(backup: Path) -> tuple[str, ...]:
    """What is wrong with a backup; empty when it is sound and could be restored."""
    return tuple(_done("check", backup).get("complaints", ()))


def _done(what: str, backup: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "argosy.server.offline", what, "--", str(backup.absolute())]
    answer = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    try:
        said: dict[str, Any] = json.loads(answer.stdout)
    except ValueError:
        words = answer.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ServerError(f"the {what} failed: {words[-1] if words else answer.returncode}") from None
    if answer.returncode:
        raise ArgosyError.from_wire(said)
    return said
