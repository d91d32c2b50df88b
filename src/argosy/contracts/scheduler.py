"""What a scheduler promises: how work is started and watched, as text."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from argosy.core.command import Answer, Command
from argosy.core.sighting import Launched, Refused, Sighting, Watched
from argosy.core.spec import JobSpec
from argosy.core.target import Target
from argosy.core.values import Value


class Order(Value):
    """One attempt to be started. Those of a ``lane`` stand together; each starts when the one before it is over.

    Where the lane is under way already, ``behind`` is the directory of the one that was its last so far.
    """

    token: str
    directory: str
    spec: JobSpec
    lane: str = ""
    behind: str = ""


class Scheduler(Protocol):
    """Builds commands and parses answers; does no I/O.

    A parser raises Garbled for an answer that is cut short or strange, rather than return less than it was asked for.
    """

    name: str
    in_turn: bool
    """Whether it can start the orders of a lane one after another; if not, there are no lanes."""

    def at(self, target: Target) -> "Scheduler":
        """This scheduler, with what the target says of it."""
        ...

    def directives(self, order: Order, target: Target) -> tuple[str, ...]:
        """Comment lines for the top of the script."""
        ...

    def submit(self, orders: Sequence[Order]) -> Command:
        """One command that hands in all orders; each one's script is ``run.sh`` in its directory."""
        ...

    def parse_submit(self, orders: Sequence[Order], answer: Answer) -> Mapping[str, Launched | Refused]:
        """What became of each order, by token.

        A token without an answer may or may not have been taken: look before trying again.
        """
        ...

    def list(self, watched: Sequence[Watched]) -> Command:
        """One command that tells how all these attempts are."""
        ...

    def parse_list(self, watched: Sequence[Watched], answer: Answer) -> Mapping[str, Sighting]:
        """A sighting for each watched attempt, by token. Raises Unreachable when they could not be looked at."""
        ...

    def explain(self, unexplained: Sequence[Sighting]) -> Command | None:
        """One command that asks the scheduler's books how these attempts ended; None where there are no books."""
        ...

    def parse_explain(self, unexplained: Sequence[Sighting], answer: Answer) -> Mapping[str, Sighting]:
        """The sightings again, by token, with what the books tell."""
        ...

    def cancel(self, watched: Sequence[Watched]) -> Command:
        """One command that tells these attempts to stop; harmless for those that are over."""
        ...

    def parse_cancel(self, watched: Sequence[Watched], answer: Answer) -> frozenset[str]:
        """The tokens that have been told, will never start, or are over; the others must be told again."""
        ...

    def kill(self, watched: Sequence[Watched]) -> Command:
        """The same without any grace, also for those that were told before; ``parse_cancel`` reads the answer."""
        ...

    def forbid(self, watched: Sequence[Watched]) -> Command:
        """One command that takes the one start of attempts that have not started, so that they never will."""
        ...

    def parse_forbid(self, watched: Sequence[Watched], answer: Answer) -> frozenset[str]:
        """The tokens that will never start; the others have started already."""
        ...
