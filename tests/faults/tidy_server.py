"""A real server that looks every tenth of a second, not every few hours, whether there is something to clear away.

``python -m tests.faults.tidy_server HOME``
"""

import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

from argosy.core.home import home_from
from argosy.server import life
from argosy.service.housekeeping import Housekeeping


def main(top: str) -> None:
    brief = timedelta(seconds=0.1)
    life.Housekeeping = partial(Housekeeping, quiet=brief, every=brief, look=brief)
    nowhere = Path("/nonexistent")
    life.serve(home_from({"ARGOSY_HOME": top}, data=nowhere, config=nowhere, state=nowhere))


if __name__ == "__main__":
    main(sys.argv[1])
