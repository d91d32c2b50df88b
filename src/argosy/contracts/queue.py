"""What a scheduler promises besides, if its jobs wait in a queue that is shared with others."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, runtime_checkable

from argosy.contracts.scheduler import Order
from argosy.core.alteration import Alteration
from argosy.core.command import Answer, Command
from argosy.core.sighting import Refused
from argosy.core.values import Value

Steering = Literal["hold", "release"] | Alteration
"""What may be done with a job that waits: keep it from starting, let it go on, or let it ask for something else."""


class Steered(Value):
    """What became of it, read back from the queue.

    ``missing``: it is not in the queue (any more); ``begun``: it does not wait any more; neither is an error of Slurm.
    ``unmet`` names what does not read as it was wished although the scheduler did not refuse.
    """

    missing: bool = False
    begun: bool = False
    refusal: Refused | None = None
    unmet: tuple[str, ...] = ()


@runtime_checkable
class SharedQueue(Protocol):
    """Builds commands about jobs that wait, and parses the answers; does no I/O."""

    @property
    def ask_walltime(self) -> tuple[str, ...]:
        """A command for within a job: it prints the walltime in seconds that the job has by now."""
        ...

    def steer(self, orders: Sequence[Order], wish: Steering) -> Command:
        """One command that does it to all, and reads back how they stand then. A second call changes nothing.

        The orders hold the jobs as they are to be. What a job shall ask for instead is wished for one alone.
        """
        ...

    def parse_steer(self, orders: Sequence[Order], wish: Steering, answer: Answer) -> Mapping[str, Steered]:
        """What became of each, by token.

        Raises Unreachable when the scheduler did not answer, Garbled for a strange answer.
        """
        ...
