"""Templates: job definitions with holes, and the forms that fill them."""

from typing import Annotated, Any

from fastapi import Body, Path, Query

from argosy.api.nouns import ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.findings import Finding
from argosy.core.spec import Word
from argosy.core.template import Template
from argosy.core.views import TemplateRow

router = below_v1("templates")

TemplateName = Annotated[Word, Path(description="The name of a template, such as openmm/nvt.")]


@router.get("/templates", operation_id="template_list", responses=declared())
async def rows(services: ServicesHere, text: Annotated[str, Query(max_length=200)] = "") -> tuple[TemplateRow, ...]:
    """All templates whose name, title or summary holds the text."""
    return await services.templates.rows(text)


@router.post("/templates/check", operation_id="template_check", responses=declared())
async def check(
    services: ServicesHere, folder: Annotated[dict[str, str], Body(max_length=1000)]
) -> tuple[Finding, ...]:
    """What is wrong with a template, given as its files, name to text; empty when it is sound. Nothing is kept."""
    return await services.templates.check(folder)


@router.get("/templates/{name:path}", operation_id="template_view", responses=declared(404))
async def view(services: ServicesHere, name: TemplateName) -> Template:
    """A whole template."""
    return await services.templates.template(name)


@router.get("/schemas/{name:path}", operation_id="template_schema", responses=declared(404))
async def schema(services: ServicesHere, name: TemplateName) -> dict[str, Any]:
    """JSON Schema of the values that fill a template."""
    return (await services.templates.template(name)).schema_of_values()
