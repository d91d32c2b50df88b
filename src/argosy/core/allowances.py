"""How many jobs a scheduler is asked to take that has refused some because there are too many already. Pure.

Nobody tells how many it would take, so Argosy learns it: as many as have ended may come; when all of them were taken
twice as many may; and every now and then one is tried, since limits are raised and others' jobs end, too.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from argosy.core.slurm import SlurmWishes
from argosy.core.values import Moment, Value

PROBE_S = 30.0
"""How long after a refusal one job is tried although none of ours has ended."""
ENOUGH = 256
"""When so many were taken at once, nothing is left of the limit."""


class Allowance(Value):
    """What is known of a limit: how many may be tried, when one may be tried in any case, and how it was put."""

    tries: int = 0
    probe: Moment
    message: str
    hint: str = ""


class Allowances(dict[SlurmWishes, Allowance]):
    """The limits that were met at one target, each for jobs with the same account, QOS, partition and so on."""

    def opened(self, ended: int) -> None:
        """So many jobs have ended: as many others may come, of whichever kind."""
        for kind, allowance in self.items():
            self[kind] = allowance.model_copy(update={"tries": allowance.tries + ended})

    def tries(self, kind: SlurmWishes, now: datetime) -> int | None:
        """How many of a kind may be handed in now; None: as many as there are."""
        allowance = self.get(kind)
        if allowance is None:
            return None
        return allowance.tries or int(not timedelta() <= allowance.probe - now <= timedelta(seconds=PROBE_S))

    def limits(self, now: datetime) -> dict[SlurmWishes, int]:
        """How many may be handed in now of each kind whose limit was met."""
        return {kind: self.tries(kind, now) or 0 for kind in self}

    def taken(self, kind: SlurmWishes, asked: int) -> None:
        """All of a kind that were handed in were taken."""
        allowance = self.get(kind)
        if allowance is not None and 2 * asked > ENOUGH:
            del self[kind]
        elif allowance is not None:
            self[kind] = allowance.model_copy(update={"tries": max(2 * asked, allowance.tries - asked)})

    def refused(self, kind: SlurmWishes, message: str, hint: str, now: datetime) -> None:
        """Some of a kind were not taken since there are too many."""
        self[kind] = Allowance(probe=now + timedelta(seconds=PROBE_S), message=message, hint=hint)

    def within(self, kinds: Iterable[SlurmWishes], now: datetime, *, most: int | None = None) -> list[int]:
        """Which of a queue of jobs, by their places in it, may be handed in now; the first of each kind go first.

        At most ``most`` of them: jobs at a limit of their kind do not count, and so keep no others waiting.
        """
        if not self:  # no limit was met: what kinds they are need not be compared
            return [place for place, _ in enumerate(kinds)][:most]
        left: dict[SlurmWishes, int | None] = {}
        chosen: list[int] = []
        for place, kind in enumerate(kinds):
            if kind not in left:
                left[kind] = self.tries(kind, now)
            tries = left[kind]
            if tries is None or tries > 0:
                chosen.append(place)
            left[kind] = None if tries is None else tries - 1
        return chosen[:most]
