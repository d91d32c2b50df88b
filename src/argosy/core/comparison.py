"""Jobs side by side: in what they differ, what came out of them, and how that is laid out. Pure."""

import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from argosy.core import ids
from argosy.core.job import Attempt, Closed, Failed, Job, fate
from argosy.core.outputs import Results
from argosy.core.quantities import spell_duration, spell_memory, spell_number, spell_span
from argosy.core.resources import RESOURCE_WORDS, Resources
from argosy.core.spec import JobId, JobSpec, source_words
from argosy.core.values import Value
from argosy.core.views import JobQuery

MOST = 200
"""How many jobs are compared at most."""
MISSING = "—"
"""What stands where a job has nothing to say."""

Cell = int | float | str | None
Group = Literal["parameter", "resource", "outcome", "result"]


class CompareQuery(JobQuery):
    """Which jobs are compared: those that are named, those of a family, and those of the list that fit all conditions.

    The list counts when it has a condition, or when neither a job nor a family is named. Jobs that are named come
    first, in their order; those of the list come oldest first.
    """

    job: Annotated[tuple[JobId, ...], Field(max_length=MOST)] = Field(default=(), description="The full ids of jobs.")
    family: JobId | None = Field(default=None, description="A job: all that go on from each other with it.")
    limit: int = Field(default=50, ge=1, le=MOST, description="At most so many jobs besides those that are named.")

    @property
    def listed(self) -> JobQuery | None:
        """What the list is asked for, if it is."""
        query = JobQuery.model_validate({name: getattr(self, name) for name in JobQuery.model_fields})
        is_narrow = query.model_copy(update={"limit": JobQuery().limit}) != JobQuery()
        return query if is_narrow or not (self.job or self.family) else None


class Compared(Value):
    """A job of a comparison. ``unread`` says why its results are not known."""

    id: str
    name: str
    attempt: int
    fate: str
    engine: str
    template: str = ""
    unread: str = ""


class Line(Value):
    """One thing in which jobs are compared: a cell for each, in their order; None where one does not have it.

    ``key`` is as in ``values.temperature``. Times are in seconds and memory in MiB; ``unit`` says so. The same
    quantity in two units is two lines.
    """

    key: str
    label: str
    group: Group
    unit: str = ""
    cells: tuple[Cell, ...]
    differs: bool


class Comparison(Value):
    """Jobs side by side. ``lines`` tell also in what they do not differ. ``complete`` is False when more jobs fit."""

    jobs: tuple[Compared, ...]
    lines: tuple[Line, ...]
    complete: bool = True


@dataclass(frozen=True)
class Side:
    """What is known of one job that is compared. ``units`` are those of its template's parameters."""

    job: Job
    attempt: Attempt
    started: datetime | None = None
    ended: datetime | None = None
    results: Results = field(default_factory=Results)
    unread: str = ""
    units: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class _Fact:
    key: str
    label: str
    group: Group
    value: Cell
    unit: str = ""


def compared(sides: Sequence[Side], *, complete: bool = True) -> Comparison:
    """The jobs beside each other, in the order in which they are given."""
    cells: dict[tuple[str, str], list[Cell]] = {}
    heads: dict[tuple[str, str], _Fact] = {}
    for place, side in enumerate(sides):
        for fact in _facts(side):
            heads.setdefault((fact.key, fact.unit), fact)
            cells.setdefault((fact.key, fact.unit), [None] * len(sides))[place] = fact.value
    lines = [_line(heads[key], row) for key, row in cells.items()]
    ordered = [
        line for group in ("parameter", "resource", "outcome", "result") for line in lines if line.group == group
    ]
    return Comparison(
        jobs=tuple(map(_compared, sides)),
        lines=tuple(line for line in ordered if _tells(line, ordered)),
        complete=complete,
    )


def telling(comparison: Comparison) -> tuple[Line, ...]:
    """The lines that are worth showing: parameters only where jobs differ in them."""
    return tuple(line for line in comparison.lines if line.differs or line.group != "parameter")


def _compared(side: Side) -> Compared:
    spec = side.job.spec
    return Compared(
        id=side.job.id,
        name=spec.name,
        attempt=side.attempt.number,
        fate=fate(side.attempt.state),
        engine=spec.engine,
        template=spec.template.name if spec.template else "",
        unread=side.unread,
    )


