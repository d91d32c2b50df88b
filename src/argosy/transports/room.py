"""Whether there is room for what is to be sent: free space, and what quotas leave. What nobody knows does not count."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files as resources

from argosy.core.errors import NoRoom

SCRIPT = resources("argosy.transports").joinpath("room.sh").read_bytes()
SPARE_BYTES = 1 << 20
"""So much must be left beside what is sent: for scripts, records and directories."""

_MIB = 1 << 20
_UNLIMITED = frozenset({"", "-", "0", "unlimited"})


@dataclass(frozen=True)
class Left:
    """What one quota still allows: bytes, and files; None where it sets no limit."""

    size: int | None = None
    files: int | None = None


def check(where: str, said: Iterable[str], *, needed: int, files: int) -> None:
    """Raises NoRoom with numbers when so many bytes in so many files do not fit, as ``df`` and quotas say.

    ``said`` are lines of ``room.sh``, and "free KIB".
    """
    if not needed and not files:
        return
    lines = tuple(said)
    free = next((int(line[5:]) * 1024 for line in lines if line.startswith("free ") and line[5:].isdigit()), None)
    if free is not None and needed and needed + SPARE_BYTES > free:
        raise _full(f"{where} has {free // _MIB} MiB free", needed)
    for left in quotas(lines):
        if left.size is not None and needed and needed + SPARE_BYTES > left.size:
            raise _full(f"your quota at {where} leaves {max(left.size, 0) // _MIB} MiB", needed)
        if left.files is not None and files > left.files:
            what = f"your quota at {where} leaves {max(left.files, 0)} files, and {files} are to be sent"
            raise NoRoom(what, hint="Remove files there or choose another root; waiting jobs go on by themselves.")


def quotas(said: Iterable[str]) -> Iterator[Left]:
    """What each quota leaves, as ``quota``, ``lfs quota`` and ``beegfs-ctl --getquota`` tell it."""
    device = ""
    for line in said:
        match line.split():
            case ["device", name]:
                device = name
            case ["quota", name, *words] if name == device:
                yield from _of_blocks(words)
            case ["lustre", *words]:
                yield from _of_blocks(words[-8:])
            case ["beegfs", record] if record.count(",") == 5:
                _, _, size, most, count, most_files = record.split(",")
                yield Left(_left(size, most), _left(count, most_files))
            case _:
                pass


def _of_blocks(words: list[str]) -> Iterator[Left]:
    """Used KiB, soft and hard limit, grace; and the same of files."""
    if len(words) == 8:
        used, soft, hard, _, count, soft_files, hard_files, _ = words
        kib = _left(used, soft if hard in _UNLIMITED else hard)
        files = _left(count, soft_files if hard_files in _UNLIMITED else hard_files)
        yield Left(None if kib is None else kib * 1024, files)


def _left(used: str, limit: str) -> int | None:
    """None without a limit, and for numbers that are no exact numbers. A star marks what is over its limit."""
    used, limit = used.rstrip("*"), limit.rstrip("*")
    if limit in _UNLIMITED or not used.isdigit() or not limit.isdigit():
        return None
    return int(limit) - int(used)


def _full(what: str, needed: int) -> NoRoom:
    hint = "Make room there or choose another root; waiting jobs go on by themselves."
    return NoRoom(f"{what}, and {needed // _MIB + 1} MiB are to be sent", hint=hint)
