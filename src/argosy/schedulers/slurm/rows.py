"""What squeue and sacct print, as values. Rows of other jobs are read like ours and used by nobody."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from argosy.core import ids
from argosy.core.errors import Garbled
from argosy.schedulers.slurm import forms
from argosy.schedulers.slurm.states import SlurmState, read_state


class Row(NamedTuple):
    """A job in the queue or in the books. ``tail`` is its name and directory.

    ``end_s`` is when it ended, or will; ``start_s`` when it started, or may start, where Slurm says so. ``limit_s`` is
    its time limit in seconds, and ``node_count`` how many nodes it has, or will have.
    """

    id: str
    raw_state: str
    state: SlurmState | None
    end_s: int | None
    reason: str = ""
    nodes: str = ""
    tail: str = ""
    exit_code: str = ""
    start_s: int | None = None
    limit_s: int | None = None
    node_count: int | None = None


_QUEUE_FIELDS = 5
_BOOK_FIELDS = 5
_NUMBER = re.compile(r"[0-9]{1,12}")
_JOB = re.compile(r"([0-9]+)(?:_([0-9]+|\[[^\]]*\]?)|\+([0-9]+))?")
_HEAD = re.compile(r"(now|squeue|places|sacct|queue) (-?[0-9]{1,12})(?: ([0-9]{1,9}))?")
LIST = "argosy-array-"
"""How the names of all lists of tasks begin; the name of an array ends with the place of its first task in the list."""
_ARRAY = re.compile(rf"({LIST}[0-9a-f]+)-([0-9]{{1,9}})")
_PLACE = re.compile(rf"{LIST}[0-9a-f]+-[0-9]{{1,9}}")
_TASK = re.compile(r"[0-9]{1,12}_[0-9]{1,9}")
_RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9})(?::([1-9][0-9]{0,8}))?)?")
_DIRECTORY = re.compile(rf"/({ids.ID_PATTERN.pattern})/attempt-([1-9][0-9]{{0,4}})\|?\Z")
_NOTHING = frozenset({"", "N/A", "(null)", "None assigned", "None", "Unknown"})


def head(lines: Iterator[str], word: str) -> tuple[int, int]:
    """The numbers of a line such as ``squeue 0 17``; raises Garbled for any other line."""
    line = next(lines, "")
    match = _HEAD.fullmatch(line)
    if match is None or match[1] != word:
        raise Garbled(f"the answer should go on with {word!r}, but says {line[:200]!r}")
    return int(match[2]), int(match[3] or 0)


def taken(lines: Iterator[str], count: int, prefix: str) -> list[str]:
    """The next lines, each without its prefix; raises Garbled when one is missing or of another kind."""
    found = [next(lines, "") for _ in range(count)]
    strange = [line for line in found if not line.startswith(prefix)]
    if strange:
        raise Garbled(f"a line that begins with {prefix!r} should come, but {strange[0][:200]!r} came")
    return [line.removeprefix(prefix) for line in found]


def leading(lines: Iterator[str], prefix: str) -> tuple[list[str], str]:
    """All lines up to the first without this prefix, each without it, and that one; empty when there is none."""
    found: list[str] = []
    for line in lines:
        if not line.startswith(prefix):
            return found, line
        found.append(line.removeprefix(prefix))
    return found, ""


def queue_rows(lines: Iterable[str]) -> Iterator[Row]:
    """The rows of the queue; raises Garbled for a line that is none, so that no job seems to be gone.

    A job's name may hold a newline: what follows a row without its end belongs to that name.
    """
    ended = True
    for line in lines:
        row = queue_row(line)
        if row is not None:
            yield row
        elif ended:
            raise Garbled(f"a row of the queue cannot be read: {line[:200]!r}")
        ended = line.endswith("|")


def queue_row(line: str) -> Row | None:
    """A row of our squeue format; None for a line that is none, as when a job's name holds a newline."""
    parts = line.split("|", _QUEUE_FIELDS)
    if len(parts) <= _QUEUE_FIELDS or not _JOB.fullmatch(parts[0]):
        return None
    job, state, times, reason, nodes, tail = parts
    end, start, limit, count = (*times.split(" "), "", "", "", "")[:4]
    return Row(
        job,
        state,
        read_state(state),
        _epoch(end),
        reason,
        _known(nodes),
        tail,
        start_s=_epoch(start),
        limit_s=forms.limit(limit),
        node_count=forms.number(count),
    )


