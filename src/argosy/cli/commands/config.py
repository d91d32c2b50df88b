from typing import Annotated

import typer

from argosy.cli.enrol import commands, shows
from argosy.cli.shown import Column, Facts, Rows, Shown, Words
from argosy.client import calls
from argosy.client.places import here
from argosy.client.road import Road
from argosy.core.errors import NotFound
from argosy.core.settings import KNOWN_SETTINGS, PREFIX, ServerSettings

app = commands("Settings.")

Key = Annotated[
    str,
    typer.Argument(
        metavar="KEY", help="Its name.", autocompletion=lambda: [(key, words) for key, words in KNOWN_SETTINGS.items()]
    ),
]


@shows(app, "list")
def list_() -> Shown:
    """List all settings with their values; those in config.toml count more than what is set here."""
    now = _values(Road())
    columns = (
        Column[str]("SETTING", lambda key, _: key),
        Column[str]("VALUE", lambda key, _: now[key], right=True),
        Column[str]("MEANING", lambda key, _: KNOWN_SETTINGS[key], shrinks=True, wraps=True),
    )
    return Rows(list(KNOWN_SETTINGS), columns, value=now)


@shows(app)
def get(key: Key) -> Shown:
    """Print one setting."""
    now = _values(Road())
    if key not in now:
        raise NotFound(f"there is no setting {key!r}", hint=f"The settings are: {', '.join(now)}.")
    return Words(now[key], {key: now[key]})


@shows(app, "set")
def set_(
    key: Key,
    value: Annotated[str | None, typer.Argument(metavar="[VALUE]", help="Left out: the default again.")] = None,
) -> Shown:
    """Change a setting; the port holds from the next start of the server on."""
    road = Road()
    road.send(calls.put_setting(key, value))
    now = _values(road)
    return Words(f"{key} = {now[key]}", {key: now[key]}, bare=now[key])


@shows(app)
def path() -> Shown:
    """Show where everything of this installation lies."""
    home = here()
    places = {
        "config": home.config / "config.toml",
        "templates": home.templates,
        "data": home.data,
        "brought home": home.brought_home,
        "backups": home.backups,
        "server file": home.server_file,
        "log": home.server_log,
    }
    facts = [(name, str(place)) for name, place in places.items()]
    return Facts(facts, dict(facts))


def _values(road: Road) -> dict[str, str]:
    changed = road.send(calls.settings())
    defaults = ServerSettings().model_dump()
    return {key: changed.get(key, _spelled(defaults[key.removeprefix(PREFIX)])) for key in KNOWN_SETTINGS}


def _spelled(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
