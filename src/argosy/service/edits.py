"""A job that is over, changed and sent again: what was refused for one slip is not described anew."""

from dataclasses import dataclass

from argosy.contracts import Store
from argosy.core import ids
from argosy.core.edited import Edited, differences
from argosy.core.errors import BadInput, Conflict
from argosy.core.job import Closed, Job, fate
from argosy.core.onward import Onward
from argosy.core.remedies import anew
from argosy.core.submission import Submission
from argosy.core.views import JobView
from argosy.service.acts import refuse_adopted
from argosy.service.jobs import Jobs, Lineage


@dataclass(frozen=True)
class Edits:
    """Jobs with other wishes. Their inputs are known by their contents, so that nothing is sent to the server again."""

    store: Store
    jobs: Jobs

    async def preview(self, job: str, onward: Onward, *, owner: str) -> Edited:
        """What the changed job would be, with all differences; nothing is kept. Raises like ``edit``."""
        former, submission = await self._submission(job, onward)
        preview = await self.jobs.preview(submission, owner=owner, ask=True)
        return Edited(changes=differences(former.spec, preview.spec), preview=preview)

    async def edit(self, job: str, onward: Onward, *, by: str) -> JobView:
        """Send it again with these changes, as a new job that is a copy of it; the former one stays as it is.

        Raises Conflict while it is open, or when it was adopted, and BadInput for what will not do.
        """
        former, submission = await self._submission(job, onward)
        lineage = Lineage(parent=former, kind="copy")
        (view,) = await self.jobs.submit([submission], owner=by, lineage=lineage)
        return view

    async def _submission(self, job: str, onward: Onward) -> tuple[Job, Submission]:
        found, last = await self.store.job(job), (await self.store.attempts(job))[-1]
        short = ids.short(job)
        refuse_adopted(found, "sent again")
        if not isinstance(last.state, Closed):
            hint = f"Change what it asks for while it waits: argosy alter {short}. Or cancel it: argosy cancel {short}."
            raise Conflict(f"job {short} is {fate(last.state)}; only a job that is over can be sent again", hint=hint)
        if onward == Onward():
            raise BadInput("nothing is to be changed", hint=f"To try it again as it is: argosy retry {short}.")
        if onward.template is not None:
            raise BadInput("a job is sent again with its own template", hint="Submit a job of the other one.")
        submission = anew(found.spec, last.target, onward)
        made_from = found.spec.template
        same = await self.store.template(made_from.digest) if made_from else None
        return found, submission if same is None else submission.model_copy(update={"template": same})
