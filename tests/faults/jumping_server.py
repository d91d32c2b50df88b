"""A real server whose clock is off by what a file says: ``python -m tests.faults.jumping_server HOME FILE``."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argosy.core.home import home_from
from argosy.server import wiring
from argosy.server.life import serve


def main(top: str, offset: Path) -> None:
    def jumping() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(offset.read_text() or 0))

    wiring._now = jumping
    nowhere = Path("/nonexistent")
    serve(home_from({"ARGOSY_HOME": top}, data=nowhere, config=nowhere, state=nowhere))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
