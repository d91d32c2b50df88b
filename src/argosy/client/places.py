"""Where this user's Argosy lies."""

import os
from pathlib import Path

from argosy.core.home import HOME_VARIABLE, Home, home_from


def here() -> Home:
    """The home that this process's environment names; the server of the same user finds the same."""
    if os.environ.get(HOME_VARIABLE):
        unused = Path()  # everything lies below the variable's directory
        return home_from(os.environ, data=unused, config=unused, state=unused)
    from platformdirs import PlatformDirs

    places = PlatformDirs("argosy", appauthor=False)
    return home_from(
        os.environ, data=places.user_data_path, config=places.user_config_path, state=places.user_state_path
    )
