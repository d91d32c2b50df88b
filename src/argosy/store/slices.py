"""Long lists in pieces: a statement takes only so many parameters."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_T = TypeVar("_T")
_MOST = 500


def slices(items: Iterable[_T]) -> Iterator[list[_T]]:
    """The items in lists of at most 500, in order."""
    rest = iter(items)
    while some := list(islice(rest, _MOST)):
        yield some
