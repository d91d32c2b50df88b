"""A real file system with a real quota, as large as a test says: whoever writes more is told so by the kernel."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.infra.postgres import refuse
from tests.infra.ssh.people import Person, need_root

DISK_BYTES = 256 << 20


@dataclass(frozen=True)
class Quota:
    """A directory of one account, in which no more may lie than is allowed; the disk itself has room."""

    directory: Path

    def allow(self, size: str) -> None:
        """From now on so much may lie there, as btrfs writes sizes: ``8M``, or ``none`` for no limit."""
        _said("btrfs", "qgroup", "limit", size, str(self.directory))


@contextmanager
def running_quota(person: Person) -> Iterator[Quota]:
    """A file system in a file, with a directory for this person; gone afterwards.

    It is btrfs: its quotas are part of itself, while many kernels are built without those of ext4 and tmpfs.
    """
    need_root()
    if shutil.which("mkfs.btrfs") is None:
        refuse("btrfs is not installed: install the Debian package btrfs-progs, or run `make servers`")
    with TemporaryDirectory(prefix="argosy-quota-") as folder:
        disk, place = Path(folder) / "disk", Path(folder) / "place"
        Path(folder).chmod(0o755)
        place.mkdir()
        with disk.open("wb") as file:
            file.truncate(DISK_BYTES)
        try:
            _said("mkfs.btrfs", "--quiet", str(disk))
            _said("mount", "-o", "loop", str(disk), str(place))
        except subprocess.CalledProcessError as fault:
            refuse(f"this machine mounts no file system of btrfs ({fault.stderr.strip()}): run as root on Linux")
        try:
            _said("btrfs", "quota", "enable", str(place))
            _said("btrfs", "subvolume", "create", str(place / "own"))
            yield Quota(person.own(place / "own"))
        finally:
            _said("umount", "-l", str(place))


def fill_up(path: Path) -> None:
    """Write until the kernel takes no more."""
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
