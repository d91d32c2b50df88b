from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.client.served import home
from tests.engines.namd.system import make_program, make_system

__all__ = ["home", "namd", "system"]


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The files of a small molecule by role."""
    return make_system(tmp_path_factory.mktemp("system"))


@pytest.fixture(scope="session")
def namd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A command that stands in for NAMD 3."""
    return make_program(tmp_path_factory.mktemp("bin"))
