"""Reading NAMD's log, whole or any part of it, of versions 2.14 and 3.

Columns of energies are known by the names that stand above them, never by their place. A last line without its end may
lack digits and is left out, as is the first line of a part.
"""

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from argosy.core.figures import number_below
from argosy.core.outputs import Excerpt

LOG = "namd.log"
"""The log's name in the work directory of jobs that the templates make."""
CLAMP = 9_999_999_999.0
"""No energy that NAMD prints is larger: it cuts them off here, so this is the sign of a blow-up."""

_LARGEST_STEP = 10**15
_LARGEST = 1e12
_SPEEDS = 10
_LINE_CHARS = 4_000
_STEP = re.compile(r"AT STEP (\d{1,15})\b")
_ROW = re.compile(r"ENERGY: *([0-9]{1,15})(?=\s)")
_STEP_OF_TIMING = re.compile(r"TIMING: (\d{1,15}) ")
_TIMING = re.compile(r"TIMING: (\d{1,15}) .*?Wall: [^,]*, ([0-9.eE+-]{1,30})/step")
_PERFORMANCE = re.compile(r"PERFORMANCE: (\d{1,15}) +averaging ([0-9.eE+-]{1,30}) ns/day")
_BENCHMARK = re.compile(r"Info: Benchmark time: .*? ([0-9.eE+-]{1,30}) s/step ([0-9.eE+-]{1,30}) (days/ns|ns/day)")
_WALL = re.compile(r"WallClock: ([0-9.]{1,20})")
_ATOMS = re.compile(r"Info: (\d{1,12}) ATOMS")
_VERSION = re.compile(r"Info: NAMD (\S{1,40}) for (\S{1,60})")
_TIMESTEP = re.compile(r"Info: TIMESTEP +([0-9.eE+-]{1,20})")
_COMMAND = re.compile(r"TCL: (Minimizing|Running) for (\d{1,15}) steps")
_FINAL = re.compile(r"WRITING (EXTENDED SYSTEM|COORDINATES|VELOCITIES) TO OUTPUT FILE AT STEP (\d{1,15})")
_RESTART = re.compile(r"WRITING VELOCITIES TO RESTART FILE AT STEP (\d{1,15})")
_BAD = re.compile(r"FATAL ERROR: |ERROR: (?:.*unstable|Exiting prematurely)")


class Command(NamedTuple):
    """A command that was begun: ``minimize`` or ``run``, for so many steps."""

    kind: str
    steps: int


class Energies(NamedTuple):
    """A row of energies by the names of their columns; ``sound`` is False when one that should be a number is none."""

    step: int
    found: Mapping[str, float]
    sound: bool


@dataclass
class Log:
    """What a log, or a part of it, tells. Speeds are in seconds for each step or in ns a day, oldest first.

    ``minimising`` says whether the last command that it tells of is a minimisation.
    """

    version: str = ""
    platform: str = ""
    atoms: int | None = None
    timestep_fs: float | None = None
    commands: list[Command] = field(default_factory=list[Command])
    columns: tuple[str, ...] = ()
    rows: list[str] = field(default_factory=list[str])
    headers: list[tuple[int, tuple[str, ...]]] = field(default_factory=list[tuple[int, tuple[str, ...]]])
    minimised: int = 0
    minimising: bool = False
    step: int | None = None
    step_text: str = ""
    timings: deque[str] = field(default_factory=lambda: deque[str](maxlen=_SPEEDS))
    performances: deque[str] = field(default_factory=lambda: deque[str](maxlen=_SPEEDS))
    step_s: list[float] = field(default_factory=list[float])
    ns_per_day: list[float] = field(default_factory=list[float])
    benchmark_ns_per_day: float | None = None
    wall_s: float | None = None
    final: dict[str, int] = field(default_factory=dict[str, int])
    restart_begun: int | None = None
    restarts: list[int] = field(default_factory=list[int])
    faults: list[str] = field(default_factory=list[str])
    complete: bool = True

    def energies(self, number: int) -> Energies | None:
        """The row of that number (-1: the last); None where there is none or it cannot be read."""
        if not -len(self.rows) <= number < len(self.rows):
            return None
        return _energies(self.rows[number], self._columns_of(number % len(self.rows)))

    def _columns_of(self, number: int) -> tuple[str, ...]:
        for first, columns in reversed(self.headers):
            if first <= number:
                return columns
        return self.headers[0][1] if self.headers else ()


