"""What a transport carries, as values."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from argosy.core.outputs import FileEntry
from argosy.core.values import Value


class Text(Value):
    """Bytes to be placed as a file.

    With ``finally_`` the file holds these bytes once everything else of its parcel is in place, also where another one
    lay under its name.
    """

    kind: Literal["text"] = "text"
    name: str
    data: bytes
    executable: bool = False
    finally_: bytes | None = None


class Stored(Value):
    """Content that the server holds in ``source``, to be placed as a file; it is verified against ``sha256``."""

    kind: Literal["stored"] = "stored"
    name: str
    sha256: str
    size: int
    source: Path
    executable: bool = False
    mutable: bool = False


class There(Value):
    """A file that lies on the target already, at the absolute spelled path ``source``; it is copied."""

    kind: Literal["there"] = "there"
    name: str
    source: str
    executable: bool = False


class Parcel(Value):
    """Everything that must lie in ``directory`` (absolute, spelled) on the target.

    ``subdirectories`` are made even when nothing lies in them.
    """

    directory: str
    items: tuple[Text | Stored | There, ...] = ()
    subdirectories: tuple[str, ...] = ()


class Piece(Value):
    """Bytes ``start`` to ``start + len(data)`` of a file that was ``size`` bytes long when it was read."""

    data: bytes
    start: int = Field(ge=0)
    size: int = Field(ge=0)


class Doomed(Value):
    """A directory tree that shall go if its file ``marker`` contains the text ``holds``.

    With ``keep_marker`` the directory stays with its marker, and all else in it goes.
    """

    directory: str
    marker: str
    holds: str
    keep_marker: bool = False


class Glance(Value):
    """A question about one directory (absolute, spelled): what lies below ``below``, and how the files ``tails`` end.

    ``below`` and ``tails`` are relative to the directory; nothing is listed when ``below`` is None. Of each of the
    ``tails`` at most ``tail_bytes`` are read; their beginnings instead of their ends with ``from_start``.
    """

    directory: str
    below: str | None = None
    tails: tuple[str, ...] = ()
    tail_bytes: int = Field(default=65_536, ge=0)
    from_start: bool = False

    @property
    def first_byte(self) -> int:
        """Where reading begins; below 0 it counts from the end."""
        return 0 if self.from_start else -self.tail_bytes


class Glanced(Value):
    """The answer: the files below, sorted by path, and what was read of those of the ``tails`` that can be read."""

    files: tuple[FileEntry, ...] = ()
    tails: dict[str, Piece] = Field(default_factory=dict)
