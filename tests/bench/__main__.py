"""Measure everything, or only the rows that are named.

usage: python -m tests.bench [--quick | --renew] [ROW ...]

A run of all rows writes docs/results/bench-<day>.json and fills the tables of docs/benchmarks.md from it. ``--renew``
puts some rows into those results anew, with the time and the versions of their own run. ``--quick`` measures too little
to mean anything; it is there to try the bench itself.
"""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from tests.bench import page
from tests.bench.figures import Again, Report, Row
from tests.bench.ground import ground
from tests.bench.machine import describe
from tests.bench.rows import (
    cold_start,
    idle,
    latency,
    lists,
    namd,
    rounds,
    slurm_jobs,
    slurm_live,
    slurm_many,
    ssh_commands,
    ssh_files,
    ssh_jobs,
    throughput,
)
from tests.bench.setting import Setting
from tests.bench.tables import table
from tests.bench.versions import SETTINGS, versions

ROWS: dict[str, Callable[[Setting], tuple[Row, ...]]] = {
    "cold-start": cold_start.measure,
    "throughput": throughput.measure,
    "latency": latency.measure,
    "ssh-files": ssh_files.measure,
    "ssh-commands": ssh_commands.measure,
    "ssh-jobs": ssh_jobs.measure,
    "slurm-jobs": slurm_jobs.measure,
    "slurm-many": slurm_many.measure,
    "slurm-live": slurm_live.measure,
    "lists": lists.measure,
    "idle": idle.measure,
    "rounds": rounds.measure,
    "namd": namd.measure,
}


def main() -> None:
    asked = _arguments()
    names = asked.rows or list(ROWS)
    with ground() as directory:
        setting = Setting(directory, quick=asked.quick)
        began, machine, compared = datetime.now(UTC), describe(setting.directory), versions()
        rows = tuple(row for name in names for row in _measured(name, setting))
    if asked.renew:
        again = Again(began=began, versions=compared, load_before=machine.load_before)
        say(f"Renewed: {page.renew(rows, again)} and {page.PAGE}")
        return
    if asked.quick or set(names) != set(ROWS):
        say("Nothing was written: this was not the whole bench.")
        return
    report = Report(
        began=began, ended=datetime.now(UTC), machine=machine, versions=compared, settings=SETTINGS, rows=rows
    )
    say(f"Written: {page.publish(report)} and {page.PAGE}")


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _measured(name: str, setting: Setting) -> tuple[Row, ...]:
    say(f"... {name}")
    rows = ROWS[name](setting)
    for row in rows:
        say(f"\n{row.title}\n{row.how}\n\n{table(row)}\n")
    return rows


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.split("\n", 1)[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", choices=[[], *ROWS], help=f"one of: {', '.join(ROWS)}")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--quick", action="store_true", help="measure too little, to try the bench itself")
    how.add_argument("--renew", action="store_true", help="put these rows into the last results anew")
    return parser.parse_args()


if __name__ == "__main__":
    main()
