from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.engines.laboratory import Run, go, place, write_job
from tests.engines.openmm.record import build_box


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """System, topology and state of a small box of water."""
    return build_box(tmp_path_factory.mktemp("box") / "work")


@pytest.fixture(scope="session")
def equilibrated(box: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A finished run of openmm/nvt."""
    spec = write_job("openmm/nvt", box, steps=200, minimise_iterations=50, platform="CPU")
    folder = tmp_path_factory.mktemp("nvt") / "work"
    place(spec, folder, box)
    return go(spec, folder)


@pytest.fixture(scope="session")
def warm(box: Mapping[str, Path], equilibrated: Run) -> Mapping[str, Path]:
    """The files of the box, with a state that has velocities."""
    return {**box, "state": equilibrated.folder / "final-state.xml"}
