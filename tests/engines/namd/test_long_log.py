"""A log of 2 GB is judged with as much memory as a short one takes, and a bounded piece of it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from argosy.service.outputs import TEXT_BYTES
from tests.engines.namd.record import RECORDED

pytestmark = pytest.mark.slow

HUGE_BYTES = 2 << 30
MOST_MIB = 300


def test_a_log_of_two_gigabytes_is_judged_in_bounded_memory(tmp_path: Path) -> None:
    work = tmp_path / "work"
    left_by_a_good_run(work)
    lines = (RECORDED / "production" / "namd.log").read_text().splitlines(keepends=True)
    rows = [line for line in lines if line.startswith(("ETITLE:", "ENERGY:"))]
    last = max(number for number, line in enumerate(lines) if line.startswith("ENERGY:"))
    with (work / "namd.log").open("w") as log:
        log.writelines(lines[: lines.index(rows[0])])
        log.seek(HUGE_BYTES - 2 * TEXT_BYTES)  # a hole takes no room, and is read as bytes all the same
        written = 0
        while written < 2 * TEXT_BYTES:
            written += log.write("".join(rows))
        log.writelines(lines[last:])
    assert (work / "namd.log").stat().st_size >= HUGE_BYTES
    command = [sys.executable, "-m", "tests.engines.namd.weighing", str(tmp_path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert found["peak_mib"] < MOST_MIB
    assert (found["verdict"], found["step"]) == ("complete", 500)
    assert "temperature" in found["series"]


def left_by_a_good_run(work: Path) -> None:
    """Its files, those with numbers in their true size."""
    shutil.copytree(RECORDED / "production" / "outputs", work / "outputs")
    for line in (RECORDED / "production" / "files").read_text().splitlines():
        size, name = line.split(" ", 1)
        if not (work / name).exists():
            (work / name).write_bytes(bytes(int(size)))
