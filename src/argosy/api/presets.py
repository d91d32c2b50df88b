"""Presets: values that somebody keeps under a name, from which jobs start."""

from typing import Annotated

from fastapi import Path, Query, status

from argosy.api.nouns import ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.errors import BadInput
from argosy.core.preset import Preset, PresetRating, PresetsIn
from argosy.core.spec import Word

router = below_v1("presets")

PresetName = Annotated[Word, Path(description="The name of a preset.")]


@router.get("/presets", operation_id="preset_list", responses=declared())
async def rows(services: ServicesHere, text: Annotated[str, Query(max_length=200)] = "") -> tuple[Preset, ...]:
    """All presets in whose name, template, labels or note the words occur; the best rated first."""
    return await services.presets.rows(text)


@router.post("/presets", operation_id="preset_import", responses=declared(404, 409))
async def take_in(services: ServicesHere, given: PresetsIn) -> tuple[Preset, ...]:
    """Keep several presets, all or none."""
    return await services.presets.put_all(given)


@router.put("/presets/{name:whole}/rating", operation_id="preset_rate", responses=declared(404))
async def rate(services: ServicesHere, name: PresetName, given: PresetRating) -> Preset:
    """Say what a preset is worth."""
    return await services.presets.rate(name, given.rating)


@router.get("/presets/{name:whole}", operation_id="preset_view", responses=declared(404))
async def view(services: ServicesHere, name: PresetName) -> Preset:
    """One preset."""
    return await services.presets.preset(name)


@router.put("/presets/{name:whole}", operation_id="preset_put", responses=declared(404, 409))
async def put(
    services: ServicesHere,
    name: PresetName,
    preset: Preset,
    *,
    replace: Annotated[bool, Query(description="Whether it may take the place of one of that name.")] = False,
) -> Preset:
    """Keep a preset."""
    if preset.name != name:
        raise BadInput(f"the preset is called {preset.name!r}, not {name!r}", hint="Both must be the same.")
    (kept,) = await services.presets.put_all(PresetsIn(presets=(preset,), replace=replace))
    return kept


@router.delete(
    "/presets/{name:whole}",
    operation_id="preset_remove",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=declared(404),
)
async def remove(services: ServicesHere, name: PresetName) -> None:
    """Remove a preset. Jobs made from it stay."""
    await services.presets.drop(name)
