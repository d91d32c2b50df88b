"""A folder of text files, as names and texts."""

import os
from pathlib import Path

from argosy.core.errors import BadInput
from argosy.core.names import spell

MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_FILES = 200


def read_folder(folder: Path) -> dict[str, str]:
    """The files below a folder, without hidden ones. Raises BadInput for what is no text, too large or too much."""
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_dir() or any(part.startswith(".") for part in inside.parts):
            continue
        if len(texts) >= MAX_FILES:
            raise BadInput(f"{folder} has more than {MAX_FILES} files", hint="A template is a few text files.")
        texts[spell(os.fsencode(inside.as_posix()))] = _text(path)
    return texts


def read_file(path: Path) -> str:
    """The text of one file; raises BadInput as for a folder."""
    return _text(path)


def _text(path: Path) -> str:
    shown = spell(os.fsencode(path))
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadInput(f"{shown} is larger than 4 MiB", hint="Give large files to jobs as inputs.")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadInput(f"{shown} is not UTF-8 text", hint="Give other files to jobs as inputs.") from None
    except OSError as trouble:
        raise BadInput(f"{shown}: {trouble.strerror}") from None
