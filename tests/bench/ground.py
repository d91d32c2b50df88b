"""Where the bench writes: on a file system that was made for it, where one can be had.

ext4 gives the places of deleted files away only after some minutes, and passes each of them over until then. Where many
were deleted, to make a file takes a hundred times as long, and what ran before the bench would be measured.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

_SIZE = 64 << 30
"""In bytes; the file takes no more than what is written."""


@contextmanager
def ground() -> Generator[Path]:
    """An empty directory, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="argosy-bench-") as directory:
        top = Path(directory)
        top.chmod(0o711)  # the account on the far machine has a part of it
        if not _mounted(top):
            yield top
            return
        try:
            yield top / "ground"
        finally:
            # What has just ended may still hold it for a moment; lazily, it goes with the last of them.
            subprocess.run(["umount", "--lazy", str(top / "ground")], check=True)


def _mounted(top: Path) -> bool:
    """Whether a fresh file system lies at ``ground`` now; only root may mount one, and not everywhere."""
    if shutil.which("mkfs.ext4") is None:
        return False
    disk, place = top / "disk", top / "ground"
    place.mkdir()
    with disk.open("wb") as file:
        file.truncate(_SIZE)
    with suppress(subprocess.CalledProcessError):
        for command in (["mkfs.ext4", "-q", "-F", str(disk)], ["mount", "-o", "loop", str(disk), str(place)]):
            subprocess.run(command, check=True, capture_output=True)
        shutil.rmtree(place / "lost+found")
        return True
    disk.unlink()
    return False
