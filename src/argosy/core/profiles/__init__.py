"""Clusters that Argosy knows, as fields of a target. A target that was made from one is the user's own from then on."""

import tomllib
from importlib import resources
from typing import Any

from argosy.core.errors import NotFound

_PACKAGE = "argosy.core.profiles"


def profile_names() -> tuple[str, ...]:
    """The clusters that can be had, by name."""
    found = (file.name for file in resources.files(_PACKAGE).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def profile(name: str) -> dict[str, Any]:
    """The fields of a target that a cluster sets; raises NotFound."""
    if name not in profile_names():
        raise NotFound(f"there is no profile {name!r}", hint=f"The profiles are: {', '.join(profile_names())}.")
    return tomllib.loads(resources.files(_PACKAGE).joinpath(f"{name}.toml").read_text("utf-8"))