def _line(head: _Fact, cells: Sequence[Cell]) -> Line:
    return Line(
        key=head.key,
        label=head.label,
        group=head.group,
        unit=head.unit,
        cells=tuple(cells),
        differs=len(set(cells)) > 1,
    )


_USUAL = {f"resources.{word}": getattr(Resources(), field) for word, field in RESOURCE_WORDS.items() if word != "cpus"}


def _tells(line: Line, lines: Sequence[Line]) -> bool:
    """Whether a line says something: not what every job has anyway, and not what another line says."""
    if set(line.cells) <= {_USUAL.get(line.key), None}:
        return False
    if not line.key.startswith("labels."):
        return True
    # A sweep gives its jobs a label for each value that it varies.
    name = line.key.removeprefix("labels.")
    return not any(one.key in {name, f"values.{name}"} and _pattern(one) == _pattern(line) for one in lines)


def _pattern(line: Line) -> list[int]:
    """Which jobs have the same."""
    return [line.cells.index(cell) for cell in line.cells]


def _facts(side: Side) -> Iterator[_Fact]:
    if not side.job.adopted:
        yield from _parameters(side.job.spec, side.units)
    yield _Fact("target", "target", "resource", side.attempt.target)
    units = {"memory": "MiB", "walltime": "s"}
    for word, name in RESOURCE_WORDS.items():
        value = getattr(side.job.spec.resources, name)
        yield _Fact(f"resources.{word}", word, "resource", value, units.get(word, ""))
    yield from _outcome(side)
    for one in side.results.scalars:
        yield _Fact(f"results.{one.name}", one.label or one.name, "result", one.value, one.unit)


def _parameters(spec: JobSpec, units: Mapping[str, str]) -> Iterator[_Fact]:
    template = spec.template
    yield _Fact("engine", "engine", "parameter", spec.engine)
    if template is None:
        yield _Fact("command", "command", "parameter", shlex.join(spec.argv))
    else:
        yield _Fact("template", "template", "parameter", f"{template.name}@{template.version}")
    for name, value in (template.values if template else {}).items():
        yield _Fact(f"values.{name}", name, "parameter", _cell(value), units.get(name, ""))
    files = {file.name: source_words(file.source) for file in spec.inputs}
    groups: dict[str, Mapping[str, Any]] = {
        "environment": spec.environment,
        "slurm": spec.slurm.model_dump(mode="json", exclude_defaults=True),
        "inputs": files,
        "labels": spec.labels,
    }
    for group, some in groups.items():
        yield from (_Fact(f"{group}.{key}", f"{group}.{key}", "parameter", _cell(value)) for key, value in some.items())


def _cell(value: Any) -> Cell:
    """A parameter as a cell: numbers and texts as they are, all else as JSON writes it."""
    if value is None or (isinstance(value, int | float | str) and not isinstance(value, bool)):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _outcome(side: Side) -> Iterator[_Fact]:
    state, spent = side.attempt.state, side.results.spent
    outcome = state.outcome if isinstance(state, Closed) else None
    took_s = (side.ended - side.started).total_seconds() if side.started and side.ended else None
    yield _Fact("fate", "fate", "outcome", fate(state))
    yield _Fact("cause", "cause", "outcome", outcome.cause.value if isinstance(outcome, Failed) else None)
    yield _Fact("took", "took", "outcome", took_s, "s")
    if spent is not None:
        yield _Fact("used.core_hours", "core-hours", "outcome", spent.core_hours, "h")
        yield _Fact("used.peak_memory", "peak memory", "outcome", spent.peak_memory_mib, "MiB")
        yield _Fact("used.cpu_share", "processors busy", "outcome", spent.cpu_efficiency)


_SPELLED: dict[str, Callable[[Any], str]] = {
    "resources.memory": spell_memory,
    "resources.walltime": spell_duration,
    "took": spell_span,
    "used.peak_memory": spell_memory,
    "used.cpu_share": "{:.0%}".format,
}


