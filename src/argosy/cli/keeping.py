"""Files that the user names: read whole, or written where none was before."""

from pathlib import Path

from argosy.client.sending import shown
from argosy.core.errors import BadInput, Conflict

_MOST_BYTES = 16 * 1024 * 1024


def bytes_of(path: Path, hint: str) -> bytes:
    """What the file holds; raises BadInput when it cannot be read, or is larger than 16 MiB."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadInput(f"{shown(path)} is larger than 16 MiB", hint=hint)
        return path.read_bytes()
    except OSError as trouble:
        raise BadInput(f"{shown(path)}: {trouble.strerror}", hint=hint) from None


def write_new(path: Path, data: bytes) -> None:
    """The file is there with these bytes. Raises Conflict when there was one, BadInput when it cannot be written."""
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise Conflict(f"{shown(path)} exists already", hint="Name another file, or remove it first.") from None
    except OSError as trouble:
        raise BadInput(f"{shown(path)}: {trouble.strerror}", hint="Name a file that you may write.") from None
