"""Input files as they lie on this disk, for an engine to understand: their paths, and the texts of small ones."""

from collections.abc import Iterator
from pathlib import Path

from argosy.client.sending import shown
from argosy.core.errors import BadInput
from argosy.core.understanding import MOST_FILES, Lying

_TEXT_BYTES = 256 * 1024
_ALL_BYTES = 8 * 1024 * 1024
_DEEPEST = 4


def lying(what: Path) -> tuple[Path, Lying]:
    """The folder that paths are seen from, and what lies in and beside it. Raises BadInput when there is nothing.

    For a folder it is that folder; for a file the one that it lies in. What lies beside is seen through ``..``.
    """
    if not what.exists():
        raise BadInput(f"{shown(what)}: there is no such file or folder", hint="Give a configuration, or a folder.")
    folder = (what if what.is_dir() else what.parent).resolve()
    files: dict[str, str | None] = {} if what.is_dir() else {what.name: _text(what)}
    left = _ALL_BYTES
    for name, path in _seen(folder):
        text = _text(path) if left > 0 else None
        left -= len(text or "")
        files[name] = text
        if len(files) >= MOST_FILES:
            break
    return folder, Lying(files=files, only=None if what.is_dir() else what.name)


def _seen(folder: Path) -> Iterator[tuple[str, Path]]:
    """Files of the folder first, then those of its neighbours; hidden ones and other things than files are left out."""
    for path in _below(folder, _DEEPEST):
        yield path.relative_to(folder).as_posix(), path
    for neighbour in _entries(folder.parent):
        if neighbour == folder:
            continue
        for path in _below(neighbour, _DEEPEST - 1) if neighbour.is_dir() else (neighbour,):
            if path.is_file():
                yield f"../{path.relative_to(folder.parent).as_posix()}", path


def _below(folder: Path, deep: int) -> Iterator[Path]:
    for path in _entries(folder):
        if path.is_file():
            yield path
        elif deep and path.is_dir() and not path.is_symlink():
            yield from _below(path, deep - 1)


def _entries(folder: Path) -> list[Path]:
    try:
        found = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []
    return [path for path in found if path.name.isprintable()]


def _text(path: Path) -> str | None:
    """The text of a small file; None for what is large, no text, or cannot be read."""
    try:
        if path.stat().st_size > _TEXT_BYTES:
            return None
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    return None if "\0" in text else text
