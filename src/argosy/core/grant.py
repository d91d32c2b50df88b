"""What a scheduler gives a job, where that is other than what the job asked for. Pure."""

from argosy.core.quantities import MAX_DURATION_S, spell_duration
from argosy.core.resources import Resources
from argosy.core.values import Value


class Grant(Value):
    """What is given instead: ``walltime_s`` in seconds, as many ``nodes``; None where it is as was asked for.

    Somebody at the cluster changed it, or the job left it open.
    """

    walltime_s: int | None = None
    nodes: int | None = None

    def words(self) -> str:
        """What is given, in one line for people."""
        said: list[str] = []
        if self.walltime_s is not None:
            endless = self.walltime_s >= MAX_DURATION_S
            said.append("it may run without an end" if endless else f"it may run {spell_duration(self.walltime_s)}")
        if self.nodes is not None:
            said.append("it has 1 node" if self.nodes == 1 else f"it has {self.nodes} nodes")
        return ", ".join(said)


def walltime_of(granted: Grant | None, asked: Resources) -> int | None:
    """The walltime in seconds that a job has by now; None where there is none, or nobody says."""
    found = granted.walltime_s if granted and granted.walltime_s else asked.walltime_s
    return found if found is None or found < MAX_DURATION_S else None
