"""Values that were read lately, so that a target's round need not parse again what has not changed."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from threading import Lock
from typing import Generic, TypeVar

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


class Recent(Generic[_K, _V]):
    """The values used last, as many as ``room_bytes`` of documents made.

    Only for values that never change under their key. Safe in threads.
    """

    def __init__(self, room_bytes: int) -> None:
        self._left = room_bytes
        self._values: OrderedDict[_K, tuple[_V, int]] = OrderedDict()
        self._lock = Lock()

    def get_many(self, keys: Iterable[_K]) -> dict[_K, _V]:
        """The values that are still remembered."""
        found: dict[_K, _V] = {}
        with self._lock:
            for key in keys:
                entry = self._values.get(key)
                if entry is not None:
                    self._values.move_to_end(key)
                    found[key] = entry[0]
        return found

    def put(self, key: _K, value: _V, size: int) -> None:
        """Remember a value that was made from a document of this size; those unused for longest make room."""
        with self._lock:
            self._drop(key)
            self._values[key] = (value, size)
            self._left -= size
            while self._left < 0:
                self._drop(next(iter(self._values)))

    def _drop(self, key: _K) -> None:
        old = self._values.pop(key, None)
        if old is not None:
            self._left += old[1]
