"""Bytes on their way to a machine: whoever surrounds the transport is kept informed of them."""

from argosy.contracts import Surroundings


class Counted:
    """How many bytes have travelled."""

    def __init__(self) -> None:
        self.bytes = 0

    def add(self, count: int) -> None:
        """So many more."""
        self.bytes += count


class Freight(Counted):
    """Bytes on their way there, of a number that is known."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self._before = self._total = 0
        self._over = False

    def due(self, there: int, total: int) -> None:
        """So many bytes are to be there in the end, and so many are already."""
        self._before, self._total = there, total
        self._tell()

    def add(self, count: int) -> None:
        """So many more have travelled."""
        super().add(count)
        self._tell()

    def over(self) -> None:
        """Nothing is on its way any more, whatever is still heard."""
        self._over = True
        self._around.on_the_way(0, 0)

    def _tell(self) -> None:
        if not self._over:
            # The heads of archives travel too, and are no part of what was promised.
            self._around.on_the_way(min(self._before + self.bytes, self._total), self._total)
