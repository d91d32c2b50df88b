"""How far something is that takes a while, told to whoever asked."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """``done`` of ``total`` bytes of ``what`` (a verb and a name, such as ``reading box.pdb``)."""

    what: str
    done: int
    total: int


Told = Callable[[Step], None]


def unheard(_step: Step) -> None:
    """Nobody wants to know."""
