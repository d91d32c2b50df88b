"""What a scheduler promises besides, if what it offers can be read from it."""

from typing import Protocol, runtime_checkable

from argosy.core.command import Answer, Command
from argosy.core.crowd import Crowd
from argosy.core.offer import Offer


@runtime_checkable
class Surveyed(Protocol):
    """Builds questions about what a cluster offers and how full it is, and parses the answers; does no I/O."""

    def survey(self) -> Command:
        """One command that reads partitions, limits, what is allowed, programs and modules. It changes nothing."""
        ...

    def parse_survey(self, answer: Answer) -> Offer:
        """What it offers. What could not be read, but for the partitions, is named in the notes.

        Raises Unreachable or Denied when the partitions could not be read, Garbled for a strange answer.
        """
        ...

    def crowd(self) -> Command:
        """One command that counts nodes, GPUs and jobs that wait and run, and reads what whoever asks may have."""
        ...

    def parse_crowd(self, answer: Answer) -> Crowd:
        """How full it is. What could not be read, but for nodes and queue, is named in the notes.

        Raises Unreachable or Denied when those could not be read, Garbled for a strange answer.
        """
        ...
