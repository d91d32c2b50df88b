"""A real server for tests of windows: one for each test process, in a home of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.client.road import Road
from argosy.client.start import start, stop
from argosy.core.home import HOME_VARIABLE, Home, home_from


def home_at(top: Path) -> Home:
    return home_from({HOME_VARIABLE: str(top)}, data=top, config=top, state=top)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The home of a server that runs until all tests are over."""
    place = home_at(tmp_path_factory.mktemp("house"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, str(place.data))
        start(place)
    yield place
    stop(place)


@pytest.fixture
def road(home: Home) -> Road:
    return Road(home)
