"""Settings of the server."""

from typing import Annotated

from fastapi import Path

from argosy.api.nouns import ServicesHere, below_v1
from argosy.api.refusals import declared
from argosy.core.settings import check_setting
from argosy.core.values import Value

router = below_v1("settings")


class Setting(Value):
    """The new value of a setting; null gives it its default back."""

    value: str | None


@router.get("/settings", operation_id="setting_list", responses=declared())
async def rows(services: ServicesHere) -> dict[str, str]:
    """The settings that differ from their defaults."""
    return dict(await services.store.settings())


@router.put("/settings/{key}", operation_id="setting_put", responses=declared())
async def put(
    services: ServicesHere,
    key: Annotated[str, Path(max_length=100, description="The name of a setting, such as server.idle_exit_s.")],
    setting: Setting,
) -> dict[str, str]:
    """Change a setting, and return all that differ from their defaults. The port holds from the next start on."""
    check_setting(key, setting.value)
    await services.store.put_setting(key, setting.value)
    return dict(await services.store.settings())
