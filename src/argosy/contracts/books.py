"""What a scheduler promises besides, if it keeps books of what jobs have used."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from argosy.core.command import Answer, Command
from argosy.core.sighting import Watched
from argosy.core.spending import Spent

ASKED_TOGETHER = 200
"""About how many attempts the books are asked at once, at most."""


@runtime_checkable
class Books(Protocol):
    """Builds one question about attempts that are over, and parses the answer; does no I/O."""

    def spent(self, watched: Sequence[Watched]) -> Command:
        """One command that asks what these attempts have used."""
        ...

    def parse_spent(self, watched: Sequence[Watched], answer: Answer) -> Mapping[str, Spent]:
        """By token, what the books say; those that they do not know, or not as over, are left out.

        Raises Unreachable or Denied when they could not be asked, Garbled for a strange answer.
        """
        ...
