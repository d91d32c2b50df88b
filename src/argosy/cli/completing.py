"""What the shell may complete: asked of a running server; without one nothing is completed and none is started."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argosy.client.road import Road

_MOST = 200

Choices = list[tuple[str, str] | str]


def jobs(incomplete: str) -> Choices:
    """Short ids of the newest jobs with their names, and names that begin as the word does."""
    return _asked(lambda road: _jobs(road, incomplete))


def templates(incomplete: str) -> Choices:
    """Templates by name."""
    from argosy.client import calls

    return _asked(lambda road: [(row.name, row.title) for row in _of(incomplete, road.send(calls.templates()))])


def presets(incomplete: str) -> Choices:
    """Presets by name."""
    from argosy.client import calls_of_templates

    return _asked(
        lambda road: [(row.name, row.template) for row in _of(incomplete, road.send(calls_of_templates.presets()))]
    )


def targets(incomplete: str) -> Choices:
    """Targets by name."""
    from argosy.client import calls

    return _asked(lambda road: [(row.name, row.scheduler) for row in _of(incomplete, road.send(calls.targets()))])


def engines(incomplete: str) -> Choices:
    """Engines by name."""
    from argosy.client import calls

    return _asked(lambda road: [(row.name, row.title) for row in _of(incomplete, road.send(calls.engines()))])


def fates(incomplete: str) -> Choices:
    """States and outcomes."""
    from argosy.core.job import FATES

    return [fate for fate in FATES if fate.startswith(incomplete)]


def outcomes(incomplete: str) -> Choices:
    """Ways in which a job can end."""
    from argosy.core.job import OUTCOMES

    return [one for one in OUTCOMES if one.startswith(incomplete)]


def _jobs(road: "Road", incomplete: str) -> Choices:
    from argosy.client import calls
    from argosy.core import ids
    from argosy.core.views import JobQuery

    rows = road.send(calls.jobs(JobQuery(limit=_MOST))).jobs
    by_id: Choices = [
        (ids.short(row.id), f"{row.name} ({row.fate})") for row in rows if ids.short(row.id).startswith(incomplete)
    ]
    names = dict.fromkeys(row.name for row in rows if incomplete and row.name.startswith(incomplete))
    return [*by_id, *names, *(["last"] if rows and "last".startswith(incomplete) else [])]


def _of(incomplete: str, rows: tuple[Any, ...]) -> list[Any]:
    return [row for row in rows if row.name.startswith(incomplete)]


def _asked(ask: "Callable[[Road], Choices]") -> Choices:
    from argosy.client.road import Road
    from argosy.core.errors import ArgosyError

    try:
        return ask(Road(may_start=False))
    except (ArgosyError, OSError):
        return []
