from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.running import Running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A home whose server is started by the test; whatever runs at the end is killed."""
    running = Running(tmp_path / "home")
    yield running
    running.kill()
    running.end_jobs()
