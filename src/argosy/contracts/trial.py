"""What a scheduler promises besides, if it can be asked about a job that is not handed in."""

from datetime import datetime
from typing import Protocol, runtime_checkable

from argosy.core.command import Answer, Command
from argosy.core.prospect import Ahead, Trial


@runtime_checkable
class Tried(Protocol):
    """Builds questions about a job that is not handed in, and parses the answers; does no I/O."""

    def test_only(self, script: str) -> Command:
        """One command that asks when a job with this script would start. Nothing is kept, and nothing will run."""
        ...

    def parse_test_only(self, answer: Answer) -> Trial:
        """When it would start, or why it would be refused. Raises Unreachable or Denied when nobody could be asked."""
        ...

    def ahead(self, partition: str) -> Command:
        """One command that reads when those jobs are expected to start that wait in a partition."""
        ...

    def parse_ahead(self, answer: Answer, now: datetime) -> Ahead:
        """How many wait, and until when. Raises Unreachable or Denied when nobody could be asked."""
        ...
