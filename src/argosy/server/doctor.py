"""What is wrong, or soon will be, with this server and what it needs."""

import asyncio
import shutil
import stat
import sys
from pathlib import Path

from argosy.core.errors import ArgosyError
from argosy.core.findings import Finding, error, warning
from argosy.core.home import Home
from argosy.server.places import settings_in_config
from argosy.server.wiring import House

_LITTLE_BYTES = 1024**3
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


async def look_over(house: House) -> tuple[Finding, ...]:
    """Everything that is worth saying; looks at each target, so it takes as long as the slowest of them."""
    services = house.services
    complaints = await services.store.check()
    database = [error("database", what, remedy="Restore a backup: argosy backup restore.") for what in complaints]
    own = await asyncio.to_thread(_about_home, house.home)
    names = [target.name for target in await services.store.targets()]
    checks = await asyncio.gather(*(services.targets.check(name) for name in names))
    there = [finding for check in checks for finding in check.findings]
    return (*house.broken, *database, *own, *there)


def _about_home(home: Home) -> list[Finding]:
    found: list[Finding] = []
    for place in (home.data, home.config, home.state):
        found += [*_too_open(place), *_too_full(place)]
    try:
        settings_in_config(home)
    except ArgosyError as trouble:
        found.append(error(str(home.config / "config.toml"), trouble.message, remedy=trouble.hint))
    return list(dict.fromkeys(found))


def _too_open(place: Path) -> list[Finding]:
    if sys.platform == "win32" or not place.stat().st_mode & _OTHERS:
        return []
    return [warning(str(place), "other accounts of this machine can look into it", remedy=f"chmod 700 {place}")]


def _too_full(place: Path) -> list[Finding]:
    free = shutil.disk_usage(place).free
    if free >= _LITTLE_BYTES:
        return []
    return [
        warning(
            str(place),
            f"only {free // 1024**2} MiB are free on this disk",
            remedy="Make room: results come home to it.",
        )
    ]
