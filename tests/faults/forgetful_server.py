"""A server that dies at a mark, and keeps aside what was certainly on the disk then.

``python -m tests.faults.forgetful_server HOME MARK``: whenever a write that waits for the disk has been made, the
database is copied to HOME/on-disk. What came after it is what a power cut may take back.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from argosy.core.home import home_from
from argosy.server.life import serve
from argosy.service.marks import Mark

WAITED_FOR = {Mark.ACCEPT_RECORDED, Mark.STAGE_RECORDED}


def main(top: Path, fatal: Mark) -> None:
    def note_or_die(mark: Mark) -> None:
        if mark in WAITED_FOR:
            keep_aside(top)
        if mark is fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    nowhere = Path("/nonexistent")
    home = home_from({"ARGOSY_HOME": str(top)}, data=nowhere, config=nowhere, state=nowhere)
    serve(home, at=note_or_die)


def keep_aside(top: Path) -> None:
    aside = top / "on-disk"
    aside.mkdir(exist_ok=True)
    for name in ("argosy.db", "argosy.db-wal"):
        shutil.copyfile(top / name, aside / name)


def bring_back(top: Path) -> None:
    """The database as it was after the last write that waited for the disk."""
    (top / "argosy.db-shm").unlink(missing_ok=True)
    for name in ("argosy.db", "argosy.db-wal"):
        shutil.copyfile(top / "on-disk" / name, top / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Mark(sys.argv[2]))
