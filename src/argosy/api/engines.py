"""Engines: the science programs that this server understands."""

from typing import Annotated

from fastapi import Path

from argosy.api.nouns import ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.spec import Word
from argosy.core.understanding import Lying, Understood
from argosy.core.views import EngineView

router = below_v1("engines")


@router.get("/engines", operation_id="engine_list", responses=declared())
async def rows(services: ServicesHere) -> tuple[EngineView, ...]:
    """All engines."""
    return await services.engines.rows()


@router.post("/engines/{name:whole}/import", operation_id="engine_import", responses=declared(404))
async def understand(
    services: ServicesHere, name: Annotated[Word, Path(description="The name of an engine.")], lying: Lying
) -> Understood:
    """Understand input files that somebody has as jobs: what they do and need, and what could not be followed.

    Nothing is run and nothing is kept; the jobs are submitted like any others.
    """
    return await services.engines.understand(name, lying)


@router.get("/engines/{name:whole}", operation_id="engine_view", responses=declared(404))
async def view(services: ServicesHere, name: Annotated[Word, Path(description="The name of an engine.")]) -> EngineView:
    """One engine: its templates, and the failures that it can explain."""
    return await services.engines.view(name)
