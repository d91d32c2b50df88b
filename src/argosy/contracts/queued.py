"""What a scheduler promises besides, if it can list jobs that Argosy did not start."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from argosy.core.command import Answer, Command
from argosy.core.errors import Garbled
from argosy.core.queued import QueuedJob


@runtime_checkable
class Listed(Protocol):
    """Builds questions about all jobs of whoever asks, and parses the answers; does no I/O."""

    def queue(self) -> Command:
        """One command that lists them."""
        ...

    def parse_queue(self, answer: Answer) -> tuple[tuple[QueuedJob, ...], Garbled | None]:
        """Those that could be read, and what is wrong with the others.

        Raises Unreachable or Denied when they could not be listed, Garbled for an answer that is not whole.
        """
        ...

    def whose(self, handles: Sequence[str]) -> Command:
        """One command that asks about numbers which the list does not have."""
        ...

    def parse_whose(self, handles: Sequence[str], answer: Answer) -> Mapping[str, str]:
        """By number, why it is no job of whoever asks that waits or runs, in words that follow the number.

        Raises Garbled for an answer that is not whole.
        """
        ...

    def queue_in_full(self) -> Command:
        """One command that lists them in a form that no name can break, at a higher price."""
        ...

    def parse_queue_in_full(self, answer: Answer) -> tuple[QueuedJob, ...]:
        """All of them. Raises like ``parse_queue``, and Denied where this form is not to be had."""
        ...
