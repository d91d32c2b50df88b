"""A progress bar on the terminal, for whatever takes longer than a second."""

import sys
import time
from types import TracebackType
from typing import Self

from argosy.cli.letters import cut_middle, harmless, padded
from argosy.cli.page import is_terminal, page_of
from argosy.client.progress import Step
from argosy.core.quantities import spell_size

_PATIENCE_S = 1.0
_REDRAW_S = 0.1
_CELLS = 24


class Bar:
    """Draws steps as they are told, from the second second on; nothing where nobody looks. Gone when the block ends."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._drawn = 0.0
        self._looking = is_terminal(sys.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def __call__(self, step: Step) -> None:
        """Draw the step, if it is time."""
        now = time.monotonic()
        if not self._looking or now - self._began < _PATIENCE_S or now - self._drawn < _REDRAW_S:
            return
        self._drawn = now
        sys.stderr.write(f"\r{drawn(step, page_of(sys.stderr).columns)}\x1b[K")
        sys.stderr.flush()


def drawn(step: Step, columns: int) -> str:
    """One line: what, a bar, a percentage, and how many bytes of how many."""
    fraction = min(step.done / step.total, 1.0) if step.total else 1.0
    cells = "█" * round(fraction * _CELLS)
    amount = f"{spell_size(step.done)} of {spell_size(step.total)}"
    room = max(columns - _CELLS - len(amount) - 9, 8)
    return f"{padded(cut_middle(harmless(step.what), room), room)} {padded(cells, _CELLS)} {fraction:4.0%} {amount}"