def spelled(line: Line, cell: Cell) -> str:
    """A cell for people. Results have six digits that count; parameters have all of theirs."""
    if cell is None:
        return MISSING
    if line.key in _SPELLED:
        return _SPELLED[line.key](cell)
    if isinstance(cell, float):
        brief = spell_number(cell)
        return brief if line.group != "parameter" or float(brief) == cell else repr(cell)
    return str(cell)


def exact(cell: Cell) -> str:
    """A cell for other programs; empty where a job has nothing to say."""
    return "" if cell is None else str(cell)


def table(comparison: Comparison, lines: Sequence[Line]) -> Iterator[tuple[str, ...]]:
    """A head, and a row for each job, as other programs want them: all cells exact, units in the head."""
    yield ("job", "name", *(f"{line.key} ({line.unit})" if line.unit else line.key for line in lines))
    for place, job in enumerate(comparison.jobs):
        yield (job.id, job.name, *(exact(line.cells[place]) for line in lines))


_GAP = 2
WIDEST = 20
"""A column that wants to be wider gives way first."""
Measure = Callable[[str], int]


@dataclass(frozen=True)
class Sheet:
    """Rows of text below titles, all equally long. Columns that hold numbers stand to the ``right``."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]


def sheets(comparison: Comparison, lines: Sequence[Line], columns: int, measure: Measure = len) -> list[Sheet]:
    """How the lines are laid out on a page so many columns wide; ``measure`` tells how many a text takes.

    Jobs stand beside each other when all of them find room; else below each other, in as many sheets as it takes.
    """
    beside = _beside(comparison, lines)
    if sum(_widths(beside, measure)) + _GAP * (len(beside.titles) - 1) <= columns:
        return [beside]
    return _below(comparison, lines, columns, measure)


def _beside(comparison: Comparison, lines: Sequence[Line]) -> Sheet:
    names = ("name", *(job.name for job in comparison.jobs))
    rows = [(_title(line), *(spelled(line, cell) for cell in line.cells)) for line in lines]
    return Sheet(
        titles=("", *(ids.short(job.id) for job in comparison.jobs)),
        rows=(names, *rows),
        right=(False, *(True for _ in comparison.jobs)),
    )


def _below(comparison: Comparison, lines: Sequence[Line], columns: int, measure: Measure) -> list[Sheet]:
    head = [
        ("JOB", "", *(ids.short(job.id) for job in comparison.jobs)),
        ("NAME", "", *(job.name for job in comparison.jobs)),
    ]
    parts = [(line.label.upper(), _unit(line), *(spelled(line, cell) for cell in line.cells)) for line in lines]
    is_number = [all(cell is None or not isinstance(cell, str) for cell in line.cells) for line in lines]
    room = columns - sum(_width(part, measure) + _GAP for part in head)
    return [
        _sheet([*head, *(parts[place] for place in chosen)], [False, False, *(is_number[place] for place in chosen)])
        for chosen in _filled([_width(part, measure) for part in parts], room)
    ]


def _sheet(parts: Sequence[tuple[str, ...]], right: Sequence[bool]) -> Sheet:
    """Columns as a sheet; the row of units is left out where none has one."""
    titles, units, *rows = zip(*parts, strict=True)
    return Sheet(titles=titles, rows=tuple([units, *rows] if any(units) else rows), right=tuple(right))


def _filled(widths: Sequence[int], room: int) -> list[list[int]]:
    """The places of columns, in sheets with so much room; each sheet has at least one."""
    filled: list[list[int]] = []
    left = 0
    for place, width in enumerate(widths):
        if not filled or width > left:
            filled.append([])
            left = room
        filled[-1].append(place)
        left -= width + _GAP
    return filled


def _title(line: Line) -> str:
    unit = _unit(line)
    return f"{line.label} ({unit})" if unit else line.label


def _unit(line: Line) -> str:
    """The unit, where the cells do not bring their own."""
    return "" if line.key in _SPELLED else line.unit


def _widths(sheet: Sheet, measure: Measure) -> list[int]:
    return [_width(column, measure) for column in zip(sheet.titles, *sheet.rows, strict=True)]


def _width(column: Sequence[str], measure: Measure) -> int:
    """How wide a column wants to be; what is longer is cut."""
    return min(max(map(measure, column)), WIDEST)
