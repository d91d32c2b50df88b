"""One request to the door as a value: what is asked, and how the answer is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

T = TypeVar("T")

Body = Mapping[str, Any] | Sequence[Any] | None
# Methods that change nothing the second time, so that they may be sent again when it is not known whether they arrived.
_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})


@dataclass(frozen=True)
class Call(Generic[T]):
    """What is asked. ``read`` turns the body of the answer into a value.

    ``repeatable`` says that sending it twice does what sending it once does. ``patience_s`` is how long the server may
    take to answer.
    """

    method: str
    path: str
    read: Callable[[bytes], T]
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    body: Body = field(default=None, repr=False)  # it may hold what a person has typed into a login
    again: bool = False
    patience_s: float = 60.0

    @property
    def repeatable(self) -> bool:
        """Whether a second sending does no harm."""
        return self.again or self.method in _REPEATABLE

    @property
    def target(self) -> str:
        """Path and query as they stand in the request line. None is left out, the items of a list are repeated."""
        given = [(name, one) for name, value in self.params.items() for one in _each(value)]
        query = urlencode(given, quote_via=quote)
        return f"{self.path}?{query}" if query else self.path


def segment(text: str) -> str:
    """A name as one or more parts of a path: everything but ``/`` and plain characters is escaped."""
    return quote(text, safe="/")


def _each(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    if isinstance(value, list | tuple):
        return list(value)  # pyright: ignore[reportUnknownArgumentType]
    return (value,)
