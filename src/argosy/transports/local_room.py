"""Whether parcels fit on this machine, before anything of them is written."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from argosy.contracts import Parcel, Stored, Text, There
from argosy.core.errors import BadInput
from argosy.core.names import relative, spell
from argosy.transports import room
from argosy.transports.local_files import LINK_FROM_BYTES, path_of

LARGE_BYTES = 16 << 20
"""Quotas are asked about from so many bytes on: that takes longer than small files do."""

_PROGRAMS = ("quota", "lfs", "beegfs-ctl")
_QUOTAS = room.SCRIPT.decode("ascii") + '\nargosy_quotas "$1"\n'
_PATIENCE_S = 30.0


def check_room(parcels: Sequence[Parcel]) -> int:
    """How many bytes must be copied. Raises NoRoom, with numbers, when they do not fit where the first parcel goes."""
    needed = 0
    with suppress(OSError, BadInput):  # what cannot be looked at, or has no possible name, is refused when it is placed
        sizes = [size for parcel in parcels for size in _to_be_copied(parcel)]
        needed = sum(sizes)
        if needed < room.SPARE_BYTES:
            return needed
        where = _existing(path_of(parcels[0].directory))
        lines = [f"free {shutil.disk_usage(where).free // 1024}"]
        if needed >= LARGE_BYTES and any(map(shutil.which, _PROGRAMS)):
            lines += _said_of_quotas(where)
        room.check(spell(os.fsencode(where)), lines, needed=needed, files=len(sizes))
    return needed


def _to_be_copied(parcel: Parcel) -> Iterable[int]:
    top = path_of(parcel.directory)
    for item in parcel.items:
        with suppress(BadInput):
            if _is_copied(item) and not os.path.lexists(top / path_of(relative(item.name))):
                yield _size(item)


def _is_copied(item: Text | Stored | There) -> bool:
    if isinstance(item, Stored):
        return item.size < LINK_FROM_BYTES or item.mutable or item.executable
    return isinstance(item, There)


def _size(item: Text | Stored | There) -> int:
    if isinstance(item, Stored):
        return item.size
    with suppress(OSError, BadInput):
        if isinstance(item, There):
            return path_of(item.source).stat().st_size
    return 0


def _existing(path: Path) -> Path:
    return next(place for place in (path, *path.parents) if os.path.exists(place))  # noqa: PTH110  what cannot be looked into is not there


def _said_of_quotas(where: Path) -> list[str]:
    """What the programs say; nothing when they cannot be run or do not answer."""
    with suppress(OSError, subprocess.TimeoutExpired):
        command = ["sh", "-c", _QUOTAS, "argosy", os.fspath(where)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_PATIENCE_S)
        return done.stdout.decode("utf-8", "replace").splitlines()
    return []
