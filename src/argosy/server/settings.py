"""Which settings hold: what ``config.toml`` says, else what was set through the door, else the default.

The file comes first because it can still be edited when a setting keeps the server from starting.
"""

from argosy.contracts import Store
from argosy.core.home import Home
from argosy.core.settings import KNOWN_SETTINGS, ServerSettings, read_settings
from argosy.server.places import settings_in_config


async def current_settings(home: Home, store: Store) -> ServerSettings:
    """The settings that hold now. Raises BadInput when ``config.toml`` cannot be used."""
    stored = {name: value for name, value in (await store.settings()).items() if name in KNOWN_SETTINGS}
    return read_settings({**stored, **settings_in_config(home)})
