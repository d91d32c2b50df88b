"""A small file system of one's own."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        reason = f"a small file system cannot be mounted here ({made.stderr.strip()}); run as root"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)
