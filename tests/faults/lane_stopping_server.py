"""A real server that stops a lane and kills itself, right after it has put jobs behind that lane.

``python -m tests.faults.lane_stopping_server HOME``
"""

import contextlib
import os
import signal
import sys
from pathlib import Path

from argosy.core.home import home_from
from argosy.server.life import serve
from argosy.service.marks import Mark


def main(top: Path) -> None:
    def stop_both(mark: Mark) -> None:
        if mark is Mark.LAUNCH_ASKED and any(top.glob("local/jobs/*/attempt-1/behind")):
            for lane in lanes(top):
                os.kill(lane, signal.SIGSTOP)
            os.kill(os.getpid(), signal.SIGKILL)

    nowhere = Path("/nonexistent")
    serve(home_from({"ARGOSY_HOME": str(top)}, data=nowhere, config=nowhere, state=nowhere), at=stop_both)


def lanes(top: Path) -> list[int]:
    """The shells of lanes at this home: each leads a session, and what it runs begins as a fork of it."""
    mine = os.fsencode(top)
    found: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes()
            leads = os.getsid(int(process.name)) == int(process.name)
            if leads and b"argosy_lane_last" in words and b"launch_lane" not in words and mine in words:
                found.append(int(process.name))
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
