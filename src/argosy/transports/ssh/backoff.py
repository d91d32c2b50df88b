"""When a machine that did not answer is dialled again: later each time, and never all at the same moment."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from argosy.core.errors import Unreachable

FIRST_S = 1.0
LONGEST_S = 60.0


@dataclass
class Backoff:
    """How often it failed in a row, and until when it is left alone. ``clock`` counts seconds and never goes back."""

    clock: Callable[[], float]
    jitter: Callable[[], float] = random.random
    failures: int = 0
    last: Unreachable | None = None
    until: float = 0.0

    def failed(self, trouble: Unreachable) -> None:
        """Once more it did not answer. The pause doubles; a third of it is chance, so that many do not come at once."""
        pause = min(LONGEST_S, FIRST_S * 2.0**self.failures)
        self.failures += 1
        self.last = trouble
        self.until = self.clock() + pause * (2 / 3 + self.jitter() / 3)

    def worked(self) -> None:
        """It answered."""
        self.failures = 0
        self.last = None
        self.until = 0.0

    def check(self) -> None:
        """Raises the last trouble again while the machine is left alone."""
        left = self.until - self.clock()
        if self.last is not None and left > 0:
            raise Unreachable(f"{self.last.message}; tried again in {left:.0f} s", hint=self.last.hint)
