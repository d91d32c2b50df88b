"""The directories of this installation, and what its config file says of the server."""

import os
import tomllib
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from platformdirs import PlatformDirs

from argosy.core.errors import BadInput
from argosy.core.home import Home, home_from
from argosy.core.settings import PREFIX, check_setting

_PRIVATE = 0o700


def here() -> Home:
    """The home that this process's environment names."""
    places = PlatformDirs("argosy", appauthor=False)
    return home_from(
        os.environ,
        data=places.user_data_path,
        config=places.user_config_path,
        state=places.user_state_path,
    )


def make_directories(home: Home) -> None:
    """All directories of a home exist, and its top ones are closed to others."""
    for place in (home.data, home.config, home.state):
        place.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        place.chmod(_PRIVATE)
    for place in (home.contents, home.brought_home, home.local_root, home.backups, home.templates):
        place.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)


def settings_in_config(home: Home) -> Mapping[str, Any]:
    """What ``config.toml`` says under ``[server]``, by full name; nothing without one. Raises BadInput if it is bad."""
    path = home.config / "config.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as trouble:
        raise BadInput(f"{path} cannot be read: {trouble}", hint="Repair the file, or move it away.") from trouble
    section = table.get(PREFIX.rstrip("."), {})
    if not isinstance(section, dict):
        raise BadInput(f"{path}: server is not a table", hint="Write [server] on a line, and its settings below.")
    said = {PREFIX + name: value for name, value in cast("dict[str, Any]", section).items()}
    for name, value in said.items():
        check_setting(name, value)
    return said


def shown(database_url: str) -> str:
    """The address of a database without its password and options, for people and logs."""
    plain = database_url.partition("?")[0]
    password = urlsplit(plain).password
    return plain.replace(f":{password}@", ":***@") if password else plain


def secrets_in(database_url: str) -> tuple[str, ...]:
    """The password of a database address, as it is written there and as it is."""
    parts = urlsplit(database_url)
    given = [option.removeprefix("password=") for option in parts.query.split("&") if option.startswith("password=")]
    written = [password for password in (parts.password, *given) if password]
    return tuple(spelling for password in written for spelling in (password, unquote(password)))
