"""Templates: job definitions with holes, and the forms that fill them."""

from typing import Annotated, Any

from fastapi import Body, Path, Query, Response

from argosy.api.nouns import ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.errors import BadInput
from argosy.core.findings import Finding
from argosy.core.spec import Word
from argosy.core.template import Template
from argosy.core.template_views import JobAsTemplate, SentTemplate, TakenIn, Trials, TrialsAsked, VersionedName
from argosy.core.views import TemplateRow

router = below_v1("templates")

TemplateName = Annotated[
    VersionedName, Path(description="The name of a template, such as openmm/nvt, or of a version, openmm/nvt@1.0.0.")
]
_ARCHIVE = {
    200: {
        "description": "The archive",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/templates", operation_id="template_list", responses=declared())
async def rows(services: ServicesHere, text: Annotated[str, Query(max_length=200)] = "") -> tuple[TemplateRow, ...]:
    """All templates whose name, purpose, title or summary holds the text."""
    return await services.templates.rows(text)


@router.post("/templates/check", operation_id="template_check", responses=declared())
async def check(
    services: ServicesHere, folder: Annotated[dict[str, str], Body(max_length=1000)]
) -> tuple[Finding, ...]:
    """What is wrong with a template, given as its files, name to text; empty when it is sound. Nothing is kept."""
    return await services.templates.check(folder)


@router.post("/templates/trials", operation_id="template_trials", responses=declared(404))
async def trials(services: ServicesHere, asked: TrialsAsked) -> Trials:
    """Fill a template with many generated values, and have its engine check what comes out. No job is made."""
    return await services.trying.trials(asked)


@router.post("/templates/import", operation_id="template_import", responses=declared(409))
async def take_in(services: ServicesHere, sent: SentTemplate) -> TakenIn:
    """Read a template from a file: one that was exported, that describes itself, or of another program."""
    return await services.templates.take_in(sent)


@router.post("/templates/from-job", operation_id="template_from_job", responses=declared(404))
async def from_job(services: ServicesHere, asked: JobAsTemplate) -> Template:
    """The template that makes such a job again. Nothing is kept."""
    return await services.from_jobs.template(asked)


@router.get("/templates/{name:whole}", operation_id="template_view", responses=declared(404))
async def view(services: ServicesHere, name: TemplateName) -> Template:
    """A whole template."""
    return await services.templates.template(name)


@router.put("/templates/{name:whole}", operation_id="template_put", responses=declared(409))
async def put(
    services: ServicesHere,
    name: Annotated[Word, Path(description="The name that the template has.")],
    template: Template,
    *,
    replace: Annotated[bool, Query(description="Whether this version may take the place of what is there.")] = False,
) -> Template:
    """Keep a template among the user's own. Another version of it stays beside it."""
    if template.name != name:
        raise BadInput(f"the template is called {template.name!r}, not {name!r}", hint="Both must be the same.")
    return await services.templates.put(template, replace=replace)


@router.delete("/templates/{name:whole}", operation_id="template_remove", responses=declared(404))
async def remove(services: ServicesHere, name: TemplateName) -> tuple[str, ...]:
    """Remove a template of the user's own, or one version of it; returns where it lay. Jobs made from it stay."""
    return await services.templates.remove(name)


@router.get(
    "/template-archives/{name:whole}",
    operation_id="template_archive",
    response_class=Response,
    responses={**declared(404), **_ARCHIVE},
)
async def archive(services: ServicesHere, name: TemplateName) -> Response:
    """A template as one file, to be imported elsewhere."""
    return Response(await services.templates.packed(name), media_type="application/zip")


@router.get("/schemas/{name:whole}", operation_id="template_schema", responses=declared(404))
async def schema(services: ServicesHere, name: TemplateName) -> dict[str, Any]:
    """JSON Schema of the values that fill a template."""
    return (await services.templates.template(name)).schema_of_values()
