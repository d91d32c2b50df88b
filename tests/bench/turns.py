"""Measuring in turns, so that what disturbs the machine disturbs all that are compared."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Measure = Callable[[], float]


def in_turns(measures: Mapping[str, Measure], times: int) -> dict[str, tuple[float, ...]]:
    """What each measure returns: A B C, A B C, and so on."""
    rounds = [{name: measure() for name, measure in measures.items()} for _ in range(times)]
    return {name: tuple(one[name] for one in rounds) for name in measures}


def run_ms(argv: Sequence[str | Path], environment: Mapping[str, str]) -> float:
    """How long a program takes from its start to its end; it must succeed."""
    began = time.perf_counter()
    subprocess.run(argv, check=True, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000
