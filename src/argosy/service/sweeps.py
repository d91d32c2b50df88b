"""Many jobs from one submission: a sweep over lists of values."""

import secrets
from dataclasses import dataclass

from pydantic import ValidationError

from argosy.core import ids
from argosy.core.drafting import refused
from argosy.core.submission import Submission
from argosy.core.sweep import LABEL, Sweep, SweepPreview, Swept, count, members, shown
from argosy.service.jobs import Jobs


@dataclass(frozen=True)
class Sweeps:
    """Sweeps become jobs by the same door as single ones."""

    jobs: Jobs

    async def preview(self, sweep: Sweep, *, owner: str) -> SweepPreview:
        """How many jobs it would be, and the first of them in full; nothing is kept. Raises BadInput."""
        number = count(sweep)
        first = await self.jobs.preview(_members(sweep, self._label(sweep))[0], owner=owner, ask=True)
        return SweepPreview(count=number, members=shown(sweep), first=first)

    async def submit(self, sweep: Sweep, *, owner: str) -> Swept:
        """Take in all of its jobs, or none when one has an error. All of them bear the same label.

        That is the one which the submission has, else one that no other sweep has.
        """
        label = self._label(sweep)
        made = await self.jobs.submit(_members(sweep, label), owner=owner)
        return Swept(label=label, jobs=tuple(view.job.id for view in made))

    def _label(self, sweep: Sweep) -> str:
        fresh = ids.short(ids.job_id(self.jobs.clock(), secrets.randbits(ids.ENTROPY_BITS)))
        return sweep.submission.labels.get(LABEL, fresh)


def _members(sweep: Sweep, label: str) -> list[Submission]:
    try:
        return members(sweep, label)
    except ValidationError as fault:
        raise refused(fault) from None
