"""The server in numbers."""

import os
import sys
from datetime import datetime
from pathlib import Path

from argosy.core.version import VERSION
from argosy.core.views import ServerView
from argosy.server.places import shown
from argosy.server.wiring import House


async def numbers(house: House, started: datetime) -> ServerView:
    """How this server is doing now."""
    services = house.services
    standings = services.reconciler.standings
    return ServerView(
        version=VERSION,
        pid=os.getpid(),
        started=started,
        home=str(house.home.data),
        database=shown(house.home.database_url),
        memory_mib=round(_memory_mib(), 1),
        live=sum(standing.live for standing in standings.values()),
        leases=tuple(sorted(name for name, standing in standings.items() if standing.state in {"driving", "idle"})),
    )


def _memory_mib() -> float:
    """Resident memory, where the system tells it; else its highest value so far."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2
    except OSError:
        return _peak_memory_mib()


def _peak_memory_mib() -> float:
    if sys.platform == "win32":
        return 0.0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1024**2
