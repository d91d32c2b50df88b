"""A line on the terminal for what takes long and tells nothing on its way."""

import sys
from threading import Event, Thread
from types import TracebackType
from typing import Self

from argosy.cli.letters import cut_middle, harmless
from argosy.cli.page import is_terminal, page_of
from argosy.core.quantities import spell_duration

_EVERY_S = 1


class Patience:
    """Says each second what is being done, and for how long; nothing where nobody looks. Gone when the block ends."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._over = Event()
        self._drawing = Thread(target=self._draw, daemon=True)
        self._looking = is_terminal(sys.stderr)

    def __enter__(self) -> Self:
        if self._looking:
            self._drawing.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._looking:
            self._over.set()
            self._drawing.join()

    def _draw(self) -> None:
        seconds = 0
        while not self._over.wait(_EVERY_S):
            seconds += _EVERY_S
            took = f" … {spell_duration(seconds)}"
            words = cut_middle(harmless(self._words), max(page_of(sys.stderr).columns - len(took) - 1, 8))
            _write(f"\r{words}{took}\x1b[K")
        if seconds:
            _write("\r\x1b[K")


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
