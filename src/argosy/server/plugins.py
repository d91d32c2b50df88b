"""Plug-ins: found by their entry points, loaded one by one, so that a broken one harms nobody but itself."""

import logging
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from argosy.contracts import Engine, Scheduler
from argosy.core.findings import Finding, warning

PROMISES: Mapping[str, type] = {"argosy.engines": Engine, "argosy.schedulers": Scheduler}
"""What the plug-ins of a group must have; those of the other groups are functions."""

_log = logging.getLogger("argosy.plugins")


def load(group: str, broken: list[Finding]) -> Mapping[str, Any]:
    """All plug-ins of a group by name; what cannot be used is logged, and said in ``broken``."""
    found: dict[str, Any] = {}
    for point in entry_points(group=group):
        try:
            thing = point.load()
        except (Exception, SystemExit) as trouble:  # noqa: BLE001  a stranger's module may raise anything
            _log.exception("plug-in %s of %s cannot be loaded", point.name, group)
            broken.append(_broken(point, f"cannot be loaded: {type(trouble).__name__}: {trouble}"))
            continue
        if lacking := _lacking(thing, group):
            _log.error("plug-in %s of %s lacks %s", point.name, group, ", ".join(lacking))
            broken.append(_broken(point, f"lacks {', '.join(lacking)}"))
        else:
            found[point.name] = thing
    return found


def _lacking(thing: object, group: str) -> list[str]:
    promise = PROMISES.get(group)
    if promise is None:
        return [] if callable(thing) else ["a way to be called"]
    names = {*promise.__annotations__, *(name for name in vars(promise) if not name.startswith("_"))}
    return sorted(name for name in names if not hasattr(thing, name))


def _broken(point: EntryPoint, what: str) -> Finding:
    package = point.dist.name if point.dist else "unknown"
    return warning(
        f"{point.group}: {point.name}",
        f"the plug-in {point.name} {what}",
        remedy=f"Repair or remove the package {package}, then restart the server.",
    )
