"""Plug-ins: found by their entry points, loaded one by one, so that a broken one harms nobody but itself."""

import logging
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from argosy.core.findings import Finding, warning

_log = logging.getLogger("argosy.plugins")


def load(group: str, broken: list[Finding]) -> Mapping[str, Any]:
    """All plug-ins of a group by name; what cannot be loaded is logged, and said in ``broken``."""
    found: dict[str, Any] = {}
    for point in entry_points(group=group):
        try:
            found[point.name] = point.load()
        except Exception as trouble:  # noqa: BLE001  a stranger's code may raise anything
            _log.exception("plug-in %s of %s cannot be loaded", point.name, group)
            broken.append(_broken(point, trouble))
    return found


def _broken(point: EntryPoint, trouble: Exception) -> Finding:
    package = point.dist.name if point.dist else "unknown"
    return warning(
        f"{point.group}: {point.name}",
        f"the plug-in {point.name} cannot be loaded: {type(trouble).__name__}: {trouble}",
        remedy=f"Repair or remove the package {package}, then restart the server.",
    )
