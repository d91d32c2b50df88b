"""What a scheduler promises besides, if it says what it would do with a job."""

from typing import Protocol, runtime_checkable

from argosy.core.command import Answer, Command
from argosy.core.trial import Trial


@runtime_checkable
class Trying(Protocol):
    """Builds a question about a job that is not handed in, and parses the answer; does no I/O."""

    def trial(self, script: str) -> Command:
        """One command that asks when a job with this script would start. Nothing is handed in."""
        ...

    def parse_trial(self, answer: Answer) -> Trial:
        """When and where it would start, or why it would be refused.

        Raises Unreachable or Denied when the scheduler did not answer, Garbled for a strange answer.
        """
        ...
