"""Targets that the user has disconnected: no server of this home connects them by itself, not even after a restart."""

import json
import logging
from pathlib import Path

_log = logging.getLogger("argosy.connections")


class Left:
    """The names, in a small file. A full disk takes the note away, not the disconnection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names = _read(path)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def add(self, name: str) -> None:
        """The user has disconnected it."""
        if name not in self._names:
            self._write(self._names | {name})

    def remove(self, name: str) -> None:
        """The user wants it connected again, or it is gone."""
        if name in self._names:
            self._write(self._names - {name})

    def _write(self, names: frozenset[str]) -> None:
        self._names = names
        part = self._path.with_suffix(".part")
        try:
            part.write_text(json.dumps(sorted(names)), encoding="utf-8")
            part.replace(self._path)
        except OSError as trouble:
            _log.warning("%s cannot be written; the next server will not know it: %s", self._path, trouble)


def _read(path: Path) -> frozenset[str]:
    try:
        return frozenset(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError, TypeError) as trouble:
        _log.warning("%s cannot be read, so no target counts as disconnected: %s", path, trouble)
        return frozenset()