def read_log(excerpt: Excerpt) -> Log:
    """Everything that the text at hand tells."""
    log = Log(complete=excerpt.complete)
    lines = excerpt.text.split("\n")
    rows, row_of, reader_of = log.rows, _ROW.match, _READERS.get
    # Nearly all of a log are rows of energies: they are kept as they are, and read when somebody asks for them.
    for line in lines[0 if excerpt.complete else 1 : -1]:
        if line[:7] == "ENERGY:":
            row = row_of(line)
            if row is not None:
                rows.append(line)
                log.step_text = row[1]
                log.minimised += log.minimising
        elif (reader := reader_of(line[:6])) is not None:
            reader(log, line[:_LINE_CHARS])
    return _summed_up(log)


def _summed_up(log: Log) -> Log:
    """What only the last of many lines tell."""
    log.step = int(log.step_text) if log.step_text else None
    seconds = [_positive(match[2]) for line in log.timings if (match := _TIMING.match(line))]
    log.step_s = [one for one in seconds if one]
    speeds = [_positive(match[2]) for line in log.performances if (match := _PERFORMANCE.match(line))]
    log.ns_per_day = [one for one in speeds if one]
    return log


def _take_header(log: Log, line: str) -> None:
    if line.startswith("ETITLE:"):
        columns = tuple(line.split()[1:])
        if columns != log.columns:
            log.columns = columns
            log.headers.append((len(log.rows), columns))


def _take_timing(log: Log, line: str) -> None:
    step = _STEP_OF_TIMING.match(line)
    if step is not None:
        log.step_text = step[1]
        if not log.minimising:
            log.timings.append(line)


def _take_performance(log: Log, line: str) -> None:
    if not log.minimising:
        log.performances.append(line)


def _take_command(log: Log, line: str) -> None:
    match = _COMMAND.match(line)
    if match:
        log.commands.append(Command("minimize" if match[1] == "Minimizing" else "run", int(match[2])))
        log.minimising = log.commands[-1].kind == "minimize"
        log.timings.clear()  # a minimisation tells nothing of the speed of a run
        log.performances.clear()


def _take_info(log: Log, line: str) -> None:
    if match := _ATOMS.match(line):
        log.atoms = int(match[1])
    elif match := _VERSION.match(line):
        log.version, log.platform = match[1], match[2]
    elif match := _TIMESTEP.match(line):
        log.timestep_fs = _positive(match[1])
    elif match := _BENCHMARK.match(line):
        speed = _positive(match[2])  # two units for one thing: builds for processors print the reciprocal
        log.benchmark_ns_per_day = speed if speed is None or match[3] == "ns/day" else 1 / speed


def _take_writing(log: Log, line: str) -> None:
    if match := _FINAL.match(line):
        log.final[match[1]] = int(match[2])
        log.step_text = match[2]
    elif match := _RESTART.match(line):
        log.restart_begun = int(match[1])
    elif match := _STEP.search(line):
        log.step_text = match[1]


def _take_finished(log: Log, line: str) -> None:
    if line.startswith("FINISHED WRITING RESTART VELOCITIES") and log.restart_begun is not None:
        log.restarts = [*log.restarts[-9:], log.restart_begun]


def _take_fault(log: Log, line: str) -> None:
    if _BAD.match(line) and len(log.faults) < 50:
        log.faults.append(line)


def _take_wall(log: Log, line: str) -> None:
    if match := _WALL.match(line):
        log.wall_s = _positive(match[1]) or 0.0


_READERS: Mapping[str, Callable[[Log, str], None]] = {
    "ETITLE": _take_header,
    "TIMING": _take_timing,
    "PERFOR": _take_performance,
    "TCL: M": _take_command,
    "TCL: R": _take_command,
    "Info: ": _take_info,
    "WRITIN": _take_writing,
    "FINISH": _take_finished,
    "FATAL ": _take_fault,
    "ERROR:": _take_fault,
    "WallCl": _take_wall,
}


def _energies(line: str, columns: tuple[str, ...]) -> Energies | None:
    fields = line.split()[1:]
    step = _whole(fields[:1])
    if step is None:
        return None
    numbers = [number_below(text, CLAMP) for text in fields]
    if len(fields) != len(columns):
        return Energies(step, {}, sound=None not in numbers)
    named = zip(columns[1:], numbers[1:], strict=True)
    found = {name: number for name, number in named if number is not None}
    return Energies(step, found, sound=None not in numbers)


def _whole(fields: list[str]) -> int | None:
    text = fields[0] if fields else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 and int(text) < _LARGEST_STEP else None


def _positive(text: str) -> float | None:
    number = number_below(text, _LARGEST)
    return number if number is not None and number > 1 / _LARGEST else None