def book_row(line: str) -> Row | None:
    """A row of our sacct format; None for a line that is none."""
    parts = line.split("|", _BOOK_FIELDS)
    if len(parts) <= _BOOK_FIELDS or not _JOB.fullmatch(parts[0]):
        return None
    job, state, exit_code, end, nodes, name = parts
    return Row(job, state, read_state(state), _epoch(end), nodes=_known(nodes), tail=name, exit_code=exit_code)


def job_number(text: str) -> str | None:
    """The number of the job in ``123``, ``123_[1-10%4]`` or ``93+1``, ``123_7`` for a task; None for anything else."""
    if _TASK.fullmatch(text):
        return text
    match = _JOB.fullmatch(text)
    return match[1] if match else None


def by_token(rows: Iterable[Row], known: Mapping[str, Iterable[str]]) -> Mapping[str, list[Row]]:
    """The rows of each attempt, given the names by which it is known.

    They bear one of its names, or lie in its directory under another name. A row about many tasks is one of each that
    has no row of its own.
    """
    found: dict[str, list[Row]] = {token: [] for token in known}
    owners = {name: token for token, names in known.items() for name in names}
    shared: list[tuple[Row, str, int]] = []
    for row in rows:
        name = row.tail.partition("|")[0]
        if "[" in row.id and (array := _ARRAY.fullmatch(name)):
            shared.append((row, array[1], int(array[2])))
            continue
        name = own_name(row.id, name)
        if name not in owners and (match := _DIRECTORY.search(row.tail)):
            name = ids.token(match[1], int(match[2]))
        if name in owners:
            found[owners[name]].append(row)
    _add_shared(found, owners, shared)
    return found


def own_name(number: str, name: str) -> str:
    """The name of a job; of a task of one of our arrays its place in the list of all."""
    if _TASK.fullmatch(number) and (array := _ARRAY.fullmatch(name)):
        return f"{array[1]}-{int(array[2]) + int(number.partition('_')[2])}"
    return name


def array_number(text: str) -> str:
    """The number of the whole array in ``123_7`` and ``123_[4-6]``; other numbers as they are."""
    return text.partition("_")[0]


def task_number(text: str) -> bool:
    """Whether this is the number of a task of an array, such as ``123_7``."""
    return _TASK.fullmatch(text) is not None


def place_in_list(text: str) -> bool:
    """Whether this is the name of a list with a place in it."""
    return text.startswith(LIST) and _PLACE.fullmatch(text) is not None


def is_among(text: str, task: int) -> bool:
    """Whether a task is among those of ``123_[0-4,9,20-30:2%4]``; a list that was cut tells of those that it shows."""
    inside = text.partition("[")[2].partition("]")[0].partition("%")[0]
    for part in inside.split(","):
        if (match := _RANGE.fullmatch(part)) is None:
            continue
        first, last, step = int(match[1]), int(match[2] or match[1]), int(match[3] or 1)
        if first <= task <= last and (task - first) % step == 0:
            return True
    return False


def tasks_in(text: str) -> Iterator[int]:
    """The tasks of a list such as ``0-4,9,20-30:2%4``; raises Garbled for one that was cut or cannot be read."""
    for part in text.partition("%")[0].split(","):
        match = _RANGE.fullmatch(part)
        tasks = range(int(match[1]), int(match[2] or match[1]) + 1, int(match[3] or 1)) if match else range(0)
        if not tasks:
            raise Garbled(f"a list of tasks of an array cannot be read, or was cut: {text[:200]!r}")
        yield from tasks


def _add_shared(
    found: Mapping[str, list[Row]], owners: Mapping[str, str], shared: Iterable[tuple[Row, str, int]]
) -> None:
    without = {name: token for name, token in owners.items() if not found[token] and _PLACE.fullmatch(name)}
    for row, name, first in shared:
        for place, token in without.items():
            if place.startswith(f"{name}-") and is_among(row.id, int(place.rpartition("-")[2]) - first):
                found[token].append(row)


def _epoch(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


def _known(text: str) -> str:
    return "" if text in _NOTHING else text
