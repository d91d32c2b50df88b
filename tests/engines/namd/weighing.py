"""Looks at what a production run left, as the server does when it ends: ``-m tests.engines.namd.weighing FOLDER``.

The folder is that of an attempt. Says as JSON what came of it, and the most memory that the process held.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from argosy.core.names import spell
from argosy.core.target import Target
from argosy.engines.namd.engine import ENGINE
from argosy.service.outputs import read_outputs
from argosy.transports.local import open_local
from tests.contracts.surroundings import Noted
from tests.engines.laboratory import report_of
from tests.engines.namd.record import recorded


def main(folder: Path) -> None:
    """Read, judge, and say."""
    spec = recorded("production").spec
    transport = open_local(Target(name="local", root="/"), Noted())
    outputs = asyncio.run(read_outputs(transport, ENGINE, spec, spell(os.fsencode(folder))))
    progress = ENGINE.progress(spec, outputs.texts)
    found = {
        "verdict": ENGINE.verdict(spec, report_of(0), outputs).kind,
        "step": progress and progress.step,
        "series": [one.name for one in ENGINE.results(spec, outputs).series],
        "peak_mib": _peak_mib(),
    }
    sys.stdout.write(json.dumps(found))


def _peak_mib() -> int:
    """What ``getrusage`` tells counts the process that started this one, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
