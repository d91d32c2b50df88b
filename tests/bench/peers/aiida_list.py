"""Asks AiiDA's list of processes again and again in one warm process; says as JSON how long each took.

usage: AIIDA_PATH=... aiida_list.py TIMES    in AiiDA's own environment

These are the queries and the columns of `verdi process list`, without the start of the program and without printing.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from aiida import load_profile
from aiida.tools.query.calculation import CalculationQueryBuilder

PAGE = 50
QUESTIONS: dict[str, dict[str, Any]] = {
    "list": {"all_entries": True},
    "filter": {"failed": True},
    "search": {"all_entries": True, "process_label": "%lation17%"},
}


def main() -> None:
    times = int(sys.argv[1])
    load_profile()
    for conditions in QUESTIONS.values():
        ask(conditions)  # warm
    took_ms: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    for _ in range(times):
        for name, conditions in QUESTIONS.items():
            took_ms[name].append(ask(conditions))
    json.dump({"took_ms": took_ms, "pss_mb": pss_mb()}, sys.stdout)


def ask(conditions: dict[str, Any]) -> float:
    began = time.perf_counter()
    builder = CalculationQueryBuilder()
    found = builder.get_query_set(filters=builder.get_filters(**conditions), order_by={"ctime": "desc"}, limit=PAGE)
    rows = builder.get_projected(found, projections=list(builder.default_projections))
    took_ms = (time.perf_counter() - began) * 1000
    assert len(rows) > 1  # beside the heads
    return took_ms


def pss_mb() -> float:
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    main()
