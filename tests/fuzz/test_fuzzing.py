"""The fuzzer itself, for a moment: all readers stand it, and it finds what is broken."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.fuzz.reader import HERE
from tests.fuzz.readers import READERS

pytestmark = pytest.mark.slow

ROOT = HERE.parents[1]
PYTHON = ROOT / ".venv-fuzz/bin/python"
RUNS = 60


def test_every_reader_stands_a_moment_of_the_fuzzer(tmp_path: Path) -> None:
    assert PYTHON.exists(), f"{PYTHON} is missing: 'make fuzzer' makes it"
    command = [PYTHON, "-m", "tests.fuzz", "--runs", str(RUNS), "--seed", "1", "--folder", tmp_path]
    there = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    answer = subprocess.run(command, cwd=ROOT, env=there, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, f"{answer.stdout}\n{answer.stderr[-4000:]}"
    assert answer.stdout.split("--- ")[1:] == [f"{name}\n" for name in READERS]
    tried = [int(line.split()[-1]) for line in answer.stderr.splitlines() if "number_of_executed_units" in line]
    assert len(tried) == len(READERS)
    assert min(tried) >= RUNS
