"""What a scheduler promises besides, if what it offers can be read from it."""

from typing import Protocol, runtime_checkable

from argosy.core.command import Answer, Command
from argosy.core.crowd import Crowd
from argosy.core.offered import Offer


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

    def needs(self, offer: Offer) -> Command | None:
        """One command that tells what modules need before they can be loaded; None once all of it is known."""
        ...

    def parse_needs(self, offer: Offer, answer: Answer) -> Offer:
        """The offer with what it tells. Raises Garbled for a strange answer."""
        ...

    def finds(self, offer: Offer) -> Command | None:
        """One command that finds programs, also behind modules, and asks them for their versions; None for none."""
        ...

    def parse_finds(self, offer: Offer, answer: Answer) -> Offer:
        """The offer with what it tells. Raises Garbled for a strange answer."""
        ...

    def crowd(self) -> Command:
        """One command that counts nodes, GPUs and jobs that wait and run, and reads what whoever asks may have."""
        ...

    def parse_crowd(self, answer: Answer) -> Crowd:
        """How full it is. What could not be read, but for nodes and queue, is named in the notes.

        Raises Unreachable or Denied when those could not be read, Garbled for a strange answer.
        """
        ...
