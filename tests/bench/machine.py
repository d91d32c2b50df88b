"""The machine, and what a process costs it."""

import os
import platform
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.bench.figures import Machine

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def describe(directory: Path) -> Machine:
    """This machine, with the file system that a directory lies on."""
    return Machine(
        processor=_after_colon("/proc/cpuinfo", "model name"),
        processors=processors(),
        memory_gb=round(int(_after_colon("/proc/meminfo", "MemTotal").split()[0]) * 1024 / 1e9, 1),
        system=platform.freedesktop_os_release()["PRETTY_NAME"],
        kernel=platform.release(),
        file_system=_file_system(directory),
        load_before=round(os.getloadavg()[0], 2),
    )


def _file_system(directory: Path) -> str:
    source, kind = _said("findmnt", "--noheadings", "--output=SOURCE,FSTYPE", "--target", str(directory)).split()
    return f"{kind}, made for this run" if source.startswith("/dev/loop") else kind


def processors() -> int:
    return len(os.sched_getaffinity(0))


def memory_mb(pids: Iterable[int]) -> float:
    """The proportional share of memory of some processes together, in megabytes of 10^6 bytes."""
    return sum(int(_after_colon(f"/proc/{pid}/smaps_rollup", "Pss").split()[0]) for pid in pids) * 1024 / 1e6


def processor_s(pids: Iterable[int]) -> float:
    """How long some processes have computed, all their threads together."""
    return sum(_processor_s(pid) for pid in pids)


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(member for child in children for member in family(int(child)))]


def _processor_s(pid: int) -> float:
    # The name in brackets may hold anything, so the numbers are counted from its end.
    numbers = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / _TICKS_PER_S


def _after_colon(path: str, name: str) -> str:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return next(value.strip() for key, _, value in (line.partition(":") for line in lines) if key.strip() == name)


def _said(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()
