"""What a fuzzer needs to know of a reader: how bytes are given to it, and what good ones look like."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from argosy.core.errors import ArgosyError

HERE = Path(__file__).parent
PART = "\f"
"""What stands between the files of an input that is several files."""


@dataclass(frozen=True)
class Reader:
    """``reads`` takes any bytes; ``words`` are those that its language knows.

    It may refuse with an error of Argosy. Whatever else it raises is a fault of the product, and so is an assertion of
    ``reads`` that does not hold.
    """

    name: str
    reads: Callable[[bytes], object]
    words: Sequence[str] = ()

    @property
    def examples(self) -> Path:
        """The folder with good ones."""
        return HERE / "examples" / self.name

    @property
    def kept(self) -> Path:
        """The folder with those that once broke it; it may be missing."""
        return HERE / "kept" / self.name

    def read(self, data: bytes) -> None:
        """Read, or be refused in words."""
        with suppress(ArgosyError):
            self.reads(data)


def text_of(data: bytes) -> str:
    """A text as the product reads it: what is no UTF-8 is replaced."""
    return data.decode("utf-8", "replace")


def parts_of(data: bytes, count: int) -> list[str]:
    """So many texts; those that are not there are empty."""
    parts = text_of(data).split(PART, count - 1)
    return parts + [""] * (count - len(parts))
