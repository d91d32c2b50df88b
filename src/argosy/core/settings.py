"""The settings of a server: which there are, and what each may be. Pure."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from argosy.core.errors import BadInput
from argosy.core.plain_words import plain_words
from argosy.core.retry_wishes import read_retry_words
from argosy.core.values import Value

PREFIX = "server."


def _retry_words(text: str) -> str:
    return " ".join(f"{name}={said}" for name, said in read_retry_words(text).items())


class ServerSettings(Value):
    """How one server behaves. Windows and files name each with ``server.`` in front."""

    port: int = Field(default=0, ge=0, le=65_535, description="The port to listen on; 0 takes any free one.")
    idle_exit_s: float = Field(
        default=1800,
        ge=0,
        le=366 * 86_400,
        allow_inf_nan=False,
        description="Seconds without a request and without an open job after which the server ends; 0 means never.",
    )
    default_target: str = Field(
        default="local", min_length=1, max_length=200, description="Where jobs run that name no target."
    )
    retries: int = Field(
        default=0, ge=0, le=3, description="Further attempts by themselves, where neither job nor target says how many."
    )
    retry: Annotated[str, Field(max_length=1000), AfterValidator(_retry_words)] = Field(
        default="",
        description="How often causes or classes of failures are tried again, such as: node_failure=3:1m lost=never.",
    )


DEFAULT_TARGET = PREFIX + "default_target"

KNOWN_SETTINGS = {PREFIX + name: field.description or "" for name, field in ServerSettings.model_fields.items()}
"""Every setting by its name, with what it means."""


def read_settings(said: Mapping[str, object]) -> ServerSettings:
    """The settings that these names and values say; what is not said, or None, has its default.

    Raises BadInput for the first that will not do.
    """
    for name, value in said.items():
        check_setting(name, value)
    return ServerSettings.model_validate(
        {name.removeprefix(PREFIX): value for name, value in said.items() if value is not None}
    )


def check_setting(name: str, value: object) -> None:
    """Raises BadInput, naming the setting, when there is no such setting or it cannot have this value.

    Every setting may be None, which means its default.
    """
    if name not in KNOWN_SETTINGS:
        known = ", ".join(sorted(KNOWN_SETTINGS))
        raise BadInput(f"there is no setting {name!r}", hint=f"The settings are: {known}.")
    if value is None:
        return
    try:
        ServerSettings.model_validate({name.removeprefix(PREFIX): value})
    except ValidationError as refusal:
        why = plain_words({**refusal.errors()[0]})
        raise BadInput(f"setting {name} cannot be {value!r}: {why}", hint=KNOWN_SETTINGS[name]) from None
