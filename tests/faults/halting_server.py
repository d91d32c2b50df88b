"""A real server that stops at the first pass of a mark, and goes on when a test lets it.

``python -m tests.faults.halting_server HOME MARK``: it stands still for as long as the file HOME/halted is there.
"""

import sys
import time
from pathlib import Path

from argosy.core.home import home_from
from argosy.server.life import serve
from argosy.service.marks import Mark

HALTED = "halted"


def main(top: Path, awaited: Mark) -> None:
    marks = [awaited]

    def halt(mark: Mark) -> None:
        if mark in marks:
            marks.clear()
            (top / HALTED).touch()
            while (top / HALTED).exists():
                time.sleep(0.01)

    nowhere = Path("/nonexistent")
    serve(home_from({"ARGOSY_HOME": str(top)}, data=nowhere, config=nowhere, state=nowhere), at=halt)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Mark(sys.argv[2]))
