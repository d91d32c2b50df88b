"""Values that were read lately, so that a target's round need not parse again what has not changed."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


class Recent(Generic[_K, _V]):
    """The values used last, as many as ``room_bytes`` of documents made. Only for values that never change under their key.

    Safe in threads.
    """

    def __init__(self, room_bytes: int) -> None:
        self._left = room_bytes
        self._values: OrderedDict[_K, tuple[_V, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: _K) -> _V | None:
        """The value, if it is still remembered."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: _K, value: _V, size: int) -> None:
        """Remember a value that was made from a document of this size; the ones unused for longest are forgotten for it."""
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
