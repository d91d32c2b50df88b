"""Templates made from jobs."""

from dataclasses import dataclass

from argosy.contracts import Store
from argosy.core.template import Template
from argosy.core.template_of_job import template_of
from argosy.core.template_views import JobAsTemplate
from argosy.service.acts import refuse_adopted
from argosy.service.templates import Templates


@dataclass(frozen=True)
class FromJobs:
    """What was done once, to be done again with other values."""

    store: Store
    templates: Templates

    async def template(self, asked: JobAsTemplate) -> Template:
        """The template that makes such a job again; nothing is kept.

        Raises NotFound for a job that does not exist, Conflict for one that was adopted.
        """
        job = await self.store.job(asked.job)
        refuse_adopted(job, "made a template")
        spec = job.spec
        made_from = await self.store.template(spec.template.digest) if spec.template else None
        return template_of(spec, asked.name, made_from)
