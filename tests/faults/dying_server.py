"""A real server that kills itself at a mark of the walk: ``python -m tests.faults.dying_server HOME MARK``."""

import os
import signal
import sys
from pathlib import Path

from argosy.core.home import home_from
from argosy.server.life import serve
from argosy.service.marks import Mark


def main(top: str, fatal: Mark) -> None:
    def die(mark: Mark) -> None:
        if mark is fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    nowhere = Path("/nonexistent")
    home = home_from({"ARGOSY_HOME": top}, data=nowhere, config=nowhere, state=nowhere)
    serve(home, at=die)


if __name__ == "__main__":
    main(sys.argv[1], Mark(sys.argv[2]))
