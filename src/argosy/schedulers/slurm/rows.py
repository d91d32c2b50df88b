"""What squeue and sacct print, as values. Rows of other jobs are read like ours and used by nobody."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from argosy.core import ids
from argosy.core.errors import Garbled
from argosy.schedulers.slurm.states import SlurmState, read_state


class Row(NamedTuple):
    """A job in the queue or in the books. ``tail`` is its name and directory.

    ``end_s`` is when it ended, or will; ``start_s`` when it started, or may start, where Slurm says so.
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


_QUEUE_FIELDS = 5
_BOOK_FIELDS = 5
_NUMBER = re.compile(r"[0-9]{1,12}")
_JOB = re.compile(r"([0-9]+)(?:_([0-9]+|\[[^\]]*\]?)|\+([0-9]+))?")
_HEAD = re.compile(r"(now|squeue|sacct|queue) (-?[0-9]{1,12})(?: ([0-9]{1,9}))?")
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
    end, _, start = times.partition(" ")
    return Row(job, state, read_state(state), _epoch(end), reason, _known(nodes), tail, start_s=_epoch(start))


def book_row(line: str) -> Row | None:
    """A row of our sacct format; None for a line that is none."""
    parts = line.split("|", _BOOK_FIELDS)
    if len(parts) <= _BOOK_FIELDS or not _JOB.fullmatch(parts[0]):
        return None
    job, state, exit_code, end, nodes, name = parts
    return Row(job, state, read_state(state), _epoch(end), nodes=_known(nodes), tail=name, exit_code=exit_code)


def job_number(text: str) -> str | None:
    """The number of the job in ``123``, ``123_7``, ``123_[1-10%4]`` or ``93+1``; None for anything else."""
    match = _JOB.fullmatch(text)
    return match[1] if match else None


def by_token(rows: Iterable[Row], tokens: Iterable[str]) -> Mapping[str, list[Row]]:
    """The rows of each attempt: those that bear its name, or that lie in its directory under another name."""
    found: dict[str, list[Row]] = {token: [] for token in tokens}
    for row in rows:
        name = row.tail.partition("|")[0]
        if name not in found and (match := _DIRECTORY.search(row.tail)):
            name = ids.token(match[1], int(match[2]))
        if name in found:
            found[name].append(row)
    return found


def _epoch(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


def _known(text: str) -> str:
    return "" if text in _NOTHING else text
